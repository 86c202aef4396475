# table: tables_text.visits
from datetime import datetime
import numpy as np
import pandas as pd

REFERENCE = datetime(2024, 1, 1)


def parse_weight(w):
    """kg"""
    if pd.isnull(w):
        return np.nan
    w = str(w).strip().lower()
    if w.endswith("lb"):
        return round(float(w[:-2]) * 0.45359237, 1)
    return float(w.replace("kg", "").strip())


def parse_height(h):
    try:
        if "'" in h:
            feet, inches = h.replace('"', "").split("'")
            return (int(feet) * 12 + int(inches)) * 2.54
        return float(h.split()[0])
    except (TypeError, ValueError):
        return np.nan


def age_at(dob, when):
    d = datetime.strptime(dob, "%d/%m/%Y")
    return when.year - d.year - ((when.month, when.day) < (d.month, d.day))


def smoker(v):
    if isinstance(v, float):
        return -1
    v = v.strip().lower()
    if v in ["y", "yes"]:
        return 1
    elif v in ["n", "no", "never"]:
        return 0
    else:
        return -1


def prepare(path):
    data = pd.read_csv(path)
    bp = data["BP"].str.split("/", expand=True).astype(float)
    data["systolic"] = bp[0]
    data["diastolic"] = bp[1]
    data["pulse_pressure"] = data["systolic"] - data["diastolic"]
    data["kg"] = data["Weight"].apply(parse_weight)
    data["cm"] = data["Height"].apply(parse_height)
    data["bmi"] = data["kg"] / (data["cm"] / 100) ** 2
    data["age"] = data["DOB"].apply(age_at, when=REFERENCE)
    data["smoker"] = data["Smoker"].apply(smoker)
    data["visit"] = pd.to_datetime(data["VisitDate"], format="%Y-%m-%d")
    data["days_since"] = (pd.Timestamp("2024-01-01") - data["visit"]).dt.days
    data["weekday"] = data["visit"].dt.day_name()
    data["monday"] = np.where(data["weekday"] == "Monday", 1, 0)
    data["season"] = data["visit"].dt.month % 12 // 3
    data["er"] = data["Referral"].eq("ER").astype("int8")
    data["pid"] = data["PatientID"].str.lstrip("P").astype(int) % 10
    return data


train = prepare("train.csv")
features = prepare("score.csv")
keep = ["systolic", "diastolic", "pulse_pressure", "kg", "cm", "bmi", "age", "smoker", "days_since", "monday", "season", "er", "pid"]
medians = train[keep].median()
features = features[keep].fillna(medians)
