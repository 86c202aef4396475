# table: tables_business.phone_usage
"""Churn features, everything in one chain per file."""
import numpy as np
import pandas as pd

history = pd.read_csv("train.csv")
incoming = pd.read_csv("score.csv")

q = {c: history[c].quantile([0.05, 0.95]).tolist() for c in ["day_mins", "eve_mins", "night_mins", "intl_mins", "data_gb"]}
gb_by_plan = history.groupby("plan")["data_gb"].median()
churn_by_state = history.groupby("state")["churned"].agg(["sum", "count"])
state_rate = (churn_by_state["sum"] + 1) / (churn_by_state["count"] + 2)
plans = pd.CategoricalDtype(["prepaid", "basic", "plus", "unlimited"], ordered=True)


def winsorize(df, limits):
    for col, (low, high) in limits.items():
        df[col] = df[col].clip(low, high)
    return df


def fill_missing(df):
    return df.assign(
        data_gb=df["data_gb"].fillna(df["plan"].map(gb_by_plan)).fillna(history["data_gb"].median()),
        recharge=df["last_recharge"].combine_first(df["prev_recharge"]).fillna(0),
        no_recharge=df["last_recharge"].isna() & df["prev_recharge"].isna(),
        day_mins=df["day_mins"].fillna(history["day_mins"].mean()),
    )


def usage(df):
    mins = ["day_mins", "eve_mins", "night_mins"]
    total = df[mins].sum(axis=1)
    df = df.assign(total_mins=total)
    for m in mins:
        df[f"{m}_share"] = df[m].div(total).round(4)
    df["heavy_data"] = df["data_gb"].gt(q["data_gb"][1] * 0.8)
    df["intl_user"] = df["intl_mins"].where(df["intl_mins"] >= 5, 0).astype(bool)
    return df


def encode(df, rate):
    df["state_rate"] = df["state"].map(rate).fillna(rate.mean())
    df["plan_code"] = df["plan"].astype(plans).cat.codes
    df["roaming"] = df["roaming"].eq("Y").astype(int)
    df["tenure_band"] = pd.cut(df["months"], [0, 6, 12, 24, np.inf], labels=["new", "young", "mid", "old"]).map({"new": 0, "young": 1, "mid": 2, "old": 3}).astype(int)
    df["care"] = np.select([df["custserv_calls"] == 0, df["custserv_calls"] <= 3], [0, 1], default=2)
    df["vm_ratio"] = df["vmail"] / np.maximum(df["months"], 1)
    return df


pipe = lambda d: (d.copy()
    .pipe(fill_missing)
    .pipe(winsorize, limits=q)
    .pipe(usage)
    .pipe(encode, rate=state_rate)
    .rename(columns=lambda c: c.replace("_mins", "_min"))
    .rename(columns={"vmail": "voicemail"})
    .drop(columns=["msisdn", "last_recharge", "prev_recharge", "state", "plan"]))

X_hist = pipe(history.drop(columns="churned"))
X_new = pipe(incoming)[X_hist.columns]
assert list(X_new.columns) == list(X_hist.columns)
