# table: tables_text.parts
import numpy as np
import pandas as pd

SIZES = ("S", "M", "L", "XL")


def split_sku(sku, default="??"):
    pieces = sku.split("-")
    if len(pieces) != 4:
        return default, -1, default, 0, ""
    brand, number, size, tail = pieces
    month = tail[:2]
    suffix = tail[2:].lstrip("/")
    try:
        serial = int(number)
    except ValueError:
        serial = -1
    return brand.upper(), serial, size, int(month), suffix


def checksum(code):
    """EAN-like: weights 1, 3 from the right"""
    digits = code[1:].zfill(13)
    total = 0
    for i, d in enumerate(reversed(digits)):
        total += int(d) * (3 if i % 2 else 1)
    return total % 10


def letter_sum(s):
    return sum(ord(c) - 64 for c in s.upper() if c.isalpha())


def volume(dims):
    if not isinstance(dims, str):
        return np.nan
    unit = "mm" if dims.endswith("mm") else "cm"
    numbers = dims[: -len(unit)].strip().split("x")
    v = 1.0
    for n in numbers:
        v *= float(n)
    if unit == "mm":
        v /= 1000
    return v


def colour(c):
    if c is None or c != c:
        return "none"
    c = c.strip().lower()
    if c.startswith("#"):
        h = c[1:]
        if len(h) == 3:
            h = "".join(x * 2 for x in h)
        r, g, b = int(h[0:2], 16), int(h[2:4], 16), int(h[4:6], 16)
        return "light" if (r + g + b) / 3 > 127 else "dark"
    elif c in {"red", "green"}:
        return c
    return c.split(" ")[-1]


def prepare(df):
    f = pd.DataFrame()
    f["brand"], f["serial"], f["size"], f["month"], f["suffix"] = zip(*df["sku"].fillna("").apply(split_sku))
    f["size"] = f["size"].apply(lambda s: SIZES.index(s) if s in SIZES else -1)
    f["serial_pad"] = f["serial"].astype(str).str.zfill(5).str[-2:].astype(int)
    f["palindrome"] = f["serial"].astype(str).apply(lambda t: t == t[::-1]).astype(int)
    f["check"] = df["barcode"].apply(checksum)
    f["even"] = df["barcode"].str[-1].astype(int) % 2 == 0
    f["letters"] = df["sku"].fillna("").apply(letter_sum)
    f["volume"] = df["dims"].apply(volume)
    f["year"] = df["batch"].apply(lambda b: 2000 + int(b[1:3]))
    f["week"] = df["batch"].str[3:5].astype(int)
    f["monday"] = [pd.Timestamp.fromisocalendar(y, w, 1).dayofyear for y, w in zip(f["year"], f["week"])]
    f["colour"] = df["colour"].apply(colour)
    f["refurb"] = f["suffix"].isin(["R", "B"]).astype(int)
    return f


train = pd.read_csv("train.csv")
t = prepare(train)
features = prepare(pd.read_csv("score.csv"))
limit = t["volume"].quantile(0.9)
features["oversize"] = (features["volume"] > limit).astype(int)
features["volume"] = np.log(features["volume"].fillna(t["volume"].median()))
risk = train["failed"].groupby(t["brand"]).agg(["mean", "count"])
features = features.merge(risk, left_on="brand", right_index=True, how="left")
features["mean"] = features["mean"].fillna(train["failed"].mean())
features["count"] = features["count"].fillna(0)
colours = t["colour"].unique().tolist()
for c in colours:
    features["c_" + c] = (features["colour"] == c) + 0
features.drop(columns=["brand", "suffix", "colour"], inplace=True)
