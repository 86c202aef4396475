# table: tables_life.claims
import pandas as pd
import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.compose import ColumnTransformer, make_column_selector as selector
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler, FunctionTransformer, KBinsDiscretizer, PowerTransformer


class DateParts(BaseEstimator, TransformerMixin):
    def __init__(self, cols=("loss_date", "report_date")):
        self.cols = cols

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        X = X.copy()
        first, second = [pd.to_datetime(X[c]) for c in self.cols]
        X["delay"] = (second - first).dt.days
        X["loss_month"] = first.dt.month
        X["loss_weekday"] = first.dt.weekday
        X["year_end"] = ((first.dt.month == 12) & (first.dt.day > 20)).astype(int)
        return X.drop(columns=list(self.cols))


class Winsorize(BaseEstimator, TransformerMixin):
    def __init__(self, lower=0.01, upper=0.99):
        self.lower = lower
        self.upper = upper

    def fit(self, X, y=None):
        X = pd.DataFrame(X)
        self.low_ = X.quantile(self.lower)
        self.high_ = X.quantile(self.upper)
        return self

    def transform(self, X):
        return pd.DataFrame(X).clip(self.low_, self.high_, axis=1)


class RareGrouper(BaseEstimator, TransformerMixin):
    def __init__(self, min_share=0.05):
        self.min_share = min_share

    def fit(self, X, y=None):
        self.keep_ = {c: set(X[c].value_counts(normalize=True).loc[lambda s: s >= self.min_share].index) for c in X.columns}
        return self

    def transform(self, X):
        X = X.copy()
        for c, keep in self.keep_.items():
            X[c] = X[c].where(X[c].isin(keep) | X[c].isna(), "rare")
        return X


def add_ratios(X):
    X = X.copy()
    X["paid_share"] = X["paid"] / X["insured_sum"]
    X["per_passenger"] = X["claim"] / (1 + X["passengers"].fillna(0))
    X["night"] = X["hour"].between(0, 5).astype(int)
    return X


train = pd.read_csv("train.csv")
score = pd.read_csv("score.csv")
y = (train["fraud"] == "Y").astype(int)
X_train = train.drop(columns=["fraud", "claim_id"])
X_score = score.drop(columns="claim_id")

num = ["claim", "paid", "insured_sum", "age", "delay", "paid_share", "per_passenger"]
cat = ["region", "car_make", "police_report"]
pre = Pipeline([
    ("dates", DateParts()),
    ("ratios", FunctionTransformer(add_ratios)),
    ("cols", ColumnTransformer([
        ("num", Pipeline([("imp", SimpleImputer(strategy="median")), ("win", Winsorize()), ("pow", PowerTransformer())]), num),
        ("cat", make_pipeline(RareGrouper(0.06), SimpleImputer(strategy="constant", fill_value="missing"), OneHotEncoder(handle_unknown="ignore", sparse_output=False)), cat),
        ("ord", OrdinalEncoder(categories=[["minor", "major", "total"]], handle_unknown="use_encoded_value", unknown_value=-1), ["severity"]),
        ("hour", KBinsDiscretizer(n_bins=4, encode="ordinal", strategy="uniform"), ["hour"]),
        ("rest", "passthrough", ["loss_month", "loss_weekday", "year_end", "night"]),
    ])),
])
model = Pipeline([("pre", pre), ("clf", LogisticRegression(C=0.5, max_iter=2000))])
model.fit(X_train, y)
p = model.predict_proba(X_score)[:, 1]
out = pd.DataFrame({"p": p})
out["flag"] = np.where(out["p"] > 0.5, "investigate", "pay")
