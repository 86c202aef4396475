# table: tables_trade.cards
from __future__ import annotations

import logging
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

logging.basicConfig(level=logging.INFO)
log = logging.getLogger("features")


@dataclass
class Config:
    target: str = "TARGET"
    smoothing: float = 20.0
    categorical: list = field(default_factory=lambda: ["OCCUPATION", "ORGANIZATION"])
    clip: dict = field(default_factory=lambda: {"AMT_INCOME": 0.99, "AMT_CREDIT": 0.99})


class FeatureBuilder:
    def __init__(self, config: Config):
        self.config = config
        self._caps: dict[str, float] = {}
        self._encodings: dict[str, pd.Series] = {}
        self._prior: float | None = None

    def fit(self, df: pd.DataFrame) -> "FeatureBuilder":
        cfg = self.config
        for col, q in cfg.clip.items():
            self._caps[col] = df[col].quantile(q)
        df = self._clean(df)
        self._prior = df[cfg.target].mean()
        for col in cfg.categorical:
            g = df.groupby(col)[cfg.target].agg(["sum", "count"])
            self._encodings[col] = (g["sum"] + self._prior * cfg.smoothing) / (g["count"] + cfg.smoothing)
        self._ext_medians = df[["EXT_1", "EXT_2", "EXT_3"]].median()
        log.info("fitted on %d rows", len(df))
        return self

    @staticmethod
    def _clean(df):
        df = df.copy()
        df["DAYS_EMPLOYED"] = df["DAYS_EMPLOYED"].replace({365243: np.nan})
        df["ORGANIZATION"] = df["ORGANIZATION"].str.split(":").str.get(0).str.strip()
        df["OCCUPATION"] = df["OCCUPATION"].fillna("missing")
        return df

    def transform(self, df: pd.DataFrame) -> pd.DataFrame:
        df = self._clean(df)
        out = pd.DataFrame(index=df.index)
        for col, cap in self._caps.items():
            out[col] = np.minimum(df[col], cap)
        out["credit_income"] = out["AMT_CREDIT"] / out["AMT_INCOME"]
        out["annuity_share"] = (df["AMT_ANNUITY"] / out["AMT_INCOME"]).fillna(0)
        out["term"] = df["AMT_CREDIT"].div(df["AMT_ANNUITY"]).replace(np.inf, np.nan)
        out["age"] = (df["DAYS_BIRTH"] / -365).astype(int)
        out["employed_years"] = -df["DAYS_EMPLOYED"] / 365
        out["employed_share"] = df["DAYS_EMPLOYED"] / df["DAYS_BIRTH"]
        out["pensioner"] = df["DAYS_EMPLOYED"].isna().astype(int)
        ext = df[["EXT_1", "EXT_2", "EXT_3"]]
        out["ext_count"] = ext.notna().sum(axis=1)
        out["ext_mean"] = ext.mean(axis=1)
        out["ext_min"] = ext.min(axis=1)
        ext = ext.fillna(self._ext_medians)
        out["ext_prod"] = ext["EXT_1"] * ext["EXT_2"] * ext["EXT_3"]
        out["ext_weighted"] = ext.mul([2, 1, 3], axis=1).sum(axis=1)
        out["ext_std"] = ext.std(axis=1)
        for col, enc in self._encodings.items():
            out[f"te_{col.lower()}"] = df[col].map(enc).fillna(self._prior)
        out["own_car"] = df["FLAG_OWN_CAR"].map({"Y": True, "N": False})
        out["gender"] = df["CODE_GENDER"].map({"F": 0, "M": 1}).fillna(-1).astype("int8")
        out["per_head"] = out["AMT_INCOME"] / df["FAMILY"]
        return out


def main():
    train = pd.read_csv("train.csv")
    train = train.loc[train["CODE_GENDER"] != "XNA"]
    builder = FeatureBuilder(Config(smoothing=10.0)).fit(train)
    score = pd.read_csv("score.csv").set_index("app_id")
    return builder.transform(score)


if __name__ == "__main__":
    X = main()
    log.info("%s", X.shape)
