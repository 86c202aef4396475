# table: tables_learn.payments
import pickle
import time
from contextlib import contextmanager

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler


@contextmanager
def timer(title):
    t0 = time.time()
    yield
    print(f"{title} - done in {time.time() - t0:.1f}s")


class BalanceErrors(BaseEstimator, TransformerMixin):
    def __init__(self, log=True):
        self.log = log

    def fit(self, X, y=None):
        self.clip_ = X["amount"].quantile(0.99)
        self.type_mean_ = X.groupby("type")["amount"].mean().to_dict()
        self.overall_ = X["amount"].mean()
        return self

    def transform(self, X):
        X = X.copy()
        X["err_orig"] = X["newbalanceOrig"] + X["amount"] - X["oldbalanceOrg"]
        X["err_dest"] = X["oldbalanceDest"] + X["amount"] - X["newbalanceDest"]
        X["amount"] = X["amount"].clip(upper=self.clip_)
        X["vs_type"] = X["amount"] / X["type"].map(self.type_mean_).fillna(self.overall_)
        X["emptied"] = ((X["newbalanceOrig"] == 0) & (X["oldbalanceOrg"] > 0)).astype(int)
        X["hour"] = X["step"] % 24
        X["to_merchant"] = X["nameDest"].str.startswith("M").astype(int)
        cols = ["amount", "err_orig", "err_dest", "vs_type", "emptied", "hour", "to_merchant"]
        if self.log:
            for c in ["err_orig", "err_dest"]:
                X[c] = np.sign(X[c]) * np.log1p(np.abs(X[c]))
        return X[cols]


def pick_type(X):
    return X[["type"]]


with timer("load"):
    tx = pd.read_csv("train.csv")
    today = pd.read_csv("score.csv")

labels = tx["isFraud"].values
union = FeatureUnion([
    ("balance", Pipeline([("err", BalanceErrors()), ("scale", StandardScaler())])),
    ("type", Pipeline([("pick", FunctionTransformer(pick_type)), ("ohe", OneHotEncoder(handle_unknown="ignore", sparse_output=False))])),
])
with timer("features"):
    A = union.fit_transform(tx)
    B = union.transform(today)

with timer("models"):
    rf = RandomForestClassifier(n_estimators=10, max_depth=4, class_weight="balanced_subsample", random_state=42).fit(A, labels)
    iso = IsolationForest(n_estimators=12, max_samples=48, contamination=0.05, random_state=42).fit(A)

with open("rf.pkl", "wb") as fh:
    pickle.dump(rf, fh)
with open("rf.pkl", "rb") as fh:
    rf = pickle.load(fh)

alerts = today[["nameOrig", "amount"]].copy()
alerts["p_fraud"] = rf.predict_proba(B)[:, 1]
alerts["anomaly"] = iso.predict(B) == -1
alerts["anomaly_score"] = -iso.score_samples(B)
alerts["review"] = (alerts["p_fraud"] > 0.5) | alerts["anomaly"]
