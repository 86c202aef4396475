"""Passengers: one function prepares each frame, with functions on names, cabins and rows."""
import pandas as pd
import numpy as np
from sklearn.linear_model import LogisticRegression

TITLES = {"Mlle": "Miss", "Ms": "Miss", "Mme": "Mrs"}
DECKS = ("A", "B", "C")

def simplify_ages(df, med):
    df = df.assign(Age=df.Age.fillna(med))
    bins = (-1, 0, 5, 12, 18, 25, 35, 60, 120)
    group_names = ['Unknown', 'Baby', 'Child', 'Teenager', 'Student', 'Young Adult', 'Adult', 'Senior']
    df['AgeGroup'] = pd.cut(df.Age, bins, labels=group_names)
    return df

def title_of(name):
    t = name.split(",")[1].split(".")[0].strip()
    return TITLES.get(t, t)

def person(row):
    if row["Age"] < 16:
        return "child"
    elif row["Sex"] == "female" and row["Parch"] > 0:
        return "mother"
    else:
        return row["Sex"]

def deck(c):
    if isinstance(c, str) and c[0] in DECKS:
        return c[0]
    return "other"

def prepare(df, med):
    out = simplify_ages(df.copy(), med)
    out["Title"] = out["Name"].map(title_of)
    out["Person"] = out[["Age", "Sex", "Parch"]].apply(person, axis=1)
    out["Deck"] = out["Cabin"].map(deck)
    out["LogFare"] = np.log1p(out["Fare"].fillna(0))
    out["TicketLen"] = out["Ticket"].str.len()
    out["Class"] = out["Pclass"].apply(lambda p: f"class {p}")
    out["Young"] = np.where(out["Age"].between(0, 18, inclusive="left"), 1, 0)
    out["Sex"] = (out["Sex"] == "male").astype("int8")
    for t in ["Mr", "Mrs", "Miss", "Master"]:
        out[f"is_{t.lower()}"] = (out["Title"] == t).astype(int)
    return out.drop(columns=["Name", "Ticket", "Cabin"])

train = pd.read_csv("train.csv")
test = pd.read_csv("score.csv")
median_age = train["Age"].median()
X_train = prepare(train.drop(columns="Survived"), median_age)
X_test = prepare(test, median_age)
