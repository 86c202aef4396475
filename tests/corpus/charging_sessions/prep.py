# table: tables_trade.charging
"""Overstay model: features per charging session."""
import pandas as pd
import numpy as np

OPENING = pd.Timestamp("2024-01-01")
POWER = {"CCS": 50.0, "CHAdeMO": 50.0, "Type 2": 11.0}


def load(path):
    df = pd.read_csv(path, parse_dates=["started_at", "ended_at"])
    return df.set_index("session")


def build_features(df, stats):
    out = pd.DataFrame(index=df.index)
    dur = df["ended_at"] - df["started_at"]
    out["minutes"] = dur.dt.total_seconds() / 60
    out["minutes"] = out["minutes"].fillna(stats["minutes"])
    idle = pd.to_timedelta(df["idle"])
    out["idle_min"] = (idle.dt.total_seconds() // 60).fillna(0)
    out["idle_long"] = (idle > pd.Timedelta(hours=2)).astype(int)
    out["since_opening"] = (df["started_at"] - OPENING).dt.days
    hour = df["started_at"].dt.hour + df["started_at"].dt.minute / 60
    out["hour_sin"] = np.sin(2 * np.pi * hour / 24)
    out["hour_cos"] = np.cos(2 * np.pi * hour / 24)
    out["night"] = ((hour < 6) | (hour >= 22)).astype("int8")
    out["weekend"] = df["started_at"].dt.weekday >= 5
    power = df["plug"].map(POWER).fillna(22.0)
    out["load"] = df["kwh"] / (power * out["minutes"] / 60).clip(lower=0.1)
    out["soc_gain"] = (df["kwh"] / df["battery_kwh"] * 100).round(1)
    soc = df["soc_start"].fillna(df["battery_kwh"].map(stats["soc"]))
    out["soc_end"] = np.minimum(soc + out["soc_gain"], 100)
    out["cold"] = np.where(df["temp_c"].isna(), -1, (df["temp_c"] < 4).astype(int))
    out["station_rate"] = df["station"].map(stats["station"]).fillna(stats["rate"])
    for user in ("subscriber", "guest", "fleet"):
        out[f"is_{user}"] = (df["user_type"] == user).astype(int)
    return out


train = load("train.csv")
score = load("score.csv")
stats = {
    "minutes": ((train["ended_at"] - train["started_at"]).dt.total_seconds() / 60).median(),
    "soc": train.groupby("battery_kwh")["soc_start"].mean(),
    "station": train.groupby("station")["overstay"].mean(),
    "rate": train["overstay"].mean(),
}
X = build_features(train, stats)
print(X.describe().T)
features = build_features(score, stats)
features.to_csv("features.csv")
