# table: loans
import pandas as pd
import numpy as np


class LoanFeatures:
    """Learns fills on training data and applies them anywhere."""

    def __init__(self, clip=0.99):
        self.clip = clip

    def fit(self, df):
        self.medians_ = {c: df[c].median() for c in ["LoanAmount", "Loan_Amount_Term", "Credit_History"]}
        self.cap_ = df["ApplicantIncome"].quantile(self.clip)
        self.areas_ = sorted(df["Property_Area"].unique())
        return self

    def transform(self, df):
        out = df.copy()
        for name, value in self.medians_.items():
            out[name] = out[name].fillna(value)
        out["ApplicantIncome"] = out["ApplicantIncome"].clip(upper=self.cap_)
        out["income_per_head"] = (out["ApplicantIncome"] + out["CoapplicantIncome"]) / (out["Dependents"].map({"0": 1, "1": 2, "2": 3, "3+": 4}).fillna(1) + 1)
        for area in self.areas_:
            out[f"area_{area.lower()}"] = (out["Property_Area"] == area).astype(int)
        out["risky"] = out.apply(lambda r: 1 if r["Credit_History"] == 0 and r["LoanAmount"] > 150 else 0, axis=1)
        return out[["LoanAmount", "Loan_Amount_Term", "Credit_History", "ApplicantIncome", "income_per_head", "risky"] + [f"area_{a.lower()}" for a in self.areas_]]


train = pd.read_csv("train.csv")
score = pd.read_csv("score.csv")
prep = LoanFeatures().fit(train)
out = prep.transform(score)
