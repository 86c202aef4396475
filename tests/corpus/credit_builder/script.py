# table: tables_life.borrowers
from __future__ import annotations

import logging
from typing import Dict, List, Tuple

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

log = logging.getLogger(__name__)

SENTINELS = [-1, 9999, 999999]
UTIL_BREAKS = [0.1, 0.3, 0.5, 0.75, 0.9]


class WoEBinner:
    """Weight of evidence over quantile bins; missing is a bin of its own."""

    def __init__(self, n_bins: int = 5, eps: float = 0.5):
        self.n_bins = n_bins
        self.eps = eps
        self.edges: Dict[str, np.ndarray] = {}
        self.woe: Dict[str, Dict[int, float]] = {}

    def _bin(self, s: pd.Series, edges) -> pd.Series:
        b = np.digitize(s.fillna(-np.inf), edges)
        return pd.Series(np.where(s.isna(), -1, b), index=s.index)

    def fit(self, df: pd.DataFrame, y: pd.Series, cols: List[str]) -> "WoEBinner":
        goods, bads = (y == 0).sum(), (y == 1).sum()
        for c in cols:
            q = df[c].quantile(np.linspace(0, 1, self.n_bins + 1)[1:-1]).unique()
            self.edges[c] = np.sort(q)
            b = self._bin(df[c], self.edges[c])
            tab = pd.crosstab(b, y)
            w = np.log(((tab[0] + self.eps) / goods) / ((tab[1] + self.eps) / bads))
            self.woe[c] = w.to_dict()
            log.info("%s: %d bins", c, len(w))
        return self

    def transform(self, df: pd.DataFrame) -> pd.DataFrame:
        out = {}
        for c, edges in self.edges.items():
            out[f"{c}_woe"] = self._bin(df[c], edges).map(self.woe[c]).fillna(0.0)
        return pd.DataFrame(out, index=df.index)


def parse_emp(text) -> float:
    if pd.isna(text):
        return np.nan
    text = text.strip().lower()
    if text.startswith("<"):
        return 0.5
    years = text.split("year")[0].rstrip("+ s")
    return float(years) if years.replace(".", "", 1).isdigit() else np.nan


def utilisation(balance: float, limit: float) -> float:
    if np.isnan(balance) or np.isnan(limit) or limit == 0:
        return -1.0
    return min(balance / limit, 2.0)


def bucket(u: float) -> int:
    for i, edge in enumerate(UTIL_BREAKS):
        if u < edge:
            return i
    return len(UTIL_BREAKS)


def pay_pattern(s: str) -> Tuple[int, int, float]:
    """'000120' -> number of late months, worst status, mean of the last three."""
    if not isinstance(s, str):
        return 0, 0, 0.0
    codes = [int(ch) for ch in s if ch.isdigit()]
    late = sum(c > 0 for c in codes)
    worst = max(codes) if codes else 0
    recent = np.mean(codes[-3:]) if len(codes) >= 3 else 0.0
    return late, worst, float(recent)


def build(raw: pd.DataFrame) -> pd.DataFrame:
    df = raw.copy()
    for c in ["income", "limit", "balance"]:
        df[c] = df[c].replace(SENTINELS, np.nan)
    df["emp_years"] = df["emp_length"].map(parse_emp)
    df["util"] = np.vectorize(utilisation)(df["balance"], df["limit"])
    df["util_bucket"] = df["util"].map(bucket)
    df[["late", "worst", "recent"]] = df["pay_status"].apply(lambda s: pd.Series(pay_pattern(s)))
    df["purpose"] = df["purpose"].str.lower().str.replace(r"[^a-z ]", "", regex=True).str.replace(" ", "_").fillna("other")
    df["opened"] = pd.to_datetime(df["opened"], format="%b-%y", errors="coerce")
    df["history_months"] = (2022 - df["opened"].dt.year) * 12 + (6 - df["opened"].dt.month)
    df["dti"] = df["monthly_debt"] * 12 / df["income"]
    df["dti"] = df["dti"].where(np.isfinite(df["dti"]))
    return df


def main() -> pd.DataFrame:
    logging.basicConfig(level=logging.WARNING)
    train, score = build(pd.read_csv("train.csv")), build(pd.read_csv("score.csv"))
    y = train["bad"]
    num = ["income", "emp_years", "history_months", "dti", "util"]
    woe = WoEBinner(n_bins=4).fit(train, y, num)
    purposes = sorted(train["purpose"].unique())
    rate = y.groupby(train["purpose"]).mean().sub(y.mean()).to_dict()

    def assemble(df: pd.DataFrame) -> pd.DataFrame:
        out = woe.transform(df)
        out["purpose_code"] = df["purpose"].apply(lambda p: purposes.index(p) if p in purposes else -1)
        out["purpose_rate"] = df["purpose"].map(rate).fillna(0)
        out = pd.concat([out, df[["util_bucket", "late", "worst", "recent"]]], axis=1)
        return out.assign(stress=lambda d: d["late"] * d["util_bucket"], any_late=lambda d: (d["late"] > 0).astype(int))

    X, X_score = assemble(train), assemble(score)
    lr = LogisticRegression(max_iter=500).fit(X, y)
    pts = 600 - 50 / np.log(2) * lr.decision_function(X_score)
    X_score["points"] = np.round(pts).astype(int)
    X_score["grade"] = pd.cut(X_score["points"], bins=[-np.inf, 560, 620, 680, np.inf], labels=list("DCBA")).astype(str)
    return X_score


scored = main()
