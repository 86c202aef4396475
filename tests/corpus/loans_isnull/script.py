# table: loans
import pandas as pd, numpy as np
from sklearn.linear_model import LogisticRegression

tr = pd.read_csv("train.csv"); te = pd.read_csv("score.csv")
te["Loan_Status"] = np.nan
df = pd.concat([tr, te], ignore_index=True)
df["Loan_Status"] = df["Loan_Status"].map({"Y": 1, "N": 0})
cat = ["Gender", "Married", "Dependents", "Education", "Self_Employed", "Property_Area"]
for c in cat:
    df[c] = df[c].fillna(df[c].value_counts().index[0])
df["LoanAmount"] = df["LoanAmount"].fillna(df["LoanAmount"].median())
df["Loan_Amount_Term"] = df["Loan_Amount_Term"].fillna(360)
df["Credit_History"] = df["Credit_History"].fillna(1)
df["TotalIncome"] = df["ApplicantIncome"] + df["CoapplicantIncome"]
df["EMI"] = df["LoanAmount"] / df["Loan_Amount_Term"]
df["Balance"] = df["TotalIncome"] - df["EMI"] * 1000
df["LogIncome"] = np.log(df["TotalIncome"])
df["Dependents"] = df["Dependents"].str.replace("+", "", regex=False).astype(int)
for c in ["Gender", "Married", "Education", "Self_Employed", "Property_Area"]:
    df[c], uniques = pd.factorize(df[c])
df["IncomeRank"] = pd.cut(df["TotalIncome"], bins=[0, 2500, 4000, 6000, 81000], labels=False)
df = df.drop(columns=["Loan_ID"])
train = df[df["Loan_Status"].notnull()].copy()
test = df[df["Loan_Status"].isnull()].drop(columns="Loan_Status").copy()
num = ["ApplicantIncome", "CoapplicantIncome", "LoanAmount", "TotalIncome", "EMI", "Balance"]
mu, sd = train[num].mean(), train[num].std()
train[num] = (train[num] - mu) / sd
test[num] = (test[num] - mu) / sd
clf = LogisticRegression(C=0.1, max_iter=1000).fit(train.drop(columns="Loan_Status"), train["Loan_Status"].astype(int))
test["pred"] = np.where(clf.predict_proba(test)[:, 1] > 0.5, "Y", "N")
