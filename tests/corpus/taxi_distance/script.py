# table: trips
import numpy as np
import pandas as pd

def haversine(lat1, lng1, lat2, lng2):
    lat1, lng1, lat2, lng2 = map(np.radians, (lat1, lng1, lat2, lng2))
    d = np.sin((lat2 - lat1) * 0.5) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin((lng2 - lng1) * 0.5) ** 2
    return 2 * 6371 * np.arcsin(np.sqrt(d))

train = pd.read_csv("train.csv", parse_dates=["pickup_datetime"])
score = pd.read_csv("score.csv", parse_dates=["pickup_datetime"])
for df in [train, score]:
    df["manhattan"] = (df["dropoff_longitude"] - df["pickup_longitude"]).abs() + (df["dropoff_latitude"] - df["pickup_latitude"]).abs()
    df["hour"] = df["pickup_datetime"].dt.hour
    df["dow"] = df["pickup_datetime"].dt.weekday
    df["flag"] = 1 * (df["store_and_fwd_flag"] == "Y")
    df["night"] = df["hour"].between(0, 5).astype(int)
    df["lat_bin"] = np.round(df["pickup_latitude"], 2)
    df["many"] = df["passenger_count"].map(lambda n: n > 4)
center = train[["pickup_latitude", "pickup_longitude"]].mean()
score["from_center"] = np.sqrt((score["pickup_latitude"] - center["pickup_latitude"]) ** 2 + (score["pickup_longitude"] - center["pickup_longitude"]) ** 2)
X = score[["vendor_id", "passenger_count", "manhattan", "hour", "dow", "flag", "night", "lat_bin", "many", "from_center"]]
