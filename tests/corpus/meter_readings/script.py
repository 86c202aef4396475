# table: tables_business.meter_readings
"""Energy meters. Same cleaning for both files."""
import numpy as np, pandas as pd

train = pd.read_csv("train.csv")
test = pd.read_csv("score.csv")
y = np.log1p(train.pop("reading"))

usage_map = {'office': 1, 'school': 2, 'warehouse': 3, 'retail': 4, 'lodging': 5}
year_edges = [1900, 1945, 1970, 1990, 2005, 2025]
sqft_q = train["square_feet"].quantile([.2, .4, .6, .8]).values
temp_mean, temp_std = train.air_temp.mean(), train.air_temp.std()
floor_by_type = train.groupby("building_type").floor_count.median().to_dict()

datasets = [train, test]
for i, ds in enumerate(datasets):
    ds["primary_use"] = ds["building_type"].map(usage_map).fillna(0).astype(np.int8)
    ds["floor_missing"] = ds.floor_count.isnull().astype(int)
    ds["floor_count"] = ds.apply(lambda r: floor_by_type.get(r["building_type"], 1) if pd.isnull(r["floor_count"]) else r["floor_count"], axis=1)
    ds["year_built"].fillna(-999, inplace=True)
    ds["year_built"] = ds["year_built"].fillna(1968)
    ds["age_group"] = pd.cut(ds["year_built"], bins=year_edges, labels=False)
    ds["sqft_bin"] = np.searchsorted(sqft_q, ds["square_feet"])
    ds["sqft_bin_r"] = np.digitize(ds["square_feet"], sqft_q)
    ds["air_temp"] = ds["air_temp"].fillna(temp_mean)
    ds["temp_z"] = (ds.air_temp - temp_mean) / temp_std
    ds["heating_deg"] = np.maximum(18 - ds["air_temp"], 0)
    ds["cooling_deg"] = (ds["air_temp"] - 22).clip(lower=0)
    ds["cloud"] = ds.cloud.fillna(ds.cloud.mode()[0] if i == 0 else train.cloud.mode()[0])
    ds["is_weekend"] = ds.weekday.isin([5, 6]).astype("uint8")
    ds["night"] = ((ds.hour < 6) | (ds.hour > 21)).astype("uint8")
    ds["season"] = (ds["month"] % 12 // 3).replace({0: "winter", 1: "spring", 2: "summer", 3: "autumn"})
    ds["hour_sin"] = np.sin(2 * np.pi * ds["hour"] / 24)
    ds["hour_cos"] = np.cos(2 * np.pi * ds["hour"] / 24)
    ds["log_sqft"] = np.log1p(ds["square_feet"])
    ds["wind_chill"] = ds["air_temp"] - ds["wind_speed"] ** 0.5 * 1.2
    ds.drop(columns=["meter_id", "building_type"], inplace=True)

season_order = ["winter", "spring", "summer", "autumn"]
for ds in datasets:
    ds["season"] = ds["season"].apply(season_order.index)

from sklearn.linear_model import Ridge
cols = [c for c in train.columns if c not in ("dew_temp",)]
model = Ridge().fit(train[cols].fillna(0), y)
pred = np.expm1(model.predict(test[cols].fillna(0)))
pd.DataFrame({"row": range(len(pred)), "reading": pred}).to_csv("submission.csv", index=False)
