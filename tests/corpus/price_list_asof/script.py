"""
Order margin features. The list price valid on the order day comes from price_list.csv
(as-of join), quantity discounts from a ladder per SKU learnt on past orders.
"""
import bisect
from itertools import groupby

import numpy as np
import pandas as pd

VAT = {"AT": 0.20, "DE": 0.19, "CH": 0.081, "LI": 0.081}

prices = pd.read_csv("price_list.csv", parse_dates=["valid_from"]).sort_values("valid_from")
past = pd.read_csv("train.csv", parse_dates=["date"])
new = pd.read_csv("score.csv", parse_dates=["date"])


def with_price(orders):
    o = orders.reset_index().sort_values("date", kind="stable")
    o = pd.merge_asof(o, prices, left_on="date", right_on="valid_from", by="sku", direction="backward")
    return o.set_index("index").sort_index()


past, new = with_price(past), with_price(new)
# orders before the first list: use the first price of the article
first = prices.drop_duplicates("sku").set_index("sku")
for o in (past, new):
    for c in ("list_price", "cost"):
        o["no_list"] = o["valid_from"].isna().astype(int)
        o[c] = o[c].fillna(o["sku"].map(first[c]))
print(new.isna().sum())

# ---- quantity ladder per article: thirds of the ordered quantities --------
ladder = {}
for sku, grp in groupby(sorted(zip(past["sku"], past["qty"])), key=lambda t: t[0]):
    q = [n for _, n in grp]
    ladder[sku] = [q[len(q) // 3], q[2 * len(q) // 3]]
print(ladder)


def step(sku, qty):
    if sku not in ladder or qty <= 0:
        return -1
    return bisect.bisect_right(ladder[sku], qty)


# ---- usual discount: rank of the paid price inside the article, past orders only
past["disc"] = 1 - past["paid"] / past["list_price"]
past["rank_in_sku"] = past.groupby("sku")["disc"].rank(pct=True)
usual = past[past["rank_in_sku"].between(0.25, 0.75)].groupby("sku")["disc"].mean()
type_disc = past.assign(ct=past["customer_type"].str.upper()).groupby("ct")["disc"].median().round(4)


def build(o):
    X = pd.DataFrame(index=o.index)
    X["ct"] = o["customer_type"].str.upper().fillna("UNKNOWN")
    X["is_return"] = o["qty"].lt(0)
    X["qty"] = o["qty"].abs()
    X["step"] = [step(s, q) for s, q in zip(o["sku"], o["qty"])]
    X["no_list"] = o["no_list"]
    X["list_price"] = o["list_price"]
    X["disc"] = (1 - o["paid"] / o["list_price"]).round(4)
    X["vs_usual"] = X["disc"] - o["sku"].map(usual)
    X["vs_type"] = X["disc"].sub(X["ct"].map(type_disc), fill_value=0)
    X["vat"] = o["country"].map(VAT)
    net = o["paid"].where(X["ct"].ne("B2C"), o["paid"] / (1 + X["vat"]))
    X["net"] = net.round(2)
    X["margin"] = (net - o["cost"]) / net
    X["margin"] = X["margin"].mask(X["margin"] < -1, -1.0)
    X["revenue"] = X["net"] * X["qty"]
    X["list_age"] = (o["date"] - o["valid_from"]).dt.days.fillna(9999).astype(int)
    X["half"] = np.where(o["date"].dt.month <= 6, "H1", "H2")
    X["month_start"] = o["date"].dt.to_period("M").dt.start_time.eq(o["date"])
    X["last_bday"] = o["date"].map(lambda d: int((d + pd.offsets.BMonthEnd(0)) == d))
    return X


X_train, X_score = build(past), build(new)
flag = X_train["margin"].quantile(0.1)
X_score["needs_approval"] = (X_score["margin"] < flag) | (X_score["disc"] > X_train["disc"].quantile(0.95)) | X_score["margin"].isna()
X_score = X_score.rename(columns={"ct": "customer", "disc": "discount"})
print(X_score.head().to_string())
