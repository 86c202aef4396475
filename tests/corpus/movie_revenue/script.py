import ast
from collections import Counter

import numpy as np
import pandas as pd

train = pd.read_csv("train.csv")
test = pd.read_csv("score.csv")


def names(text):
    """The JSON-like columns hold lists of dicts; broken cells count as empty."""
    try:
        return [g["name"] for g in ast.literal_eval(text)]
    except (ValueError, SyntaxError):
        return []


def fix_year(d):
    # two-digit years: 5/12/68 is read as 2068
    if pd.isnull(d):
        return np.nan
    return d.year - 100 if d.year > 2018 else d.year


train["genre_list"] = train["genres"].apply(names)
counts = Counter(g for l in train["genre_list"] for g in l)
top_genres = [g for g, k in counts.most_common(5)]
print(counts)

known = train[train["budget"] > 0]
budget_by_lang = known.groupby("language")["budget"].median()
budget_all = known["budget"].median()
runtime_mean = train.loc[train["runtime"] > 0, "runtime"].mean()
langs = train["language"].value_counts()
langs = list(langs[langs >= 20].index)


def build(df):
    df = df.copy()
    if "genre_list" not in df.columns:
        df["genre_list"] = df["genres"].apply(names)
    f = df[["id"]].copy()
    f["n_genres"] = df["genre_list"].apply(len)
    for g in top_genres:
        f["genre_" + g.lower()] = df["genre_list"].apply(lambda l: 1 if g in l else 0)
    f["main_genre_top"] = df["genre_list"].apply(lambda l: l[0] in top_genres if len(l) > 0 else False)
    date = pd.to_datetime(df["release_date"], format="%m/%d/%y")
    f["year"] = date.apply(fix_year).fillna(2000).astype(int)
    f["month"] = date.dt.month.fillna(0).astype(int)
    f["summer"] = f["month"].between(6, 8).astype(int)
    f["budget_missing"] = (df["budget"] == 0).astype(int)
    budget = df["budget"].mask(df["budget"] == 0)
    budget = budget.fillna(df["language"].map(budget_by_lang)).fillna(budget_all)
    f["log_budget"] = np.log1p(budget)
    f["budget_year"] = budget / (f["year"] * f["year"])
    rt = df["runtime"].replace(0, np.nan).fillna(runtime_mean)
    f["runtime"] = rt
    f["long"] = np.where(rt > 140, 1, 0)
    f["pop_per_min"] = df["popularity"] / rt
    f["saga"] = df["collection"].notnull().astype(int)
    f["homepage"] = (~df["homepage"].isna()).astype(int)
    f["tag_words"] = df["tagline"].fillna("").apply(lambda t: len(t.split()))
    f["title_len"] = df["title"].str.len()
    f["sequel"] = df["title"].str.contains(r"\b(?:2|3|II|III|IV|Part)\b", regex=True).astype(int)
    f["cast_size"] = df["cast"].fillna("").apply(lambda c: len([x for x in c.split("|") if x]))
    f["lead"] = df["cast"].str.split("|").str[0].fillna("nobody")
    for l in langs:
        f["lang_" + l] = (df["language"] == l).astype(int)
    f["lang_other"] = 1 - df["language"].isin(langs).astype(int)
    return f


tr = build(train)
lead_rev = np.log1p(train["revenue"]).groupby(tr["lead"]).mean()
features = build(test)
features["lead_rev"] = features["lead"].map(lead_rev)
features = features.drop(columns="lead")
