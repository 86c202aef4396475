"""Feature pipeline for predictive maintenance (training + batch scoring)."""
from typing import Dict, List, Optional

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.preprocessing import PowerTransformer


class ColumnPicker(BaseEstimator, TransformerMixin):
    def __init__(self, columns: List[str]):
        self.columns = columns

    def fit(self, X, y=None):
        self.n_columns_ = X.shape[1]
        return self

    def transform(self, X):
        return X[self.columns]


class RareGrouper(BaseEstimator, TransformerMixin):
    """Categories with a share below `tol` become 'rare'; one-hot in order of frequency."""

    def __init__(self, tol: float = 0.05, label: str = "rare"):
        self.tol = tol
        self.label = label

    def fit(self, X: pd.DataFrame, y=None):
        self.keep_: Dict[str, List[str]] = {}
        for c in X.columns:
            share = X[c].value_counts(normalize=True)
            self.keep_[c] = share[share >= self.tol].index.tolist()
        return self

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        cols = []
        for c in X.columns:
            v = X[c].where(X[c].isin(self.keep_[c]), self.label)
            for k in self.keep_[c] + [self.label]:
                cols.append((v == k).to_numpy(dtype=float))
        return np.column_stack(cols)


class OutlierCapper(BaseEstimator, TransformerMixin):
    """Tukey fences learnt on the training data."""

    def __init__(self, fold: float = 1.5):
        self.fold = fold

    def fit(self, X, y=None):
        q1, q3 = X.quantile(0.25), X.quantile(0.75)
        iqr = q3 - q1
        self.low_ = q1 - self.fold * iqr
        self.high_ = q3 + self.fold * iqr
        return self

    def transform(self, X):
        return X.clip(self.low_, self.high_, axis=1)


class GroupMedianImputer(BaseEstimator, TransformerMixin):
    def __init__(self, group: str, columns: List[str]):
        self.group = group
        self.columns = columns

    def fit(self, X, y=None):
        self.table_ = X.groupby(self.group)[self.columns].median()
        self.fallback_ = X[self.columns].median()
        return self

    def transform(self, X):
        X = X.copy()
        for c in self.columns:
            X[c] = X[c].fillna(X[self.group].map(self.table_[c])).fillna(self.fallback_[c])
        return X.drop(columns=self.group)


def derive(df: pd.DataFrame, today: Optional[pd.Timestamp] = None) -> pd.DataFrame:
    df = df.copy()
    unit = df["machine_id"].str.extract(r"^M-(?P<no>\d+)/(?P<line>[A-Za-z])$")
    df["unit_no"] = unit["no"].astype(int)
    df["line"] = unit["line"].str.upper()
    df["temp_c"] = (df["temp_f"] - 32) * 5 / 9
    installed, inspected = pd.to_datetime(df["installed"]), pd.to_datetime(df["inspected"])
    df["age_days"] = (inspected - installed).dt.days
    df["age_years"] = df["age_days"] / 365.25
    df["high_speed"] = df["rpm"].gt(2000).astype(int)
    df["slip"] = np.where(df["high_speed"] == 1, 3000 - df["rpm"], 1500 - df["rpm"]) / 3000
    df["oil_bad"] = df["oil"].str.lower().isin(["low", "change"]).astype(int)
    df["vibration"] = df["vibration"].mask(df["vibration"] < 0)
    return df


NUM = ["vibration", "temp_c", "noise_db", "age_years"]
FLAG = ["high_speed", "slip", "oil_bad"]

pipe: Pipeline = make_pipeline(
    make_union(
        make_pipeline(
            ColumnPicker(["line"] + NUM),
            GroupMedianImputer("line", NUM),
            OutlierCapper(fold=1.5),
            PowerTransformer(method="yeo-johnson", standardize=True),
        ),
        ColumnPicker(FLAG),
        make_pipeline(ColumnPicker(["vendor", "line"]), RareGrouper(tol=0.06)),
    )
)

if __name__ == "__main__":
    train = derive(pd.read_csv("train.csv"))
    new = derive(pd.read_csv("score.csv"))
    M = pipe.fit_transform(train, train["failed_30d"])
    grouper = pipe[0].transformer_list[2][1][-1]
    names = NUM + FLAG + [f"{c}={k}" for c, ks in grouper.keep_.items() for k in ks + ["rare"]]
    X_train = pd.DataFrame(M, columns=names, index=train.index)
    X_new = pd.DataFrame(pipe.transform(new), columns=names, index=new.index)
    print(X_new.head())
