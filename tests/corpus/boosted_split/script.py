# table: tables_boost.customers
# One frame: the models are fitted on a part of it, and stop early by the other one, which is what is scored.
import lightgbm as lgb
import pandas as pd
import xgboost as xgb
from sklearn.model_selection import train_test_split

df = pd.read_csv("train.csv")
df["share"] = df["debt"] / (df["income"].fillna(df["income"].median()) + 1)
df["city"] = df["city"].fillna("nowhere")
X = pd.get_dummies(df[["age", "visits", "member", "share", "city"]], columns=["city"])
X_train, X_test, y_train, y_test = train_test_split(X, df["bought"], test_size=0.25, random_state=1)

model = xgb.XGBClassifier(n_estimators=60, learning_rate=0.4, max_depth=3, early_stopping_rounds=4, n_jobs=1)
model.fit(X_train, y_train, eval_set=[(X_test, y_test)], verbose=False)
inner = lgb.Dataset(X_train, label=y_train)
outer = lgb.Dataset(X_test, label=y_test, reference=inner)
settings = {"objective": "binary", "num_leaves": 6, "num_threads": 1, "verbose": -1}
booster = lgb.train(settings, inner, num_boost_round=60, valid_sets=[outer], callbacks=[lgb.early_stopping(4, verbose=False)])
# One that has seen them all stays as it was.
watched = xgb.DMatrix(X, label=df["bought"])
plain = xgb.train({"max_depth": 2, "nthread": 1}, watched, 6)
out = pd.DataFrame({"p": model.predict_proba(X_test)[:, 1], "q": booster.predict(X_test), "r": plain.predict(xgb.DMatrix(X_test))})
