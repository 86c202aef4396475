# table: tables_text.adverts
import re

import numpy as np
import pandas as pd

M2_PER_SQFT = 0.092903
KEYWORDS = ["garden", "parking", "balcony", "chain free", "no chain", "station"]


def to_m2(size):
    if pd.isna(size):
        return None
    number = float(re.search(r"[\d,]+", size).group().replace(",", ""))
    if re.search(r"sq\.?\s*ft", size, flags=re.IGNORECASE):
        return round(number * M2_PER_SQFT, 2)
    return number


def monthly(price):
    """rents stay, sale prices become a monthly rate, POA is missing"""
    digits = "".join(ch for ch in price if ch.isdigit())
    if not digits:
        return np.nan
    value = int(digits)
    return value if price.strip().endswith("pcm") else value * 0.045 / 12


def beds(title):
    first = title.split()[0]
    if "studio" in title.lower():
        return 0
    return int(first) if first.isnumeric() else 1


def lease_years(text):
    if isinstance(text, str):
        found = re.findall(r"\d+", text)
        if found:
            return int(found[0])
    return 999


def build(df, stats=None):
    X = pd.DataFrame()
    X["ref"] = df["ref"].str.replace("RX-", "").astype(int)
    X["rent"] = df["price"].apply(monthly)
    X["is_rent"] = df["price"].str.contains("pcm").astype(int)
    X["m2"] = df["size"].apply(to_m2)
    X["beds"] = df["title"].apply(beds)
    kind = df["title"].str.extract(r"(flat|house|studio)", flags=re.I, expand=False).str.lower().fillna("other")
    X["kind"] = kind.map({"flat": 0, "house": 1, "studio": 2, "other": 3})
    X["semi"] = df["title"].str.contains(r"\bsemi-", case=False).astype(int)
    parts = df["address"].str.split(",")
    X["city_london"] = (parts.str[1].str.strip() == "London").astype(int)
    X["area"] = parts.str[-1].str.strip().str.upper().str.extract(r"^([A-Z]{1,2})\d", expand=False)
    X["house_no"] = df["address"].str.split().str[0].astype(int)
    desc = df["description"].fillna("").str.lower()
    for kw in KEYWORDS:
        X["kw_" + kw.replace(" ", "_")] = desc.str.contains(kw, regex=False).astype(int)
    X["keywords"] = desc.apply(lambda d: sum(kw in d for kw in KEYWORDS))
    X["excl"] = desc.str.count("!")
    X["desc_len"] = desc.str.len()
    X["sentences"] = desc.apply(lambda d: len([p for p in re.split(r"[.!;]+", d) if p.strip()]))
    X["lease"] = df["tenure"].apply(lease_years)
    X["price_tag"] = df["ref"].str.cat(df["tenure"].str.slice(0, 4), sep="/", na_rep="-").str.len()
    if stats is None:
        stats = {"m2": X["m2"].median(), "rent": X["rent"].median(), "areas": sorted(X["area"].dropna().unique())}
    X["m2"] = X["m2"].fillna(stats["m2"])
    X["rent"] = X["rent"].fillna(stats["rent"])
    X["per_m2"] = (X["rent"] / X["m2"]).round(3)
    X["area"] = X["area"].map({a: i for i, a in enumerate(stats["areas"])}).fillna(-1).astype(int)
    return X, stats


train, stats = build(pd.read_csv("train.csv"))
out, _ = build(pd.read_csv("score.csv"), stats)
