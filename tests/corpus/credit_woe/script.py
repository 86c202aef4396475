# table: tables_business.credit_lines
"""Scorecard: WOE / smoothed target encoding by hand."""
import numpy as np
import pandas as pd

dev = pd.read_csv("train.csv")
score = pd.read_csv("score.csv")
TARGET = "SeriousDlq"
prior = dev[TARGET].mean()


def smooth_te(s, t, m=20):
    agg = t.groupby(s).agg(["count", "mean"])
    return (agg["count"] * agg["mean"] + m * prior) / (agg["count"] + m)


def woe_table(frame, col):
    ct = pd.crosstab(frame[col], frame[TARGET])
    ct.columns = ["good", "bad"]
    ct = ct + 0.5
    woe = np.log((ct["good"] / ct["good"].sum()) / (ct["bad"] / ct["bad"].sum()))
    return woe.to_dict()


late_cols = ["Late30", "Late90"]
for d in [dev, score]:
    # 96 / 98 are codes and not counts
    d[late_cols] = d[late_cols].mask(d[late_cols] >= 96)
    d[late_cols] = d[late_cols].fillna(0)
    d["age"] = d["age"].mask(d["age"] < 18, dev["age"].median())
    d["Employment"] = d["Employment"].fillna("missing").str.lower()

income_tbl = dev.groupby(["Employment", "Region"])["MonthlyIncome"].median()
income_all = dev["MonthlyIncome"].median()
for d in [dev, score]:
    key = list(zip(d["Employment"], d["Region"]))
    d["income_miss"] = d["MonthlyIncome"].isna().astype(int)
    d["MonthlyIncome"] = d["MonthlyIncome"].fillna(pd.Series([income_tbl.get(k, income_all) for k in key], index=d.index))
    d["Dependents"] = d["Dependents"].fillna(dev["Dependents"].mode().iloc[0])

te_region = smooth_te(dev["Region"], dev[TARGET])
score["te_region"] = score["Region"].map(te_region).fillna(prior)
woe_emp = woe_table(dev, "Employment")
score["woe_emp"] = [woe_emp.get(v, 0.0) for v in score["Employment"]]

_, edges = pd.qcut(dev["RevolvingUtilization"], 5, retbins=True)
edges[0], edges[-1] = -np.inf, np.inf
dev["util_bin"] = pd.cut(dev["RevolvingUtilization"], edges, labels=False)
score["util_bin"] = pd.cut(score["RevolvingUtilization"], edges, labels=False)
score["woe_util"] = score["util_bin"].map(woe_table(dev, "util_bin"))

iqr = dev["DebtRatio"].quantile(.75) - dev["DebtRatio"].quantile(.25)
upper = dev["DebtRatio"].quantile(.75) + 1.5 * iqr
score["DebtRatio_capped"] = score["DebtRatio"].where(score["DebtRatio"] <= upper, upper)
score["debt_amt"] = score["DebtRatio_capped"] * score["MonthlyIncome"]
score["income_per_head"] = score["MonthlyIncome"] / (score["Dependents"] + 1)
score["delinquent"] = (score["Late30"] + score["Late90"] > 0).astype(bool)
score["log_income"] = np.log(score["MonthlyIncome"].clip(lower=1))
score = score.drop(["Employment", "Region", "MonthlyIncome"], axis=1)
