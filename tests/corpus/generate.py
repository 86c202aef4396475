"""Makes the data and the expected results of the cases here, with real pandas.

    python tests/corpus/generate.py SCOREWRIGHT [NAME ...]

A case is a folder with a script (or notebook) and a `scorewright.toml` that names it and its output. Where it has a line
`# table: NAME`, `train.csv` and `score.csv` are made here from that function of `tables.py`, and for `# table: MODULE.NAME` from the module
beside it, the same each time; else they are kept. A module's `SCORED` changes scoring rows, its `LOOKUPS` are further files. Then
`scorewright inspect` records the run (`state.json`), and pandas' own result for the scoring rows is written to `expected.csv`.
"""
import importlib
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
import zlib

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

RUNNER = os.path.join(HERE, "..", "..", "crates", "reference", "src", "runner.py")
TRAIN_ROWS, SCORE_ROWS = 300, 80


def data(folder, name, text):
    named = re.search(r"# table: (?:(\w+)\.)?(\w+)", text)
    if not named:
        return
    module, table = importlib.import_module(named[1] or "tables"), named[2]
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    make, target = getattr(module, table), module.TARGETS[table]
    scored = getattr(module, "SCORED", {}).get(table, lambda rng, frame: frame)
    files = {"train.csv": make(rng, TRAIN_ROWS), "score.csv": scored(rng, make(rng, SCORE_ROWS).drop(columns=target))}
    files |= {file: make(rng) for file, make in getattr(module, "LOOKUPS", {}).get(table, {}).items()}
    for file, frame in files.items():
        frame.to_csv(os.path.join(folder, file), index=False)


def as_script(path):
    """The text of a script or notebook, and the lines at which a notebook's cells start; magics and commands are blank lines."""
    with open(path, encoding="utf-8") as file:
        if not path.endswith(".ipynb"):
            return file.read(), []
        cells = [cell["source"] for cell in json.load(file)["cells"] if cell["cell_type"] == "code"]
    lines, starts = [], []
    for source in cells:
        starts.append(len(lines) + 1)
        lines += [re.sub(r"^\s*[%!].*", "", line) for line in "".join(source).split("\n")]
    return "\n".join(lines) + "\n", starts


def expected(folder, project):
    """The output of the script in pandas, as the recorded run's types have it."""
    with open(os.path.join(folder, "state.json"), encoding="utf-8") as file:
        record = json.load(file)
    score = project.get("score", "score.csv")
    read = next(read for read in reversed(record["reads"]) if read["path"] and os.path.basename(read["path"]) == os.path.basename(score))
    dtypes = [[column["name"], column["dtype"]["name"]] for column in read["columns"]]
    with tempfile.TemporaryDirectory() as desk:
        text, cells = as_script(os.path.join(folder, project["script"]))
        script = os.path.join(desk, "script.py")
        with open(script, "w", encoding="utf-8") as file:
            file.write(text)
        # A cell that raises in the recorded run raises here too, and the next one runs.
        raised = {"cells": cells, "raised": list(range(1, text.count("\n") + 1))} if cells else {}
        job = {"job": "outputs", "script": script, "name": project["script"], "output": project["output"], "score": score, "dtypes": dtypes, "frames": [], "modules": {}, **raised}
        with open(os.path.join(desk, "job.json"), "w") as file:
            json.dump(job, file)
        answer = os.path.join(desk, "answer.json")
        subprocess.run([sys.executable, "-X", "utf8", RUNNER, os.path.join(desk, "job.json"), answer], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with open(answer, encoding="utf-8") as file:
            result = json.load(file)
    if "error" in result:
        sys.exit(f"{folder}: {result['error']}")
    columns = result["table"]["columns"]
    text = lambda cell: next(iter(cell.values())) if isinstance(cell, dict) else "" if cell is None else str(cell)
    missing = lambda word: "NaN" if word in ("nan", "NaT", "NA", "") else word
    cells = [[missing(text(cell)) for cell in (column["values"].get("items") or [{"float": f} for f in column["values"].get("floats", [])])] for column in columns]
    import csv

    with open(os.path.join(folder, "expected.csv"), "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column["name"] for column in columns])
        writer.writerows(zip(*cells))


def main():
    scorewright, wanted = sys.argv[1], sys.argv[2:]
    for name in sorted(os.listdir(HERE)):
        folder = os.path.join(HERE, name)
        if not os.path.isfile(os.path.join(folder, "scorewright.toml")) or wanted and name not in wanted:
            continue
        with open(os.path.join(folder, "scorewright.toml"), "rb") as file:
            project = tomllib.load(file)
        with open(os.path.join(folder, project["script"]), encoding="utf-8") as file:
            data(folder, name, file.read())
        state = os.path.join(folder, "state.json")
        if os.path.exists(state):
            os.remove(state)
        env = {**os.environ, "SCOREWRIGHT_PYTHON": sys.executable}
        done = subprocess.run([scorewright, "inspect", os.path.join(folder, "scorewright.toml")], env=env, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{name}\n{done.stderr}")
        expected(folder, project)
        print(name)


if __name__ == "__main__":
    main()
