"""Features for the credit model: cleans the application form of both files and makes one numeric frame of each."""
import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

train = pd.read_csv("train.csv")
score = pd.read_csv("score.csv")
train.head()
train["purpose"].value_counts()

# how much money is on the account, as the form words it
SAVINGS = {"unknown": 0, "< 100 dm": 1, "101 - 500 dm": 2, "501 - 1000 dm": 3, "> 1000 dm": 4}
CHECKING = {"unknown": 0, "< 0 dm": 1, "1 - 200 dm": 2, "> 200 dm": 3}
EMPLOYED = {"unemployed": 0, "0 - 1 yrs": 1, "1 - 4 yrs": 2, "4 - 7 yrs": 3, "> 7 yrs": 4}
TEXT = ["checking_balance", "credit_history", "purpose", "savings_balance", "employment_length", "personal_status",
        "other_debtors", "property", "installment_plan", "housing", "telephone", "foreign_worker", "job"]

median_age = train["age"].median()
median_amount = train["amount"].median()
max_rate = train["installment_rate"].max()


def prepare(df):
    df = df.copy()
    for c in TEXT:
        df[c] = df[c].str.strip().str.lower()
    df["purpose"] = df["purpose"].str.replace("car (new)", "new car").str.replace("car (used)", "used car")

    df["savings"] = df["savings_balance"].map(SAVINGS).fillna(0)
    df["checking"] = df["checking_balance"].map(CHECKING).fillna(0)
    df["employed"] = df["employment_length"].map(EMPLOYED).fillna(0).astype(int)

    df["age"] = df["age"].fillna(median_age)
    df["amount"] = df["amount"].fillna(median_amount)
    df["log_amount"] = np.log1p(df["amount"])
    df["per_month"] = df["amount"] / df["months_loan_duration"]
    df["burden"] = df["per_month"] * df["installment_rate"] / max_rate
    df["age_band"] = pd.cut(df["age"], bins=[17, 25, 35, 45, 60, 100], labels=[0, 1, 2, 3, 4]).astype(float)
    df["long_loan"] = np.where(df["months_loan_duration"] > 24, 1, 0)
    df["stable"] = df["employed"].apply(lambda years: 1 if years >= 3 else 0)
    df["single"] = df["personal_status"].str.startswith("single")
    df["owner"] = (df["housing"] == "own") & df["property"].isin(["real estate", "building society savings"])
    df["phone"] = df["telephone"].eq("yes").astype(int)
    df["savings_ratio"] = df["savings"] / (df["checking"] + 1)
    return df


train = prepare(train)
score = prepare(score)
print(train.groupby("age_band")["default"].mean())

numbers = ["log_amount", "per_month", "burden", "age", "months_loan_duration", "savings_ratio"]
flags = ["savings", "checking", "employed", "age_band", "long_loan", "stable", "single", "owner", "phone",
         "residence_history", "existing_credits", "dependents"]
groups = ["credit_history", "purpose", "installment_plan", "other_debtors"]

X_train = pd.concat([train[numbers + flags], pd.get_dummies(train[groups])], axis=1)
X_score = pd.concat([score[numbers + flags], pd.get_dummies(score[groups])], axis=1)
X_score = X_score.reindex(columns=X_train.columns, fill_value=0)

scaler = StandardScaler()
X_train[numbers] = scaler.fit_transform(X_train[numbers])
X_score[numbers] = scaler.transform(X_score[numbers])

y = train["default"] == 2
