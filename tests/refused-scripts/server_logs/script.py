# table: tables_text.logs
"""Feature extraction from access-log lines (one line = one row)."""
import re
import numpy as np
import pandas as pd

LINE = re.compile(
    r'^(?P<ip>\d+\.\d+\.\d+\.\d+) - (?P<user>\S+) \[(?P<when>[^\]]+)\] '
    r'"(?P<method>[A-Z]+) (?P<path>\S+) HTTP/(?P<ver>\d\.\d)" (?P<status>\d{3}) (?P<size>\d+) (?P<ms>\d+)ms$')
SUSPICIOUS = ("wp-admin", "setup.php", ".env", "phpmyadmin")


def parse(line):
    m = LINE.match(line)
    if not m:
        return {"method": "NONE", "path": "", "status": 0, "size": 0, "ms": -1.0, "user": "-", "ip": "0.0.0.0", "when": None}
    d = m.groupdict()
    d["status"] = int(d["status"])
    d["size"] = int(d["size"])
    d["ms"] = float(d["ms"])
    return d


def load(path):
    raw = pd.read_csv(path)
    fields = raw["line"].str.extract(LINE)
    d = pd.concat([raw[["host"]], fields], axis=1)
    d["ok"] = d["ip"].notna().astype(int)
    d["status"] = pd.to_numeric(d["status"], errors="coerce").fillna(0).astype(int)
    d["size"] = pd.to_numeric(d["size"]).fillna(0)
    d["ms"] = d["ms"].astype(float).fillna(-1)
    when = pd.to_datetime(d["when"], format="%d/%b/%Y:%H:%M:%S %z", errors="coerce")
    d["hour"] = when.dt.hour.fillna(-1).astype(int)
    d["dow"] = when.dt.dayofweek.fillna(-1)
    return d


def ip_class(ip):
    if pd.isna(ip):
        return 0
    first = int(ip.split(".")[0])
    if first < 128:
        return 1
    elif first < 192:
        return 2
    return 3


def ip_number(ip):
    n = 0
    for octet in str(ip).split("."):
        if not octet.isdigit():
            return -1
        n = n * 256 + int(octet)
    return n


def path_features(row):
    path = row["path"]
    if not isinstance(path, str):
        return pd.Series({"depth": 0, "ext": "none", "params": 0, "bad": 0, "api": 0})
    clean, *query = path.split("?")
    depth = clean.strip("/").count("/") + 1
    ext = clean.rsplit(".", 1)[1] if "." in clean else "none"
    params = len(query[0].split("&")) if query else 0
    bad = int(any(s in path for s in SUSPICIOUS))
    m = re.match(r"/api/v(\d)/", path)
    return pd.Series({"depth": depth, "ext": ext, "params": params, "bad": bad, "api": int(m.group(1)) if m else 0})


def features(d):
    X = d[["ok", "status", "size", "ms", "hour", "dow"]].copy()
    X["family"] = d["status"] // 100
    X["slow"] = d["ms"].gt(2000).astype(int)
    X["ip_class"] = d["ip"].map(ip_class)
    X["ip_number"] = d["ip"].map(ip_number)
    X["known_user"] = (~d["user"].isin(["-"]) & d["user"].notna()).astype(int)
    X["post"] = d["method"].fillna("NONE").eq("POST").astype(int)
    X = X.join(d.apply(path_features, axis=1))
    X["ext"] = X["ext"].map({"none": 0, "html": 1, "png": 2, "php": 3}).fillna(9).astype(int)
    X["region"] = d["host"].str.split(".").str.get(1)
    X["node"] = d["host"].str.extract(r"-(\d+)").astype(int)
    X["bps"] = np.where(d["ms"] > 0, d["size"] / d["ms"].clip(lower=1), 0)
    return X


train = features(load("train.csv"))
score = features(load("score.csv"))
regions = pd.get_dummies(train["region"], prefix="r").columns
score = score.join(pd.get_dummies(score["region"], prefix="r").reindex(columns=regions, fill_value=False).astype(int))
X_score = score.drop(columns="region")
