"""Makes the data and the expected results of the cases here, with real pandas.

    python tests/corpus/generate.py SCOREWRIGHT [NAME ...]

A case is a folder with a script (or notebook) and a `scorewright.toml` that names it and its output. Where it has a line
`# table: NAME`, `train.csv` and `score.csv` are made here from that function of `tables.py`, and for `# table: MODULE.NAME` from the module
beside it, the same each time; else they are kept. A module's `SCORED` changes scoring rows, its `LOOKUPS` are further files. Then
`scorewright build` records the run (`state.json`), and pandas' own result for the scoring rows is written to `expected.csv`. A script that
names no `score.csv` has one frame: its result is that for all rows, with what it learns from them held (`hold` in the manifest). Where it
drops rows for columns that the scorer does not take, the column `#row` says which rows it kept.
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

RUNNER = os.path.join(HERE, "..", "..", "crates", "reference", "python", "runner.py")
TRAIN_ROWS, SCORE_ROWS = 300, 80


def data(folder, name, text):
    named = re.search(r"# table: (?:(\w+)\.)?(\w+)", text)
    if not named:
        return
    module, table = importlib.import_module(named[1] or "tables"), named[2]
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    make, target = getattr(module, table), module.TARGETS[table]
    scored = getattr(module, "SCORED", {}).get(table, lambda rng, frame: frame)
    files = {"train.csv": make(rng, TRAIN_ROWS)}
    if "score.csv" in text:
        files["score.csv"] = scored(rng, make(rng, SCORE_ROWS).drop(columns=target))
    files |= {file: make(rng) for file, make in getattr(module, "LOOKUPS", {}).get(table, {}).items()}
    for file, frame in files.items():
        frame.to_csv(os.path.join(folder, file), index=False)


def runnable(path):
    """The text of a script, or of a notebook's cells without magics and commands, and the lines at which its cells start."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if not path.endswith(".ipynb"):
        return text, []
    book, lines, starts = json.loads(text), [], []
    for cell in book["cells"] if "cells" in book else book["worksheets"][0]["cells"]:
        if cell["cell_type"] == "code":
            starts.append(len(lines) + 1)
            code = "".join(cell.get("source", cell.get("input", []))).split("\n")
            lines += [] if code[0].startswith("%%") and code[0] not in ("%%time", "%%capture") else ["" if line.startswith(("%", "!")) else line for line in code]
    return "\n".join(lines) + "\n", starts


def expected(folder, project, original):
    """The output of the script in pandas, as the recorded run's types have it. `original` is what the manifest says of the script."""
    with tempfile.TemporaryDirectory() as desk:
        text, cells = runnable(os.path.join(folder, project["script"]))
        script = os.path.join(desk, "script.py")
        with open(script, "w", encoding="utf-8") as file:
            file.write(text)
        # Cells that raise are those that raised in the record; modules are found beside the script.
        raised = list(range(1, text.count("\n") + 1))
        job = {"job": "outputs", "script": script, "name": project["script"], "modules": {}, "cells": cells, "raised": raised, "output": original["output"], "score": original["score"], "dtypes": original["dtypes"], "hold": original.get("hold"), "ignored": original.get("ignored", []), "frames": []}
        with open(os.path.join(desk, "job.json"), "w") as file:
            json.dump(job, file)
        answer = os.path.join(desk, "answer.json")
        subprocess.run([sys.executable, "-X", "utf8", RUNNER, os.path.join(desk, "job.json"), answer], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with open(answer, encoding="utf-8") as file:
            result = json.load(file)
    if "error" in result:
        sys.exit(f"{folder}: {result['error']}")
    table = result.get("held", result)["table"]
    columns = table["columns"]
    text = lambda cell: next(iter(cell.values())) if isinstance(cell, dict) else "" if cell is None else str(cell)
    missing = lambda word: "NaN" if word in ("nan", "NaT", "NA", "") else word
    cells = [[missing(text(cell)) for cell in (column["values"].get("items") or [{"float": f} for f in column["values"].get("floats", [])])] for column in columns]
    import csv

    with open(os.path.join(folder, "expected.csv"), "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if (original.get("hold") or {}).get("drops"):
            # Rows that the script drops have a score all the same; which these are is said.
            columns, cells = [{"name": "#row"}, *columns], [table["index"], *cells]
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
        with tempfile.TemporaryDirectory() as desk:
            out = os.path.join(desk, "scorer")
            command = [scorewright, "build", os.path.join(folder, "scorewright.toml"), "--no-original", "--target", "wasm", "--out", out]
            done = subprocess.run(command, env=env, capture_output=True, text=True)
            if done.returncode:
                sys.exit(f"{name}\n{done.stderr}")
            with open(os.path.join(out, "manifest.json"), encoding="utf-8") as file:
                original = json.load(file)["original"]["script"]
        expected(folder, project, original)
        print(name)


if __name__ == "__main__":
    main()
