# table: tables_trade.phones_used
import pandas as pd, numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

df = pd.read_csv("train.csv")
df = df[df.price > 0]
df["price"] = np.log(df["price"])
df["brand"] = df["brand"].str.lower()
df["screen"] = df["screen"].str[:-1].astype(float)

def ram(v):
    v = v.replace(" ", "")
    if v.endswith("MB"):
        return int(v[:-2]) / 1024
    return float(v[:-2])

df["ram"] = df["ram"].apply(ram)
df["dual_sim"] = df["dual_sim"].str.lower().map({"yes": 1, "no": 0}).fillna(0).astype(int)
df["weight"] = df["weight"].fillna(df["weight"].mean())
df["battery"] = df["battery"].fillna(df.groupby("os")["battery"].transform("median"))
df["main_camera_mp"].fillna(df["main_camera_mp"].mode()[0])
df["main_camera_mp"] = df["main_camera_mp"].fillna(df["main_camera_mp"].mode()[0])
df["age"] = 2021 - df["release_year"]
df["mah_per_gram"] = df["battery"] / df["weight"]
df.loc[df["days_used"] > 1000, "days_used"] = 1000
df = pd.get_dummies(df, columns=["os"], drop_first=True)
df = df.drop(columns=["listing", "release_year"])
brand_means = df.groupby("brand")["price"].mean()
df["brand"] = df["brand"].map(brand_means)

X = df.drop("price", axis=1)
y = df["price"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=7)
sc = StandardScaler().fit(X_train)
out = pd.DataFrame(sc.transform(X_test), columns=X_test.columns, index=X_test.index)
