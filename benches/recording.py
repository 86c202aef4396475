"""What inspecting costs: a recorded run against the plain run of the same notebook, and the conversion that follows.

    python benches/recording.py target/release/scorewright

Needs pandas and scikit-learn in the Python that runs this. Makes a notebook of 588 lines with 64 columns, 20,000 training rows and 4,000
scoring rows in a temporary folder, runs both in turn, and prints the least of each and their ratio.
"""
import json
import os
import subprocess
import sys
import tempfile
import time

import numpy as np
import pandas as pd

RUNS = 5
NUMBERS, TEXTS, FUNCTIONS = 40, 20, 38


def data(folder):
    rng = np.random.default_rng(0)
    count = 20_000
    numbers = {f"n{at}": np.where(rng.random(count) < 0.05, np.nan, np.round(rng.normal(10, 4, count), 3)) for at in range(NUMBERS)}
    texts = {f"c{at}": rng.choice(list("abcdefgh"), count) for at in range(TEXTS)}
    table = pd.DataFrame({**numbers, **texts})
    table["when"] = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 10**6, count), unit="min")
    table["y"] = rng.integers(0, 2, count)
    table.to_csv(os.path.join(folder, "train.csv"), index=False)
    table.drop(columns="y").head(4_000).to_csv(os.path.join(folder, "score.csv"), index=False)


def cells():
    """The notebook's cells: fills, encodings, tables of groups, fields of a date, functions on cells, a scaler and a model."""
    yield "import numpy as np\nimport pandas as pd\nfrom sklearn.preprocessing import StandardScaler, LabelEncoder\nfrom sklearn.linear_model import LogisticRegression"
    yield "train = pd.read_csv('train.csv')\ntest = pd.read_csv('score.csv')\ny = train.pop('y')"
    for at in range(NUMBERS):
        yield f"med = train['n{at}'].median()\nfor d in (train, test):\n    d['n{at}'] = d['n{at}'].fillna(med)\n    d['n{at}_log'] = np.log1p(d['n{at}'].clip(lower=0))\nprint(train['n{at}'].describe())"
    for at in range(TEXTS):
        yield f"le = LabelEncoder().fit(train['c{at}'])\ntrain['c{at}'] = le.transform(train['c{at}'])\ntest['c{at}'] = le.transform(test['c{at}'])"
        yield f"m{at} = train.groupby('c{at}')['n{at}'].mean()\nfor d in [train, test]:\n    d['c{at}_mean'] = d['c{at}'].map(m{at})\n    d['c{at}_diff'] = d['n{at}'] - d['c{at}_mean']"
    fields = "\n".join(f"    d['{field}'] = d['when'].dt.{field}" for field in ("year", "month", "day", "hour", "dayofweek"))
    yield f"for d in [train, test]:\n    d['when'] = pd.to_datetime(d['when'])\n{fields}\n    d.drop(columns='when', inplace=True)"
    for at in range(FUNCTIONS):
        yield f"def f{at}(v):\n    if v > {at}:\n        return v * {at + 1}\n    return v - {at}\ntrain['u{at}'] = train['n{at}'].apply(f{at})\ntest['u{at}'] = test['n{at}'].apply(f{at})"
    yield "scaler = StandardScaler().fit(train)\ntrain = pd.DataFrame(scaler.transform(train), columns=train.columns)\ntest = pd.DataFrame(scaler.transform(test), columns=test.columns)"
    yield "model = LogisticRegression(max_iter=50).fit(train, y)\np = model.predict_proba(test)[:, 1]"


def seconds(command, folder):
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env={**os.environ, "SCOREWRIGHT_PYTHON": sys.executable})
    return time.perf_counter() - start


def main():
    scorewright = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        data(folder)
        sources = list(cells())
        notebook = {"cells": [{"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source} for source in sources], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        with open(os.path.join(folder, "notebook.ipynb"), "w") as file:
            json.dump(notebook, file)
        with open(os.path.join(folder, "plain.py"), "w") as file:
            file.write("\n".join(sources))
        inspect = [scorewright, "inspect", "notebook.ipynb", "--output", "test", "--state", "state.json"]
        plain, recorded, converted = [], [], []
        for _ in range(RUNS):
            plain.append(seconds([sys.executable, "plain.py"], folder))
            if os.path.exists(os.path.join(folder, "state.json")):
                os.remove(os.path.join(folder, "state.json"))
            recorded.append(seconds(inspect, folder))
            converted.append(seconds(inspect, folder))
    lines = sum(source.count("\n") + 1 for source in sources)
    print(f"{lines} lines: plain run {min(plain):.2f} s, with record and conversion {min(recorded):.2f} s ({min(recorded) / min(plain):.2f}x), conversion alone {min(converted):.3f} s")


if __name__ == "__main__":
    main()
