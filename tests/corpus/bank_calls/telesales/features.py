from collections import defaultdict
from typing import Optional

import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

from .config import Config


class CampaignFeatures:
    """Learns medians, caps, frequent levels and a scaler on the training calls."""

    def __init__(self, cfg: Config):
        self.cfg = cfg
        self.frequent_ = defaultdict(list)
        self.caps_ = {}
        self.scaler_: Optional[StandardScaler] = None
        self.columns_ = None

    @staticmethod
    def _yes_no(s: pd.Series) -> pd.Series:
        return s.str.lower().eq("yes").astype(int)

    @property
    def is_fitted(self) -> bool:
        return self.columns_ is not None

    def fit(self, df: pd.DataFrame):
        for c in self.cfg.nominal:
            share = df[c].value_counts(normalize=True)
            for level, value in share.items():
                if value >= self.cfg.rare_share:
                    self.frequent_[c].append(level)
        for c in ("balance", "campaign"):
            self.caps_[c] = (df[c].quantile(0.01), df[c].quantile(0.99))
        base = self._base(df)
        self.scaler_ = StandardScaler().fit(base[self.cfg.numeric])
        self.columns_ = list(self._encode(base).columns)
        return self

    def transform(self, df: pd.DataFrame) -> pd.DataFrame:
        if not self.is_fitted:
            raise RuntimeError("fit first")
        out = self._base(df)
        out = self._encode(out)
        out[self.cfg.numeric] = self.scaler_.transform(out[self.cfg.numeric])
        return out[self.columns_]

    def fit_transform(self, df: pd.DataFrame) -> pd.DataFrame:
        return self.fit(df).transform(df)

    def _base(self, df):
        out = df.drop(columns=[self.cfg.id_column, self.cfg.target], errors="ignore").copy()
        for c, (low, high) in self.caps_.items():
            out[c] = out[c].clip(low, high)
        out["never_contacted"] = (out["pdays"] == -1).astype(int)
        out["pdays"] = np.where(out["pdays"] == -1, 999, out["pdays"])
        out["log_pdays"] = np.log1p(out.pop("pdays"))
        for c in self.cfg.flags:
            out[c] = self._yes_no(out[c])
        out["education"] = out["education"].map(self.cfg.education_order).fillna(0).astype(int)
        return out.astype({c: float for c in self.cfg.numeric})

    def _encode(self, out):
        for c in self.cfg.nominal:
            for level in sorted(self.frequent_[c]):
                out[f"{c}={level}"] = (out[c] == level).astype(int)
            out[f"{c}=other"] = (~out[c].isin(self.frequent_[c])).astype(int)
        return out.drop(columns=self.cfg.nominal)
