# table: tables_life.bikes
import pandas as pd, numpy as np
import warnings
warnings.filterwarnings('ignore')
from functools import reduce

data = pd.read_csv("train.csv")
val = pd.read_csv("score.csv")

this_year = 2021
owners = ["first owner", "second owner", "third owner", "fourth owner or more"]

# ---------- cleaning helpers
def to_num(x, unit):
    try:
        return float(str(x).lower().replace(unit, "").replace(",", "").strip())
    except ValueError:
        return np.nan

def mileage_kmpl(x):
    if type(x) == float:
        return x
    x = x.lower()
    digits = "".join([c for c in x if c.isdigit() or c == "."])
    if digits == "":
        return np.nan
    v = float(digits)
    return v * 1.6 if "mpl" in x and "km" not in x else v

def brand(name):
    return name.split(" ")[0].title()

def cc(name):
    nums = [int(t) for t in name.replace("-", " ").split() if t.isdigit()]
    nums = [n for n in nums if 80 <= n <= 1300]
    return max(nums) if nums else np.nan

for d in [data, val]:
    d["name"] = d["name"].str.strip()
    d["brand"] = d["name"].map(brand)
    d["cc"] = d["name"].map(cc)
    d["kms"] = d["kms_driven"].apply(lambda v: to_num(v, "km"))
    d["mileage"] = d["mileage"].apply(mileage_kmpl)
    d["power"] = d["power"].apply(to_num, unit="bhp")
    d["owner"] = d["owner"].str.lower().apply(lambda o: owners.index(o) + 1 if o in owners else 0)
    d["age"] = this_year - d["model_year"]
    d["age"] = np.where(d["age"] < 0, 0, d["age"])
    d["kms_per_year"] = d["kms"] / (d["age"] + 1)
    d["abs"] = d["name"].str.upper().str.endswith("ABS").astype(int)

brand_cc = data.groupby("brand")["cc"].median().to_dict()
overall = {"cc": data["cc"].median(), "mileage": data["mileage"].median(), "power": data["power"].median(), "kms": data["kms"].median()}

def fill(row):
    if np.isnan(row["cc"]):
        return brand_cc.get(row["brand"], overall["cc"])
    return row["cc"]

data["cc"] = data.apply(fill, axis=1)
val["cc"] = val.apply(fill, axis=1)
for c in overall:
    data[c].fillna(overall[c], inplace=True)
    data[c] = data[c].fillna(overall[c])
    val[c] = val[c].fillna(overall[c])

top = [b for b, n in data["brand"].value_counts().items() if n >= 25]
val["brand_grp"] = [b if b in top else "Other" for b in val["brand"]]
data["brand_grp"] = [b if b in top else "Other" for b in data["brand"]]
price_rank = data.groupby("brand_grp")["price"].mean().rank().astype(int)
val["brand_rank"] = val["brand_grp"].map(price_rank)
city_mean = data.groupby("city")["price"].mean()
val["city_lvl"] = val["city"].map(city_mean).fillna(data["price"].mean()) / data["price"].mean()
val["power_to_cc"] = val["power"].div(val["cc"]).mul(100).round(2)
val["segment"] = val["cc"].apply(lambda x: "commuter" if x <= 125 else ("mid" if x <= 250 else "premium"))
val["segment_code"] = val["segment"].map({s: i for i, s in enumerate(["commuter", "mid", "premium"])})
val["label"] = val["brand_grp"] + "_" + val["segment"] + "_" + val["owner"].astype(str)
val["est"] = reduce(lambda acc, c: acc * c, [val["brand_rank"], val["city_lvl"], np.exp(-0.1 * val["age"])])
result = val[["brand_grp", "brand_rank", "cc", "kms", "kms_per_year", "mileage", "power", "owner", "age", "abs", "city_lvl", "power_to_cc", "segment_code", "label", "est"]]
result.to_csv("features.csv", index=False)
