# table: trips
"""Taxi trip duration."""
import logging
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor
from sklearn.model_selection import train_test_split, GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

logging.basicConfig(level=logging.INFO)
log = logging.getLogger(__name__)
SEED = 3


def haversine(lat1, lng1, lat2, lng2):
    lat1, lng1, lat2, lng2 = map(np.radians, (lat1, lng1, lat2, lng2))
    h = np.sin((lat2 - lat1) * 0.5) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lng2 - lng1) * 0.5) ** 2
    return 2 * 6371 * np.arcsin(np.sqrt(h))


def features(d):
    d = d.copy()
    d["pickup_datetime"] = pd.to_datetime(d["pickup_datetime"])
    d["hour"] = d["pickup_datetime"].dt.hour
    d["weekday"] = d["pickup_datetime"].dt.weekday
    d["dist"] = haversine(d["pickup_latitude"], d["pickup_longitude"], d["dropoff_latitude"], d["dropoff_longitude"])
    d["flag"] = np.where(d["store_and_fwd_flag"] == "Y", 1, 0)
    return d[["vendor_id", "passenger_count", "hour", "weekday", "dist", "flag"]]


def main():
    raw = pd.read_csv("train.csv")
    low, high = raw["trip_duration"].quantile([0.01, 0.99])
    raw = raw[(raw["trip_duration"] > low) & (raw["trip_duration"] < high)]
    X, y = features(raw), np.log1p(raw["trip_duration"])
    X_tr, X_te, y_tr, y_te = train_test_split(X, y, random_state=SEED)
    pipe = Pipeline([("scale", StandardScaler()), ("rf", RandomForestRegressor(n_estimators=8, max_depth=5, random_state=SEED))])
    search = GridSearchCV(pipe, {"rf__max_depth": [3, 5]}, cv=2)
    search.fit(X_tr, y_tr)
    log.info("best %s", search.best_params_)
    out = pd.DataFrame({"seconds": np.expm1(search.predict(X_te))}, index=X_te.index)
    out["minutes"] = (out["seconds"] / 60).round(1)
    out.to_csv("out.csv")
    return out


if __name__ == "__main__":
    result = main()
