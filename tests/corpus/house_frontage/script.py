# House Prices - feature prep (procedural, heavily inspired by the "stacked regressions" kernels)
import warnings

import numpy as np
import pandas as pd
from scipy.stats import skew
from sklearn.linear_model import Lasso
from sklearn.preprocessing import RobustScaler

warnings.filterwarnings("ignore")

train = pd.read_csv("train.csv")
test = pd.read_csv("score.csv")
print("train", train.shape, "test", test.shape)

# --- outliers -------------------------------------------------------------
train["GrLivArea"] = train["1stFlrSF"] + train["2ndFlrSF"]
test["GrLivArea"] = test["1stFlrSF"] + test["2ndFlrSF"]
train = train.drop(train[(train["GrLivArea"] > 3200) & (train["SalePrice"] < 200000)].index)
train = train.reset_index(drop=True)

test_ID = test["Id"]
y_train = np.log1p(train["SalePrice"].values)
train.drop(["Id", "SalePrice"], axis=1, inplace=True)
test.drop("Id", axis=1, inplace=True)

# --- missing values ---------------------------------------------------------
for col in ("Alley", "FireplaceQu", "GarageType", "BsmtQual", "MasVnrType"):
    train[col] = train[col].fillna("None")
    test[col] = test[col].fillna("None")

for col in ("GarageYrBlt", "GarageArea", "GarageCars", "MasVnrArea", "TotalBsmtSF"):
    train[col] = train[col].fillna(0)
    test[col] = test[col].fillna(0)

# lot frontage: median of the neighborhood, learned on train only
lot_by_hood = train.groupby("Neighborhood")["LotFrontage"].median()
lot_global = train["LotFrontage"].median()
for df in (train, test):
    df["LotFrontage"] = df["LotFrontage"].fillna(df["Neighborhood"].map(lot_by_hood)).fillna(lot_global)

for col in ["MSZoning", "KitchenQual", "SaleType"]:
    most_common = train[col].mode()[0]
    train[col] = train[col].fillna(most_common)
    test[col] = test[col].fillna(most_common)

# --- types ------------------------------------------------------------------
for df in (train, test):
    df["MSSubClass"] = df["MSSubClass"].astype(str)
    df["MoSold"] = df["MoSold"].astype(str)

# --- ordinal qualities ------------------------------------------------------
qual_dict = {"None": 0, "Po": 1, "Fa": 2, "TA": 3, "Gd": 4, "Ex": 5}
for col in ["ExterQual", "BsmtQual", "KitchenQual", "FireplaceQu"]:
    train[col] = train[col].map(qual_dict).astype(int)
    test[col] = test[col].map(qual_dict).astype(int)

# --- new features -----------------------------------------------------------
for df in (train, test):
    df["TotalSF"] = df["TotalBsmtSF"] + df["1stFlrSF"] + df["2ndFlrSF"]
    df["TotalBath"] = df["FullBath"] + 0.5 * df["HalfBath"]
    df["HouseAge"] = df["YrSold"] - df["YearBuilt"]
    df["RemodAge"] = (df["YrSold"] - df["YearRemodAdd"]).clip(lower=0)
    df["IsRemodeled"] = (df["YearRemodAdd"] != df["YearBuilt"]).astype(int)
    df["GarageAge"] = np.where(df["GarageYrBlt"] == 0, -1, df["YrSold"] - df["GarageYrBlt"])
    df["HasPool"] = (df["PoolArea"] > 0).astype(int)
    df["Has2ndFloor"] = df["2ndFlrSF"].apply(lambda x: 1 if x > 0 else 0)
    df["Qual_x_SF"] = df["OverallQual"] * df["TotalSF"]
    df["CentralAir"] = (df["CentralAir"] == "Y") * 1
    df.drop(["Street", "PoolArea", "GarageYrBlt"], axis=1, inplace=True)

# --- rare levels -> Other ----------------------------------------------------
for col in ["Neighborhood", "HouseStyle", "SaleType", "MSSubClass", "MSZoning"]:
    freq = train[col].value_counts(normalize=True)
    keep = freq[freq >= 0.02].index
    train.loc[~train[col].isin(keep), col] = "Other"
    test.loc[~test[col].isin(keep), col] = "Other"

# --- skewed numeric features -------------------------------------------------
numeric_feats = train.select_dtypes(include=[np.number]).columns
skewed_feats = train[numeric_feats].apply(lambda x: skew(x.dropna())).sort_values(ascending=False)
skewed = [c for c in skewed_feats[skewed_feats > 0.75].index if train[c].min() >= 0 and train[c].nunique() > 10]
print("log1p on:", skewed)
train[skewed] = np.log1p(train[skewed])
test[skewed] = np.log1p(test[skewed])

# --- dummies -----------------------------------------------------------------
train = pd.get_dummies(train)
test = pd.get_dummies(test)
train, test = train.align(test, join="left", axis=1, fill_value=0)
print(train.shape, test.shape)

# --- scale the continuous ones --------------------------------------------
cont = ["LotFrontage", "LotArea", "TotalSF", "GrLivArea", "GarageArea", "HouseAge", "Qual_x_SF"]
scaler = RobustScaler()
train[cont] = scaler.fit_transform(train[cont])
test[cont] = scaler.transform(test[cont])

X_train = train.astype(float)
X_test = test.astype(float)

# quick sanity model
lasso = Lasso(alpha=0.001, max_iter=20000).fit(X_train, y_train)
print("R2 (train):", round(lasso.score(X_train, y_train), 4))

assert X_test.isnull().sum().sum() == 0
X_test.to_csv("out.csv", index=False)
