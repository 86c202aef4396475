# conversion model, everything in one export: column `part` says train or test
import pandas as pd
import numpy as np
from sklearn.neighbors import KNeighborsClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.ensemble import VotingClassifier
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("train.csv")
is_train = df["part"] == "train"
is_test = ~is_train
print(df["part"].value_counts())
print(df[is_train].describe())

# -- dates
df["signup"] = pd.to_datetime(df["signup"], format="%b %d, %Y")
last = df.loc[is_train, "signup"].max()
df["tenure_m"] = ((last - df["signup"]) / np.timedelta64(1, "D") / 30.44).round(1)
df["signup_q"] = df["signup"].dt.year.astype(str) + "Q" + df["signup"].dt.quarter.astype(str)

# -- coupon
df["coupon"] = df["coupon"].fillna("NONE").str.upper()
df["coupon_value"] = df["coupon"].str.extract(r"(\d+)$", expand=False).fillna(0).astype(int)
df["has_coupon"] = df["coupon"].ne("NONE").astype(int)

# -- browser codes from the training part only, unseen = -1
codes, uniques = pd.factorize(df.loc[is_train, "browser"], sort=True)
browser_code = {b: i for i, b in enumerate(uniques)}
df["browser_code"] = df["browser"].map(browser_code).fillna(-1).astype(int)
freq = df.loc[is_train, "browser"].value_counts(normalize=True)
df["browser_freq"] = df["browser"].map(freq)
df["browser_freq"] = df["browser_freq"].fillna(freq.min() / 2)

# -- age
age_by_country = df[is_train].groupby("country")["age"].median()
df["age_missing"] = df["age"].isna().astype(int)
df["age"] = df["age"].fillna(df["country"].map(age_by_country))
df["age_bin"] = np.searchsorted([18, 25, 35, 50, 65], df["age"], side="right")

# -- behaviour
df["sec_per_visit"] = np.where(df["visits"] > 0, df["time_on_site"] / np.maximum(df["visits"], 1), df["time_on_site"])
df["log_basket"] = np.log1p(df["basket"])
q = df.loc[is_train, "basket"].quantile([0.33, 0.66]).values
df["basket_level"] = df["basket"].apply(lambda b: "low" if b <= q[0] else ("mid" if b <= q[1] else "high"))
for lev in ("low", "mid", "high"):
    df[f"basket_{lev}"] = (df["basket_level"] == lev).astype(int)
country_rate = df[is_train].groupby("country")["convert"].mean()
df["country_rate"] = df["country"].map(country_rate)

features = [
    "tenure_m", "coupon_value", "has_coupon", "browser_code", "browser_freq", "age", "age_missing", "age_bin",
    "visits", "sec_per_visit", "log_basket", "basket_low", "basket_mid", "basket_high", "country_rate",
]
X = df.loc[is_train, features]
y = df.loc[is_train, "convert"].astype(int)
X_test = df.loc[is_test, features]

sc = StandardScaler()
Xs = sc.fit_transform(X)
Xt = sc.transform(X_test)

vote = VotingClassifier(
    [("lr", LogisticRegression(max_iter=500)), ("k5", KNeighborsClassifier(5)), ("k25", KNeighborsClassifier(25, weights="distance"))],
    voting="soft", weights=[2, 1, 1],
)
vote.fit(Xs, y)
p = vote.predict_proba(Xt)[:, 1]
labels = pd.DataFrame({"user": df.loc[is_test, "user"], "p": p, "convert": np.where(p > 0.5, 1, 0)})
labels = labels.reset_index(drop=True)
print(labels.head(10))
