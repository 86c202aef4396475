# table: tables_business.flights
import numpy as np
import pandas as pd

fl = pd.read_csv("train.csv")
sched = pd.read_csv("score.csv")

# late rates by carrier x weekday, from history
tab = pd.crosstab(fl["carrier"], fl["day_of_week"], values=fl["delayed"], aggfunc="mean").round(4)
long_tab = tab.stack().rename("carrier_dow_rate").reset_index()
route = fl["origin"] + "-" + fl["dest"]
route_cnt = route.value_counts()
route_rate = fl["delayed"].groupby(route).mean()

_, dist_bins = pd.qcut(fl["distance"], q=4, retbins=True)
dist_bins = np.r_[-np.inf, dist_bins[1:-1], np.inf]
hour_rate = fl.groupby(fl["dep_time"] // 100)["delayed"].mean()

def enrich(df):
    df = df.copy()
    df["hour"] = df["dep_time"] // 100
    df["minute"] = df["dep_time"] % 100
    df["red_eye"] = np.logical_or(df["hour"] < 5, df["hour"] >= 22).astype(int)
    df["route"] = df["origin"] + "-" + df["dest"]
    df["route_n"] = df["route"].map(route_cnt).fillna(0).astype(int)
    df["route_rate"] = df["route"].map(route_rate)
    df["dist_q"] = pd.cut(df["distance"], bins=dist_bins, labels=["short", "medium", "long", "ultra"])
    df["plane_age"] = df["plane_age"].fillna(fl["plane_age"].median())
    df["wind"] = np.where(df["wind"].isnull(), fl["wind"].mean(), df["wind"])
    df["precip"] = np.nan_to_num(df["precip"])
    df["storm"] = ((df["wind"] > 15) & (df["precip"] > 1)).astype(int)
    df["small"] = np.where(df["seats"] < 100, "small", np.where(df["seats"] < 180, "medium", "big"))
    df["quarter"] = np.ceil(df["month"] / 3).astype(int)
    df["summer"] = df["month"].isin(range(6, 9)).astype(int)
    return df

fl2, sched2 = enrich(fl), enrich(sched)
sched2 = sched2.merge(long_tab, how="left", on=["carrier", "day_of_week"])
sched2["carrier_dow_rate"] = sched2["carrier_dow_rate"].fillna(fl["delayed"].mean())
sched2["route_rate"] = np.where(sched2["route_n"] >= 5, sched2["route_rate"], fl["delayed"].mean())
sched2["hour_rate"] = sched2["hour"].map(hour_rate).fillna(hour_rate.median())
sched2["pax_km"] = np.multiply(sched2["seats"], sched2["distance"]) / 1e3
mn, mx = fl["distance"].min(), fl["distance"].max()
sched2["dist_mm"] = np.clip((sched2["distance"] - mn) / (mx - mn), 0, 1)
enc = {c: {v: k for k, v in enumerate(sorted(fl2[c].astype(str).unique()))} for c in ["carrier", "dest", "small", "dist_q"]}
for c, m in enc.items():
    sched2[c] = sched2[c].astype(str).map(m)
    sched2[c] = sched2[c].fillna(-1).astype("int16")
out = sched2.loc[:, ~sched2.columns.isin(["origin", "route", "dep_time"])]
