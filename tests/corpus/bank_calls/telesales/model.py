import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression


def build_model(cfg):
    return LogisticRegression(C=cfg.C, class_weight="balanced", max_iter=2000)


def score_frame(model, X, ids, threshold):
    proba = model.predict_proba(X)[:, 1]
    return pd.DataFrame({"id": ids, "p_yes": proba.round(6), "call": np.where(proba > threshold, "yes", "no")})
