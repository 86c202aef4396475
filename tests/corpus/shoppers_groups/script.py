# table: sales
import pandas as pd
import numpy as np

sales = pd.read_csv("train.csv", parse_dates=["Date"])

sales["Item_Fat_Content"] = sales["Item_Fat_Content"].replace({"LF": "Low Fat", "low fat": "Low Fat", "reg": "Regular"})
sales["Item_Weight"] = sales["Item_Weight"].fillna(sales.groupby("Item_Type")["Item_Weight"].transform("mean"))
sales["Outlet_Size"] = sales["Outlet_Size"].fillna(sales["Outlet_Size"].mode().iloc[0])

g = sales.groupby("Store")["Sales"]
sales["store_mean"] = g.transform("mean")
sales["store_std"] = g.transform("std")
sales["z"] = (sales["Sales"] - sales["store_mean"]) / sales["store_std"]
sales["big"] = (sales["Sales"] > sales["Sales"].quantile(0.9)).astype(int)
sales["n_store"] = sales["Store"].map(sales["Store"].value_counts())
sales["month"] = sales["Date"].dt.month
sales["weekend"] = sales["Date"].dt.dayofweek.isin([5, 6]).astype(int)
per_type = sales.groupby("Item_Type").agg(type_mean=("Sales", "mean"), type_max=("Sales", "max")).reset_index()
sales = sales.merge(per_type, on="Item_Type", how="left")
sales["vs_type"] = sales["Sales"] / sales["type_mean"]
size = {"Small": 0, "Medium": 1, "High": 2}
sales["size"] = sales["Outlet_Size"].apply(lambda s: size[s])
sales["q"] = pd.qcut(sales["Sales"], 4, labels=False)
features = sales[["Item_Weight", "store_mean", "store_std", "z", "big", "n_store", "month", "weekend", "type_max", "vs_type", "size", "q"]].round(4)
features.to_csv("features.csv", index=False)
