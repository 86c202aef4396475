# table: tables_boost.customers
import lightgbm as lgb
import pandas as pd
from lightgbm import LGBMClassifier, LGBMRanker, LGBMRegressor

train = pd.read_csv("train.csv")
score = pd.read_csv("score.csv")
numbers = ["age", "income", "debt", "visits", "member"]
X, S = train[numbers], score[numbers]
common = {"min_child_samples": 8, "num_leaves": 8, "n_jobs": 1, "verbose": -1}

# Two classes with texts for names.
buys = LGBMClassifier(n_estimators=8, **common).fit(X, train["answer"])
out = pd.DataFrame({"answer": buys.predict(S)})
out["p_yes"] = buys.predict_proba(S)[:, 1]
out["raw"] = buys.predict(S, raw_score=True)
out["decision"] = buys.decision_function(S)

# Three, with categories that take those of the training rows, whatever the scoring rows have.
kinds = ["city", "plan"]
columns = numbers + kinds
for frame in (train, score):
    for name in kinds:
        frame[name] = frame[name].astype("category")
levels = LGBMClassifier(n_estimators=4, **common).fit(train[columns], train["level"])
out[list(levels.classes_)] = levels.predict_proba(score[columns])
out["level"] = levels.predict(score[columns])

# It stops early, and scores with the rounds up to the best.
spends = LGBMRegressor(n_estimators=200, learning_rate=0.4, **common)
spends.fit(X[:220], train["spent"][:220], eval_set=[(X[220:], train["spent"][220:])], callbacks=[lgb.early_stopping(3, verbose=False)])
out["spent"] = spends.predict(S)
out["spent_first"] = spends.predict(S, num_iteration=2)
# An array of whole numbers becomes one of float32.
whole = LGBMRegressor(n_estimators=4, **common).fit(train[["age", "visits"]].to_numpy(), train["spent"])
out["spent_whole"] = whole.predict(score[["age", "visits"]].to_numpy())

ordered = train.sort_values("visits")
groups = ordered.groupby("visits").size()
ranker = LGBMRanker(n_estimators=4, **common).fit(ordered[["age", "income"]], ordered["orders"].clip(upper=5), group=groups)
out["rank"] = ranker.predict(S[["age", "income"]])

# Without scikit-learn's interface.
counts = lgb.train({"objective": "poisson", "num_threads": 1, **common}, lgb.Dataset(X, label=train["orders"]), num_boost_round=6)
out["orders"] = counts.predict(S)
