from collections import Counter, OrderedDict

import numpy as np
import pandas as pd
from sklearn.preprocessing import KBinsDiscretizer, SplineTransformer, MaxAbsScaler


class Preprocessor(object):
    def __init__(self, n_bins, spline_knots, rare=0, **kwargs):
        self.rare = rare
        self.binner = KBinsDiscretizer(n_bins=n_bins, encode="onehot-dense", strategy="quantile")
        self.spline = SplineTransformer(n_knots=spline_knots, degree=3, include_bias=False)
        self.scaler = MaxAbsScaler()
        self.medians = OrderedDict()
        self.options = kwargs

    def _clean(self, df):
        df = df.copy()
        df["release"] = pd.to_datetime(df["release"], errors="coerce")
        df["year"] = df["release"].dt.year
        df["month_sin"] = np.sin(2 * np.pi * df["release"].dt.month / 12)
        df["minutes"] = df["duration_ms"].div(60000)
        df["is_remix"] = df["track_name"].str.contains("remix|live", case=False, regex=True).astype(int)
        df["explicit"] = df["explicit"].astype("int8")
        df["genre"] = df["artist_genre"].fillna("none")
        return df

    def fit(self, df):
        df = self._clean(df)
        self.num = ["danceability", "energy", "loudness", "speechiness", "tempo", "minutes", "year"]
        for c in self.num:
            self.medians[c] = df[c].median()
        filled = df[self.num].fillna(self.medians)
        counts = Counter(df["genre"])
        self.genres = [g for g, n in counts.most_common() if n > self.rare]
        self.binner.fit(filled[["tempo", "year"]])
        self.spline.fit(filled[["danceability"]])
        self.scaler.fit(filled)
        return self

    def transform(self, df):
        df = self._clean(df)
        filled = df[self.num].fillna(self.medians)
        parts = [pd.DataFrame(self.scaler.transform(filled), columns=self.num, index=df.index)]
        bins = self.binner.transform(filled[["tempo", "year"]])
        parts.append(pd.DataFrame(bins, columns=self.binner.get_feature_names_out(), index=df.index))
        spl = self.spline.transform(filled[["danceability"]])
        parts.append(pd.DataFrame(spl, columns=[f"spl_{i}" for i in range(spl.shape[1])], index=df.index))
        for g in self.genres:
            df["genre_" + g] = np.where(df["genre"] == g, 1, 0)
        parts.append(df[["month_sin", "is_remix", "explicit", "mode"] + ["genre_" + g for g in self.genres]])
        return pd.concat(parts, axis=1)

    def fit_transform(self, df):
        return self.fit(df).transform(df)
