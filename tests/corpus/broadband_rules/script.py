import re
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder, StandardScaler

# =====================================================================
# CONFIG - edit here, not below
# =====================================================================
SNAPSHOT = "2024-02-01"
NULLS = ["", "n/a", "N/A", "unknown", "tbc", "-", "none", "not known"]

CLEAN_STEPS = {            # column -> chain of (method, args) on .str
    "contract":     [("strip", ()), ("lower", ()), ("replace", ("-", " ")), ("replace", ("months", "month"))],
    "email":        [("strip", ()), ("lower", ())],
    "plan_code":    [("upper", ())],
    "nps":          [("strip", ())],
    "last_contact": [("lower", ())],
    "account":      [("strip", ())],
}
MONEY = ["monthly", "total"]
YES_NO = {"autopay": 0, "paperless": 0}      # column -> default when blank
TRUTHY = {"y", "yes", "1", "true"}
ADDONS = ["roaming", "insurance", "intl", "spotify", "netflix", "tethering"]
CONTACT_RULES = [           # first match wins
    ("cancel",    r"cancel|pac code"),
    ("complaint", r"complain|overcharged"),
    ("technical", r"signal|tech"),
    ("sales",     r"upgrade"),
]
FREE_MAIL = {"gmail.com", "yahoo.com", "hotmail.com", "outlook.com"}
ONE_HOT = ["contract", "segment", "tier", "contact_type", "email_kind"]
SCALE = ["monthly", "total", "tenure_months", "gb_used", "call_minutes", "usage_ratio", "price_gap", "nps", "n_addons"]
FLAGS = ["autopay", "paperless", "senior", "is_5g", "unlimited_user", "phone_ok", "uk_mobile", "big_spender"]
# =====================================================================


def to_gb(cell):
    if cell is None or pd.isna(cell):
        return np.nan
    found = re.match(r"([0-9.]+)\s*([a-z]+)", cell.strip().lower())
    if not found:
        return np.nan
    qty, unit = found.groups()
    factor = {"gb": 1.0, "mb": 1 / 1024, "tb": 1024}.get(unit, np.nan)
    return float(qty) * factor


def to_minutes(cell):
    if pd.isna(cell):
        return np.nan
    cell = str(cell)
    if ":" in cell:
        hh, mm = cell.split(":")
        return int(hh) * 60 + int(mm)
    if "h" in cell:
        hh, mm = re.findall(r"\d+", cell)
        return int(hh) * 60 + int(mm)
    return float(cell.replace("min", "").strip())


def contact_type(text):
    for label, pat in CONTACT_RULES:
        if re.search(pat, text):
            return label
    return "none"


def load(path, plans):
    d = pd.read_csv(path, dtype=str, keep_default_na=False)
    d = d.replace(NULLS, np.nan)

    for col, steps in CLEAN_STEPS.items():
        for method, args in steps:
            d[col] = getattr(d[col].str, method)(*args)
    for col in MONEY:
        d[col] = pd.to_numeric(d[col].str.replace(r"[^0-9.]", "", regex=True), errors="coerce")
    for col, default in YES_NO.items():
        d[col] = d[col].str.strip().str.lower().map(lambda v: int(v in TRUTHY), na_action="ignore").fillna(default).astype(int)
    d["senior"] = d["senior"].str.lower().isin(TRUTHY).astype(int)
    for a in ADDONS:
        d[f"addon_{a}"] = d["addons"].fillna("").str.lower().str.split(",").apply(lambda lst, a=a: int(a in lst))
    d["n_addons"] = d[[f"addon_{a}" for a in ADDONS]].sum(axis=1)

    # telephone: strip to digits, normalise the international prefix
    digits = d["msisdn"].fillna("").str.replace(r"\D", "", regex=True)
    digits = digits.str.replace(r"^(0044|44)", "0", regex=True)
    d["phone_ok"] = (digits.str.len() == 11).astype(int)
    d["uk_mobile"] = digits.str.startswith("07").astype(int)

    domain = d["email"].str.split("@").str[1]
    d["email_kind"] = np.where(domain.isna(), "missing", np.where(domain.isin(FREE_MAIL), "free", "other"))

    d[["tier", "gen", "plan_gb"]] = d["plan_code"].str.split("-", expand=True)
    d["is_5g"] = (d["gen"] == "5G").astype(int)
    d = d.merge(plans, on="tier", how="left")
    d["segment"] = d["account"].str[:3].replace({"PAY": "prepaid", "CON": "contract", "BIZ": "business"})
    d["contract"] = d["contract"].fillna("unknown")

    joined = pd.to_datetime(d["joined"].str.slice(0, 10), format="%Y-%m-%d", errors="coerce")
    d["tenure_months"] = ((pd.to_datetime(SNAPSHOT) - joined).dt.days / 30.4375).round()

    d["unlimited_user"] = d["data_used"].str.lower().eq("unlimited").fillna(False).astype(int)
    d["gb_used"] = d["data_used"].map(to_gb)
    d["call_minutes"] = d["call_time"].map(to_minutes)
    d["usage_ratio"] = d["gb_used"] / d["allowance_gb"]
    d["price_gap"] = d["monthly"] - d["list_price"]
    d["contact_type"] = d["last_contact"].fillna("").map(contact_type)
    d["nps"] = pd.to_numeric(d["nps"], errors="coerce")
    d["big_spender"] = ((d["monthly"] > 50) & (d["tier"] != "XL")).astype(int)
    return d


plans = pd.read_csv("plans.csv")
train = load("train.csv", plans)
score = load("score.csv", plans)

fill = {c: train[c].mean() for c in SCALE}
for c in SCALE:
    train[c] = train[c].fillna(fill[c])
    score[c] = score[c].fillna(fill[c])

ohe = OneHotEncoder(handle_unknown="ignore", sparse_output=False).fit(train[ONE_HOT])
scaler = StandardScaler().fit(train[SCALE])


def assemble(d):
    parts = [
        pd.DataFrame(scaler.transform(d[SCALE]), columns=SCALE, index=d.index),
        pd.DataFrame(ohe.transform(d[ONE_HOT]), columns=ohe.get_feature_names_out(ONE_HOT), index=d.index),
        d[FLAGS + [f"addon_{a}" for a in ADDONS]],
    ]
    return pd.concat(parts, axis=1)


lr = LogisticRegression(max_iter=1000, class_weight="balanced")
lr.fit(assemble(train), train["churned"].astype(int))

churn_features = assemble(score)
churn_features["p_churn"] = lr.predict_proba(churn_features)[:, 1]
churn_features.insert(0, "account", score["account"])
churn_features.to_csv("out.csv", index=False)
