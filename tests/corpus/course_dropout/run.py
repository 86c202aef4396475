# table: tables_learn.courses
"""Small kedro-like runner: nodes are functions, a catalog maps names to files."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "src"))

import pandas as pd
import yaml_free_params as params
from pipelines import nodes

CATALOG = {"students": "train.csv", "applicants": "score.csv"}


def load(name):
    return pd.read_csv(CATALOG[name])


PIPELINE = [
    (nodes.clean, ["students"], "students_clean"),
    (nodes.clean, ["applicants"], "applicants_clean"),
    (nodes.fit_encoder, ["students_clean", "params:columns"], "encoder"),
    (nodes.encode, ["students_clean", "encoder", "params:columns"], "X_train"),
    (nodes.encode, ["applicants_clean", "encoder", "params:columns"], "X_new"),
    (nodes.train_model, ["X_train", "students", "params:model"], "model"),
    (nodes.predict, ["model", "X_new", "applicants"], "predictions"),
]

data = {"params:columns": params.COLUMNS, "params:model": params.MODEL}
for func, inputs, output in PIPELINE:
    for name in inputs:
        if name not in data:
            data[name] = load(name)
    data[output] = func(*[data[i] for i in inputs])
    print(f"node {func.__name__} -> {output}")

predictions = data["predictions"]
