# table: customers
import pandas as pd
from sklearn.preprocessing import LabelEncoder, MinMaxScaler

df = pd.read_csv("train.csv")
new = pd.read_csv("score.csv")
encoders = {}
yes_no = ["Partner", "Dependents", "PhoneService", "PaperlessBilling"]

for frame in (df, new):
    frame["TotalCharges"] = pd.to_numeric(frame["TotalCharges"], errors="coerce")
    frame["TotalCharges"] = frame["TotalCharges"].fillna(0)
    frame["tenure_group"] = pd.cut(frame["tenure"], bins=[-1, 12, 24, 48, 60, 100], labels=["0-1", "1-2", "2-4", "4-5", "5+"])
    for c in yes_no:
        frame[c] = frame[c].replace({"Yes": 1, "No": 0}).astype(int)
    frame["avg_charge"] = frame["TotalCharges"] / (frame["tenure"] + 1)
    frame["OnlineSecurity"] = frame["OnlineSecurity"].replace("No internet service", "No")

for c in ["gender", "InternetService", "OnlineSecurity", "Contract", "PaymentMethod"]:
    le = LabelEncoder()
    df[c] = le.fit_transform(df[c])
    new[c] = le.transform(new[c])
    encoders[c] = le

df = pd.concat([df, pd.get_dummies(df["tenure_group"], prefix="tenure")], axis=1)
new = pd.concat([new, pd.get_dummies(new["tenure_group"], prefix="tenure")], axis=1)
mm = MinMaxScaler()
df[["MonthlyCharges", "TotalCharges", "avg_charge"]] = mm.fit_transform(df[["MonthlyCharges", "TotalCharges", "avg_charge"]])
new[["MonthlyCharges", "TotalCharges", "avg_charge"]] = mm.transform(new[["MonthlyCharges", "TotalCharges", "avg_charge"]])
X = new.drop(["customerID", "tenure_group"], axis=1)
