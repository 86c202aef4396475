# table: tables_learn.phones
from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.experimental import enable_iterative_imputer  # noqa: F401
from sklearn.impute import IterativeImputer
from sklearn.linear_model import RidgeCV
from sklearn.preprocessing import OneHotEncoder, StandardScaler


class PhoneFeatures:
    """age, density and brand tier; hole filling by regression"""

    premium = {"Apple", "Samsung"}

    def __init__(self, year: int = 2021):
        self.year = year
        self.imputer = IterativeImputer(max_iter=5, random_state=0)
        self.ohe = OneHotEncoder(min_frequency=0.1, handle_unknown="infrequent_if_exist", sparse_output=False)
        self.scaler = StandardScaler()

    def _raw(self, df: pd.DataFrame) -> pd.DataFrame:
        df = df.copy()
        df["years_since_release"] = self.year - df["release_year"]
        df["is_premium"] = df["brand_name"].isin(self.premium).astype(int)
        df["has_4g"] = df["4g"].map({"yes": 1, "no": 0})
        df.drop(["release_year", "4g"], axis=1, inplace=True)
        return df

    def fit(self, df):
        raw = self._raw(df)
        self.num_cols = raw.select_dtypes("number").columns.tolist()
        self.cat_cols = ["brand_name", "os"]
        filled = self.imputer.fit_transform(raw[self.num_cols])
        self.scaler.fit(filled)
        self.ohe.fit(raw[self.cat_cols])
        return self

    def transform(self, df):
        raw = self._raw(df)
        num = pd.DataFrame(self.scaler.transform(self.imputer.transform(raw[self.num_cols])), columns=self.num_cols, index=df.index)
        cat = pd.DataFrame(self.ohe.transform(raw[self.cat_cols]), columns=self.ohe.get_feature_names_out(self.cat_cols), index=df.index)
        return pd.concat([num, cat], axis=1)


phones = pd.read_csv("train.csv")
new_phones = pd.read_csv("score.csv")
target = phones.pop("normalized_used_price")
fb = PhoneFeatures().fit(phones)
X = fb.transform(phones)
X_new = fb.transform(new_phones)
assert list(X.columns) == list(X_new.columns)

reg = RidgeCV(alphas=[0.1, 1, 10]).fit(X, target)
print("alpha", reg.alpha_, "R2", reg.score(X, target))
out = X_new.assign(predicted=reg.predict(X_new), euros=lambda d: np.exp(d["predicted"]).round(2))
