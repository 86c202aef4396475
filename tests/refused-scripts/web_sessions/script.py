# table: tables_text.sessions
"""Session features: browser, device, landing page and mail domain."""
import re
from collections import Counter

import numpy as np
import pandas as pd

VERSION = re.compile(r"(Chrome|Firefox|Version)/(\d+)(?:\.(\d+))?")
FREE_MAIL = {"gmail.com", "yahoo.co.uk", "hotmail.com"}


def device(ua):
    if not isinstance(ua, str):
        return "unknown"
    low = ua.lower()
    if "bot" in low or low.startswith("curl"):
        return "bot"
    if any(k in low for k in ("iphone", "ipad")):
        return "ios"
    if "android" in low:
        return "android"
    return "desktop"


def browser_version(ua):
    m = VERSION.search(str(ua))
    if m is None:
        return 0
    return int(m.group(2))


def path_parts(url):
    url = re.sub(r"^https?://", "", url)
    host, _, rest = url.partition("/")
    path, _, query = rest.partition("?")
    parts = [p for p in path.split("/") if p]
    return host, len(parts), query.count("&") + 1 if query else 0


def get_param(url, name):
    if "?" not in url:
        return ""
    for pair in url.split("?")[1].split("&"):
        if pair.startswith(name + "="):
            return pair.split("=")[1]
    return ""


def features(df):
    out = pd.DataFrame(index=df.index)
    out["device"] = df["ua"].map(device)
    out["version"] = df["ua"].map(browser_version)
    out["host"], out["depth"], out["n_params"] = zip(*df["landing"].map(path_parts))
    out["source"] = df["landing"].apply(lambda u: get_param(u, "utm_source"))
    out["https"] = df["landing"].str.startswith("https").astype(int)
    out["last_number"] = df["landing"].str.extract(r"-(\d+)$")[0].astype(float).fillna(-1)
    domain = df["email"].str.split("@").str[-1].str.lower()
    out["free_mail"] = domain.isin(FREE_MAIL).astype(int)
    out["mail_digits"] = df["email"].fillna("").str.count(r"\d")
    out["tld"] = domain.str.rsplit(".", n=1).str[-1].fillna("none")
    out["ref_host"] = df["referrer"].str.extract(r"://(?:www\.)?([^/]+)", expand=False).fillna("direct")
    ts = pd.to_datetime(df["started"])
    out["hour"] = ts.dt.hour
    out["night"] = ((out["hour"] >= 22) | (out["hour"] < 6)).astype(int)
    out["session_bucket"] = df["session"].apply(lambda s: int(s, 16) % 8)
    out["log_pages"] = np.log1p(df["pages"])
    return out


train = pd.read_csv("train.csv")
test = pd.read_csv("score.csv")
X = features(train)
X_test = features(test)
print(Counter(X["device"]).most_common(3))

cats = ["device", "host", "source", "tld", "ref_host"]
top = {c: X[c].value_counts().index[:4].tolist() for c in cats}
for c in cats:
    X[c] = X[c].where(X[c].isin(top[c]), "other")
    X_test[c] = X_test[c].where(X_test[c].isin(top[c]), "other")
X = pd.get_dummies(X, columns=cats, dtype=int)
X_test = pd.get_dummies(X_test, columns=cats, dtype=int).reindex(columns=X.columns, fill_value=0)
