"""Churn feature builder.

One object, fit on the training customers, applied to anything afterwards.
"""
from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parent if "__file__" in globals() else Path(".")

SERVICE_COLS = [
    "OnlineSecurity", "OnlineBackup", "DeviceProtection",
    "TechSupport", "StreamingTV", "StreamingMovies",
]
YES_NO = {"Yes": 1, "No": 0, "No internet service": 0}
CONTRACT_MONTHS = {"month-to-month": 1, "one year": 12, "two year": 24}
SNAPSHOT = pd.Timestamp("2024-01-01")


class ChurnFeatures:
    """fit / transform, pandas in, pandas out."""

    def __init__(self, smoothing: float = 20.0, min_state_count: int = 10):
        self.smoothing = smoothing
        self.min_state_count = min_state_count

    # ------------------------------------------------------------------ utils
    @staticmethod
    def _norm(s: pd.Series) -> pd.Series:
        return s.str.strip().str.lower()

    def _base(self, df: pd.DataFrame) -> pd.DataFrame:
        df = df.copy()
        df["TotalCharges"] = pd.to_numeric(df["TotalCharges"], errors="coerce")
        for c in ["gender", "Contract", "InternetService", "PaymentMethod"]:
            df[c] = self._norm(df[c])
        df["PaymentMethod"] = df["PaymentMethod"].fillna("missing")
        df["LastContact"] = pd.to_datetime(df["LastContact"], format="%d/%m/%Y", errors="coerce")
        return df

    # -------------------------------------------------------------------- fit
    def fit(self, df: pd.DataFrame, y: pd.Series) -> "ChurnFeatures":
        b = self._base(df)
        self.charge_median_ = b.groupby("InternetService")["MonthlyCharges"].median().to_dict()
        self.charge_global_ = float(b["MonthlyCharges"].median())

        counts = df["State"].value_counts()
        self.states_ = sorted(counts[counts >= self.min_state_count].index)

        self.prior_ = float(y.mean())
        agg = y.groupby(b["PaymentMethod"]).agg(["sum", "count"])
        self.payment_te_ = (agg["sum"] + self.prior_ * self.smoothing) / (agg["count"] + self.smoothing)

        filled = self._fill_charges(b)
        self.lo_, self.hi_ = filled["MonthlyCharges"].quantile([0.01, 0.99])
        _, self.tenure_edges_ = pd.qcut(b["tenure"], 5, retbins=True, duplicates="drop")
        self.tenure_edges_[0], self.tenure_edges_[-1] = -np.inf, np.inf

        contact = (SNAPSHOT - b["LastContact"]).dt.days
        self.contact_mean_, self.contact_std_ = contact.mean(), contact.std()
        return self

    def _fill_charges(self, b: pd.DataFrame) -> pd.DataFrame:
        by_net = b["InternetService"].map(self.charge_median_)
        b["MonthlyCharges"] = b["MonthlyCharges"].fillna(by_net).fillna(self.charge_global_)
        b["TotalCharges"] = b["TotalCharges"].fillna(b["MonthlyCharges"] * b["tenure"])
        return b

    # -------------------------------------------------------------- transform
    def transform(self, df: pd.DataFrame) -> pd.DataFrame:
        b = self._fill_charges(self._base(df))
        out = pd.DataFrame(index=df.index)

        out["senior"] = b["SeniorCitizen"]
        out["is_male"] = b["gender"].map({"male": 1, "female": 0}).fillna(0.5)
        for c in ["Partner", "Dependents", "PhoneService", "PaperlessBilling"]:
            out[c.lower()] = b[c].map(YES_NO).fillna(0).astype(int)

        services = b[SERVICE_COLS].apply(lambda s: s.map(YES_NO))
        out["n_services"] = services.sum(axis=1)
        out["has_streaming"] = services[["StreamingTV", "StreamingMovies"]].max(axis=1)
        out["unprotected"] = ((services[["OnlineSecurity", "TechSupport"]].sum(axis=1) == 0)
                              & (b["InternetService"] != "no")).astype(int)

        out["contract_months"] = b["Contract"].map(CONTRACT_MONTHS)
        out["fiber"] = b["InternetService"].eq("fiber optic").astype(int)
        out["auto_pay"] = b["PaymentMethod"].str.contains("automatic", regex=False).astype(int)
        out["payment_te"] = b["PaymentMethod"].map(self.payment_te_).fillna(self.prior_)

        out["monthly"] = b["MonthlyCharges"].clip(self.lo_, self.hi_)
        out["log_total"] = np.log1p(b["TotalCharges"])
        avg = b["TotalCharges"] / b["tenure"].replace(0, np.nan)
        out["price_drift"] = (b["MonthlyCharges"] - avg).fillna(0.0)
        out["charge_per_service"] = out["monthly"] / (out["n_services"] + 1)

        out["tenure_bin"] = pd.cut(b["tenure"], self.tenure_edges_, labels=False)
        out["tenure_x_contract"] = b["tenure"] * out["contract_months"]

        days = (SNAPSHOT - b["LastContact"]).dt.days
        out["contact_missing"] = days.isna().astype(int)
        out["contact_z"] = ((days - self.contact_mean_) / self.contact_std_).fillna(0.0)
        out["contact_quarter"] = b["LastContact"].dt.quarter.fillna(0).astype(int)

        for s in self.states_:
            out[f"state_{s}"] = (b["State"] == s).astype(int)
        out["state_other"] = (~b["State"].isin(self.states_)).astype(int)
        return out

    def fit_transform(self, df: pd.DataFrame, y: pd.Series) -> pd.DataFrame:
        return self.fit(df, y).transform(df)


def main():
    train = pd.read_csv(HERE / "train.csv")
    test = pd.read_csv(HERE / "score.csv")
    y = (train.pop("Churn") == "Yes").astype(int)

    fb = ChurnFeatures()
    train_features = fb.fit_transform(train, y)
    test_features = fb.transform(test)
    print(train_features.corrwith(y).sort_values().round(3).tail(8))
    test_features.to_csv(HERE / "out.csv", index=False)
    return test_features


if __name__ == "__main__":
    test_features = main()
