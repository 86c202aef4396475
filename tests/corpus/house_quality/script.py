# table: houses
import numpy as np
import pandas as pd
from sklearn.preprocessing import RobustScaler

QUALITY = {"Ex": 5, "Gd": 4, "TA": 3, "Fa": 2, "Po": 1}

def clean(frame, reference):
    out = frame.copy()
    out["LotFrontage"] = out["LotFrontage"].fillna(out["Neighborhood"].map(reference.groupby("Neighborhood")["LotFrontage"].median()))
    for col in ("GarageType", "Fence"):
        out[col] = out[col].fillna("None")
    for col in ("TotalBsmtSF", "GarageArea"):
        out[col] = out[col].fillna(0)
    out["MSZoning"] = out["MSZoning"].fillna(reference["MSZoning"].mode()[0])
    for col in ["ExterQual", "KitchenQual"]:
        out[col] = out[col].map(QUALITY)
    out["TotalSF"] = out["TotalBsmtSF"] + out["GrLivArea"]
    out["Age"] = out["YrSold"] - out["YearBuilt"]
    out["Baths"] = out["FullBath"] + 0.5 * out["HalfBath"]
    out["HasGarage"] = (out["GarageArea"] > 0).astype("int8")
    out["logLot"] = np.log1p(out["LotArea"])
    out["CentralAir"] = out["CentralAir"].eq("Y").astype(int)
    return out

if __name__ == "__main__":
    train = pd.read_csv("train.csv")
    score = pd.read_csv("score.csv")
    train_clean = clean(train, train)
    score_clean = clean(score, train)
    num = ["LotFrontage", "TotalSF", "Age", "Baths", "GarageArea", "logLot"]
    scaler = RobustScaler().fit(train_clean[num])
    score_clean[num] = scaler.transform(score_clean[num])
    X_score = score_clean[num + ["ExterQual", "KitchenQual", "HasGarage", "CentralAir"]]
    X_score.to_csv("features.csv", index=False)
