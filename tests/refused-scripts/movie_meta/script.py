# table: tables_text.movies
import re
import pandas as pd
import numpy as np
from datetime import datetime

old = pd.read_csv("train.csv")
scored = pd.read_csv("score.csv")

GENRES = sorted({g for row in old["genres"] for g in row.split("|") if not g.startswith("(")})
STARS = set()
for names in old["cast"].dropna():
    for n in names.split(", "):
        STARS.add(n)
RELEASE = "%d %b %Y"


def runtime_minutes(r):
    m = re.match(r"(?:(\d+)h )?(\d+)\s*min", str(r))
    return int(m.group(1) or 0) * 60 + int(m.group(2)) if m else 0


def money(text):
    if pd.isna(text):
        return 0.0
    text = text.replace("$", "")
    scale = {"M": 1e6, "K": 1e3}.get(text[-1], 1)
    if text[-1] in "MK":
        text = text[:-1]
    return float(text) * scale


def title_parts(row):
    m = re.search(r"\((\d{4})\)\s*$", row["title"])
    year = int(m.group(1)) if m else 0
    name = re.sub(r"\s*\(\d{4}\)$", "", row["title"])
    released = datetime.strptime(row.released, RELEASE)
    return year, name.startswith("The "), len(name.split()), released.year - year if year else 0


def cast_stats(c):
    if isinstance(c, float):
        return 0, 0, False
    people = c.split(", ")
    initials = sum("." in p for p in people)
    return len(people), sum(1 for p in people if p in STARS), initials > 0


def prep(df):
    df = df.copy()
    df["minutes"] = df["runtime"].map(runtime_minutes)
    df["budget"] = df["budget"].map(money)
    df[["year", "the", "title_words", "lag"]] = df.apply(title_parts, axis=1, result_type="expand")
    df["n_cast"], df["n_stars"], df["initial"] = zip(*df["cast"].apply(cast_stats))
    for g in GENRES:
        df[f"is_{g.lower().replace('-', '')}"] = df["genres"].apply(lambda s: int(g in s.split("|")))
    df["n_genres"] = df["genres"].apply(lambda s: 0 if s == "(no genres listed)" else len(s.split("|")))
    released = pd.to_datetime(df["released"], format=RELEASE)
    df["month"] = released.dt.month
    df["christmas"] = ((released.dt.month == 12) & (released.dt.day >= 15)).astype(int)
    df["decade"] = df["released"].apply(lambda d: f"{d.split()[-1][:3]}0s")
    df["english"] = df["language"].str.lower().str.contains("english").astype(int)
    df["langs"] = df["language"].str.split(",").apply(lambda l: len(l))
    df["weekday"] = df["released"].apply(lambda d: datetime.strptime(d, RELEASE).weekday())
    df["stamp"] = df.apply(lambda r: "%s-%02d" % (r["decade"], r["month"]), axis=1)
    df["the"] = df["the"].astype(bool).astype(int)
    df["initial"] = df["initial"].astype(int)
    return df


old = prep(old)
scored = prep(scored)
by_decade = old.groupby("decade")["hit"].mean()
stamps = old["stamp"].value_counts().to_dict()
scored["decade"] = [by_decade.get(d, 0.3) for d in scored["decade"]]
scored["stamp"] = scored["stamp"].map(lambda k: stamps.get(k, 0))
scored = scored.drop(columns=["title", "genres", "runtime", "released", "cast", "language"])
