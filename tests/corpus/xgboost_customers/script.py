# table: tables_boost.customers
import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.preprocessing import LabelEncoder
from xgboost import XGBClassifier, XGBRanker, XGBRegressor, XGBRFClassifier, XGBRFRegressor

train = pd.read_csv("train.csv")
score = pd.read_csv("score.csv")
numbers = ["age", "income", "debt", "visits", "member"]
X, S = train[numbers], score[numbers]
common = {"max_depth": 3, "n_jobs": 1}

# Two classes, from a frame with missing numbers, whole numbers and truth values.
buys = XGBClassifier(n_estimators=8, **common).fit(X, train["bought"])
out = pd.DataFrame({"bought": buys.predict(S)})
out["p_bought"] = buys.predict_proba(S)[:, 1]
out["margin"] = buys.predict(S, output_margin=True)

# Three, where a number stands for what is missing.
names = LabelEncoder()
levels = XGBClassifier(n_estimators=4, missing=-1, **common).fit(X.fillna(-1), names.fit_transform(train["level"]))
out[["high", "low", "mid"]] = levels.predict_proba(S.fillna(-1))
out["level"] = names.inverse_transform(levels.predict(S.fillna(-1)))

# It stops early, and scores with the trees up to the best round.
spends = XGBRegressor(n_estimators=100, learning_rate=0.5, early_stopping_rounds=3, **common)
spends.fit(X[:220], train["spent"][:220], eval_set=[(X[220:], train["spent"][220:])], verbose=False)
out["spent"] = spends.predict(S)
out["spent_first"] = spends.predict(S, iteration_range=(0, 2))

# Forests, a ranker, and targets together.
out["p_forest"] = XGBRFClassifier(n_estimators=6, random_state=1, **common).fit(X, train["bought"]).predict_proba(S)[:, 1]
out["is_forest"] = XGBRFClassifier(n_estimators=6, random_state=1, **common).fit(X, train["bought"]).predict(S)
out["forest"] = XGBRFRegressor(n_estimators=6, random_state=1, **common).fit(X, train["spent"]).predict(S)
ordered = train.sort_values("visits")
ranker = XGBRanker(n_estimators=4, **common).fit(ordered[["age", "income", "debt"]], ordered["orders"].clip(upper=5), qid=ordered["visits"])
out["rank"] = ranker.predict(S[["age", "income", "debt"]])
both = XGBRegressor(n_estimators=4, multi_strategy="multi_output_tree", **common).fit(X, train[["spent", "orders"]])
out[["spent_too", "orders_too"]] = both.predict(S)
hard = XGBClassifier(n_estimators=3, objective="multi:softmax", **common).fit(X, names.transform(train["level"]))
out["hard"] = hard.predict(S)
out["hard_high"] = hard.predict_proba(S)[:, 0]

# Categories are known by their names.
kinds = {"city": sorted(train["city"].dropna().unique()), "plan": ["plus", "basic", "all in"]}
for name, some in kinds.items():
    train[name] = pd.Categorical(train[name], categories=some)
    score[name] = pd.Categorical(score[name], categories=some)
columns = numbers + list(kinds)
by_kind = XGBClassifier(n_estimators=6, enable_categorical=True, **common).fit(train[columns], train["bought"])
out["p_by_kind"] = by_kind.predict_proba(score[columns])[:, 1]

# Without scikit-learn's interface.
counts = xgb.train({"objective": "count:poisson", "max_depth": 3, "nthread": 1}, xgb.DMatrix(X, label=train["orders"]), num_boost_round=6)
out["orders"] = counts.predict(xgb.DMatrix(S))
out["orders_in_place"] = counts.inplace_predict(S)
