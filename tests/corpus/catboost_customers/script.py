# table: tables_boost.customers
import pandas as pd
from catboost import CatBoost, CatBoostClassifier, CatBoostRanker, CatBoostRegressor, Pool

train = pd.read_csv("train.csv")
score = pd.read_csv("score.csv")
numbers = ["age", "income", "debt", "visits", "member"]
X, S = train[numbers], score[numbers]
common = {"depth": 3, "verbose": 0, "thread_count": 1, "allow_writing_files": False}

# Two classes with texts for names.
buys = CatBoostClassifier(iterations=8, **common).fit(X, train["answer"])
out = pd.DataFrame({"answer": buys.predict(S)})
out["p_yes"] = buys.predict_proba(S)[:, 1]
out["raw"] = buys.predict(S, prediction_type="RawFormulaVal")

# Three, with categories: their texts are found among those of the tables that were read.
kinds = ["city", "plan", "visits"]
columns = numbers + ["city", "plan"]
train["city"] = train["city"].fillna("nowhere")
score["city"] = score["city"].fillna("nowhere")
levels = CatBoostClassifier(iterations=6, cat_features=kinds, **common).fit(train[columns], train["level"])
out[list(levels.classes_)] = levels.predict_proba(score[columns])
out["level"] = levels.predict(score[columns]).ravel()
each = CatBoostClassifier(iterations=4, loss_function="MultiClassOneVsAll", **common).fit(X, train["level"])
out[["each_high", "each_low", "each_mid"]] = each.predict_proba(S)

# Numbers: one that stops early, one with a link, one without scikit-learn's interface.
spends = CatBoostRegressor(iterations=60, learning_rate=0.5, early_stopping_rounds=3, **common)
spends.fit(Pool(X[:220], train["spent"][:220]), eval_set=Pool(X[220:], train["spent"][220:]))
out["spent"] = spends.predict(S)
out["spent_first"] = spends.predict(S, ntree_end=2)
out["orders"] = CatBoostRegressor(iterations=6, loss_function="Poisson", **common).fit(X, train["orders"]).predict(S)
half = CatBoost({"iterations": 6, "loss_function": "Quantile:alpha=0.8", "grow_policy": "Lossguide", **common}).fit(X, train["spent"])
out["most"] = half.predict(Pool(S))
out["truth"] = CatBoostClassifier(iterations=3, **common).fit(X, train["bought"] == 1).predict(S)

ordered = train.sort_values("visits")
ranker = CatBoostRanker(iterations=4, loss_function="YetiRank", **common)
ranker.fit(Pool(ordered[["age", "income"]], ordered["orders"] / 10, group_id=ordered["visits"]))
out["rank"] = ranker.predict(S[["age", "income"]])
