# table: tables_life.students
import numpy as np
import pandas as pd
from pandas.api.types import CategoricalDtype
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

df = pd.read_csv("train.csv")
df.info()

# ordered things
edu = CategoricalDtype(categories=["none", "primary", "secondary", "bachelor", "master"], ordered=True)
df["mother_edu"] = df["mother_edu"].str.lower().astype(edu)
df["father_edu"] = df["father_edu"].str.lower().astype(edu)
df["m_code"] = df["mother_edu"].cat.codes
df["f_code"] = df["father_edu"].cat.codes
df["mother_higher"] = (df["mother_edu"] >= "bachelor").astype(int)
df["parent_max"] = df[["m_code", "f_code"]].max(axis=1)

df["attendance"] = df["attendance"].str.rstrip("%").astype(float) / 100
df["attendance"] = df["attendance"].fillna(df["attendance"].median())
grades = {"A": 4.0, "B": 3.0, "C": 2.0, "D": 1.0, "F": 0.0}

def gpa(s):
    if not isinstance(s, str):
        return np.nan
    pts = []
    for g in s.split():
        base = grades.get(g[0], 0)
        if g.endswith("+"):
            base += 0.3
        elif g.endswith("-"):
            base -= 0.3
        pts.append(base)
    return sum(pts) / len(pts) if pts else np.nan

df["gpa"] = df["grades"].apply(gpa)
df["n_courses"] = df["grades"].fillna("").apply(lambda s: len(s.split()))
df["best"] = df["grades"].apply(lambda s: "ABCDEF".index(min(x[0] for x in s.split())) if isinstance(s, str) and s else 5)
df["distinct_grades"] = df["grades"].fillna("").apply(lambda s: len(set(s.replace("+", "").replace("-", "").split())))
df["gpa"] = df["gpa"].fillna(df["gpa"].mean())

conditions = [(df["gpa"] >= 3.3) & (df["attendance"] > 0.85), (df["gpa"] < 1.7) | (df["attendance"] < 0.5), df["scholarship"] == "yes"]
df["group"] = np.select(conditions, ["strong", "weak", "funded"], default="normal")
df["group"] = pd.Categorical(df["group"], categories=["weak", "normal", "funded", "strong"], ordered=True)
df["group_code"] = df["group"].cat.codes

df["enrolled"] = pd.to_datetime(df["enrolled"], dayfirst=True)
df["born"] = pd.to_datetime(df["born"])
df["age_enrol"] = (df["enrolled"] - df["born"]).dt.days / 365.25
df["late"] = (df["age_enrol"] > df["age_enrol"].quantile(0.9)).astype(int)
df["term"] = df["enrolled"].dt.month.map(lambda m: "autumn" if m in (8, 9, 10) else "spring" if m < 5 else "other")
df["dist_km"] = pd.to_numeric(df["dist_km"].astype(str).str.replace(",", ".").str.replace("km", ""), errors="coerce")
df["dist_km"] = df["dist_km"].fillna(df.groupby("term")["dist_km"].transform("mean"))
df["dist_bin"] = pd.qcut(df["dist_km"], 4, labels=False)
df["fees_z"] = (df["fees"] - df["fees"].mean()) / df["fees"].std()
df["works"] = df["work_hours"].fillna(0).gt(0)
df["load"] = df["work_hours"].fillna(0) + df["n_courses"] * 6
df["overload"] = df["load"].apply(lambda h: "high" if h > 45 else "ok")
df = df.replace({"overload": {"high": 1, "ok": 0}})
df["outcome"] = df["outcome"].map({"dropout": 1, "graduate": 0})

feats = ["m_code", "f_code", "mother_higher", "parent_max", "attendance", "gpa", "n_courses", "best", "distinct_grades", "group_code",
         "age_enrol", "late", "dist_km", "dist_bin", "fees_z", "works", "load", "overload"]
X = df[feats].join(pd.get_dummies(df["term"], prefix="t"))
X_tr, X_te, y_tr, y_te = train_test_split(X, df["outcome"], test_size=0.3, random_state=1)
tree = DecisionTreeClassifier(max_depth=4, random_state=1).fit(X_tr, y_tr)
pred = tree.predict(X_te)
print((pred == y_te).mean())
