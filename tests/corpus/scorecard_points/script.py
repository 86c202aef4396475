"""Application scorecard v3 -- WOE / logistic / points.

PDO = 20, 600 points at odds 30:1
"""
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

PDO, BASE_SCORE, BASE_ODDS = 20, 600, 30
FACTOR = PDO / np.log(2)
OFFSET = BASE_SCORE - FACTOR * np.log(BASE_ODDS)
REF_DATE = pd.Timestamp("2023-12-31")
TARGET = "bad_90d"
N_BINS = 5
MIN_IV = 0.02

dev = pd.read_csv("train.csv")
new = pd.read_csv("score.csv")


def clean(df):
    df = df.copy()
    df["bureau_score"] = df["bureau_score"].replace(-999, np.nan)
    df["ever_delinq"] = (df["months_since_delinq"] != 9999).astype(int)
    df["months_since_delinq"] = df["months_since_delinq"].where(df["months_since_delinq"] < 9999)
    opened = pd.to_datetime(df["first_account"], format="%d/%m/%Y", errors="coerce")
    df["history_yrs"] = (REF_DATE - opened).dt.days / 365.25
    instalment = df["loan_amount"] / df["term_months"]
    df["dti"] = np.where(df["monthly_income"] > 0, instalment / df["monthly_income"].replace(0, np.nan), np.nan)
    df["log_income"] = np.log1p(df["monthly_income"])
    df["guarantor"] = df["has_guarantor"].map({"Y": 1, "N": 0}).fillna(0).astype(int)
    df["home_status"] = df["home_status"].fillna("missing")
    df["employment"] = df["employment"].fillna("missing").str.lower()
    df["region_code"] = df["region_code"].astype(str)
    return df


dev = clean(dev)
new = clean(new)

numeric = ["age", "log_income", "dti", "utilisation", "inquiries_6m", "bureau_score",
           "months_since_delinq", "history_yrs"]
nominal = ["home_status", "employment", "region_code", "guarantor", "ever_delinq"]

n_bad = dev[TARGET].sum()
n_good = len(dev) - n_bad

edges = {}
woe_tables = {}
iv = {}


def woe_of(binned, y):
    tab = pd.crosstab(binned, y)
    tab = tab.reindex(columns=[0, 1], fill_value=0)
    dist_good = (tab[0] + 0.5) / n_good
    dist_bad = (tab[1] + 0.5) / n_bad
    woe = np.log(dist_good / dist_bad)
    return woe, ((dist_good - dist_bad) * woe).sum()


for col in numeric:
    _, e = pd.qcut(dev[col], N_BINS, retbins=True, duplicates="drop")
    e[0], e[-1] = -np.inf, np.inf
    edges[col] = e
    b = pd.cut(dev[col], bins=e, labels=False).fillna(-1).astype(int)
    woe, value = woe_of(b, dev[TARGET])
    woe_tables[col] = woe.to_dict()
    iv[col] = value

for col in nominal:
    woe, value = woe_of(dev[col], dev[TARGET])
    woe_tables[col] = woe.to_dict()
    iv[col] = value

iv = pd.Series(iv).sort_values(ascending=False)
print(iv.round(4).to_string())
keep = [c for c in iv.index if iv[c] >= MIN_IV]


def to_woe(df):
    out = pd.DataFrame(index=df.index)
    for col in keep:
        if col in edges:
            b = pd.cut(df[col], bins=edges[col], labels=False).fillna(-1).astype(int)
            out[col + "_woe"] = b.map(woe_tables[col]).fillna(0.0)
        else:
            out[col + "_woe"] = df[col].map(woe_tables[col]).fillna(0.0)
    return out


X_dev = to_woe(dev)
X_new = to_woe(new)

lr = LogisticRegression(C=1.0, max_iter=500)
lr.fit(X_dev, dev[TARGET])
alpha = lr.intercept_[0]
beta = dict(zip(X_dev.columns, lr.coef_[0]))
n_feat = len(beta)

# points per attribute; the model predicts bad so the sign flips
points = pd.DataFrame(index=new.index)
for c in X_new.columns:
    points[c.replace("_woe", "_pts")] = np.round(
        -(beta[c] * X_new[c] + alpha / n_feat) * FACTOR + OFFSET / n_feat
    ).astype(int)

scores = pd.concat([new[["app_id"]], points], axis=1)
scores["score"] = points.sum(axis=1)
scores["pd_hat"] = lr.predict_proba(X_new)[:, 1]
exact = OFFSET + FACTOR * np.log((1 - scores["pd_hat"]) / scores["pd_hat"])
scores["round_diff"] = (scores["score"] - exact).round(3)
scores["grade"] = pd.cut(scores["score"], [-np.inf, 480, 510, 530, 550, 580, np.inf],
                         labels=["F", "E", "D", "C", "B", "A"], right=False).astype(str)
scores["decision"] = np.select(
    [scores["grade"].isin(["A", "B", "C"]), scores["grade"] == "D"],
    ["approve", "refer"], default="decline")
scores.loc[(new["age"] < 21) & (new["guarantor"] == 0), "decision"] = "refer"
scores.to_csv("out.csv", index=False)
