# table: tables_business.flats
# Warsaw flats
import numpy as np
import pandas as pd

train = pd.read_csv("train.csv", index_col="ID")
test = pd.read_csv("score.csv", index_col="ID")
print(train.describe())
train = train[train["area_m2"] < 130]
train = train[~((train.price < 100000) & (train.rooms > 3))]

# group medians of train fill both
train["year"] = train["year"].fillna(train.groupby("district")["year"].transform("median"))
test["year"] = test["year"].fillna(test["district"].map(train.groupby("district")["year"].median()))
test["year"] = test["year"].fillna(train["year"].median())

fee = train.groupby(["district", "rooms"])["rent_fee"].mean().unstack()
def fill_fee(row):
    if not np.isnan(row["rent_fee"]):
        return row["rent_fee"]
    try:
        return fee.loc[row["district"], row["rooms"]]
    except KeyError:
        return fee.stack().mean()
test["rent_fee"] = test.apply(fill_fee, axis=1)

cond_rank = {"to renovate": 0, "average": 1, "good": 2, "new": 3}
for df in (train, test):
    df["condition"] = df["condition"].fillna("average").map(cond_rank)
    df["heating"] = df["heating"].fillna("urban")
    df["floors_total"] = df["floors_total"].combine_first(df["floor"] + 2)
    df["floors_total"] = df[["floors_total", "floor"]].max(axis=1)
    df["is_top"] = (df["floor"] == df["floors_total"]).astype(int)
    df["is_ground"] = (df["floor"] == 0).astype(int)
    df["age"] = 2024 - df["year"]
    df["m2_per_room"] = df["area_m2"] / df["rooms"]
    df["prewar"] = df["year"].lt(1939)
    df["balcony"] = df["balcony"].map(dict(yes=1, no=0))
    df["kitchen"] = (df["kitchen"] == "separate") + 0
test["condition"] = test["condition"].fillna(-1)

price_m2 = (train["price"] / train["area_m2"]).groupby(train["district"]).mean()
order = price_m2.sort_values().index.tolist()
test["district_rank"] = test["district"].apply(lambda x: order.index(x) if x in order else -1)
test["district_m2"] = test["district"].map(price_m2).fillna(price_m2.mean())
heat = pd.get_dummies(test["heating"], prefix="heat").reindex(columns=["heat_urban", "heat_gas", "heat_electric"], fill_value=False)
test = pd.concat([test.drop(["district", "heating"], axis=1), heat.astype(int)], axis=1)
test["dist_bin"] = pd.cut(test["dist_center"], bins=np.linspace(0, 20, 6), include_lowest=True, labels=False).fillna(5)
test["log_dist"] = np.log1p(test["dist_center"])
