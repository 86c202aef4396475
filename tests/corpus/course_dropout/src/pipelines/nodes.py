import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelEncoder, MinMaxScaler, OneHotEncoder


def clean(df: pd.DataFrame) -> pd.DataFrame:
    df = df.copy()
    df["Mother_job"] = df["Mother_job"].fillna("missing").str.upper()
    df["approval_rate"] = (df["Units_2nd_approved"] / df["Units_1st_approved"].replace(0, np.nan)).fillna(0.0)
    return df


def fit_encoder(df: pd.DataFrame, columns: dict) -> ColumnTransformer:
    numeric = Pipeline([("impute", SimpleImputer(strategy="constant", fill_value=0)), ("scale", MinMaxScaler(clip=True))])
    encoder = ColumnTransformer(
        transformers=[
            ("onehot", OneHotEncoder(handle_unknown="ignore", max_categories=4, sparse_output=False), columns["categorical"]),
            ("numeric", numeric, columns["numeric"]),
        ],
        remainder="passthrough",
        verbose_feature_names_out=False,
    )
    return encoder.fit(df[columns["categorical"] + columns["numeric"] + columns["binary"]])


def encode(df: pd.DataFrame, encoder: ColumnTransformer, columns: dict) -> pd.DataFrame:
    wanted = sum((columns[k] for k in ("categorical", "numeric", "binary")), [])
    return pd.DataFrame(encoder.transform(df[wanted]), columns=encoder.get_feature_names_out())


def train_model(X, students, options):
    le = LabelEncoder()
    y = le.fit_transform(students["Target"])
    model = RandomForestClassifier(**options).fit(X, y)
    return {"model": model, "labels": le}


def predict(bundle, X, applicants):
    proba = bundle["model"].predict_proba(X)
    out = pd.DataFrame(proba, columns=["p_" + c.lower() for c in bundle["labels"].classes_])
    out.insert(0, "course", applicants["Course"].values)
    out["label"] = bundle["labels"].inverse_transform(bundle["model"].predict(X))
    out["at_risk"] = out["p_dropout"].gt(0.4)
    return out
