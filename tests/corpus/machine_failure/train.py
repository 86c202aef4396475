# table: tables_learn.machines
"""Predictive maintenance: fits the model, saves it, loads it again and scores the night shift."""
import argparse
import functools
import logging
import os
import time
from dataclasses import asdict, dataclass

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import AdaBoostClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder, QuantileTransformer
from sklearn.compose import ColumnTransformer
from sklearn.tree import DecisionTreeClassifier

logger = logging.getLogger(__name__)


def timed(func):
    @functools.wraps(func)
    def wrapper(*args, **kwargs):
        start = time.perf_counter()
        result = func(*args, **kwargs)
        logger.info("%s took %.3fs", func.__name__, time.perf_counter() - start)
        return result

    return wrapper


@dataclass(frozen=True)
class Settings:
    train: str = "train.csv"
    score: str = "score.csv"
    model_path: str = "model.joblib"
    n_estimators: int = 15
    overstrain: float = 9000.0


RENAME = {"Air temperature [K]": "air", "Process temperature [K]": "process", "Rotational speed [rpm]": "rpm", "Torque [Nm]": "torque", "Tool wear [min]": "wear"}


@timed
def load(path: str) -> pd.DataFrame:
    df = pd.read_csv(path, index_col="UDI")
    return df.rename(columns=RENAME)


@timed
def features(df: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    return (
        df.assign(
            power=lambda d: d["torque"] * d["rpm"] * 2 * np.pi / 60,
            delta=lambda d: d["process"] - d["air"],
            strain=lambda d: d["wear"] * d["torque"],
        )
        .assign(overstrain=lambda d: np.where(d["strain"] > settings.overstrain, 1, 0), serial=lambda d: d["Product ID"].str[1:].astype(int) % 1000)
        .drop(columns=["Product ID"])
    )


def make_model(settings):
    numbers = ["air", "process", "rpm", "torque", "wear", "power", "delta", "strain"]
    pre = ColumnTransformer([
        ("type", OrdinalEncoder(categories=[["L", "M", "H"]], handle_unknown="use_encoded_value", unknown_value=-1), ["Type"]),
        ("num", Pipeline([("fill", SimpleImputer(strategy="median")), ("q", QuantileTransformer(n_quantiles=50, output_distribution="uniform", random_state=0))]), numbers),
        ("keep", "passthrough", ["overstrain", "serial"]),
    ])
    ada = AdaBoostClassifier(estimator=DecisionTreeClassifier(max_depth=2), n_estimators=settings.n_estimators, random_state=0)
    return Pipeline([("pre", pre), ("ada", ada)])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--n-estimators", type=int, default=Settings.n_estimators)
    parser.add_argument("-v", "--verbose", action="store_true")
    args, _ = parser.parse_known_args()
    logging.basicConfig(level=logging.DEBUG if args.verbose else logging.WARNING)
    settings = Settings(n_estimators=args.n_estimators)
    logger.debug("settings %s", asdict(settings))

    train = features(load(settings.train), settings)
    X, y = train.drop(columns="Machine failure"), train["Machine failure"]
    model = make_model(settings)
    model.fit(X, y)
    joblib.dump(model, settings.model_path)

    night = features(load(settings.score), settings)
    loaded = joblib.load(settings.model_path)
    out = night[["Type", "wear"]].copy()
    out["p_failure"] = loaded.predict_proba(night[X.columns])[:, 1]
    out["stop"] = loaded.predict(night[X.columns])
    os.remove(settings.model_path)
    return out


if __name__ == "__main__":
    scores = main()
