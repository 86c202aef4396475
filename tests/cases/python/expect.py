"""Fills in the results of the cases in this folder with real pandas, and records each run beside its case.

    python tests/cases/python/expect.py [CASE.md ...]

A case is a snippet that works on `df`, and rows. Its header names the inputs (`age: f64?`) and the results (`-> age`); this script
writes the types and cells of the results. A column `-> #status` says which rows pandas drops or raises on: then each row is run as a
frame of its own; a row whose status is written as `undetermined` keeps that, for pandas cannot say it. `train` is the same rows with a column `target`, or the rows of a second table under `## Training`. A case without a
result column is refused; its diagnostic is written by the test.
"""
import glob
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd

HERE = os.path.dirname(os.path.abspath(__file__))
RUNNER = os.path.join(HERE, "..", "..", "..", "crates", "reference", "python", "runner.py")
DTYPES = {"f64?": "float64", "i64": "int64", "str?": "str", "bool": "bool"}


def split_row(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def tables(lines):
    """Places `(start, end)` of the tables of a case: header, rule, rows."""
    out, at = [], 0
    while at < len(lines):
        if lines[at].startswith("|"):
            start = at
            while at < len(lines) and lines[at].startswith("|"):
                at += 1
            out.append((start, at))
        else:
            at += 1
    return out


def cell_text(text):
    """The CSV form of a cell: null is empty, a quoted text is JSON."""
    if text == "null":
        return ""
    return json.loads(text) if text.startswith('"') else text


def csv(names, rows):
    # A line with nothing on it would be skipped, so the only cell of a row is quoted.
    only = len(names) == 1
    quote = lambda text: '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n') or text != text.strip() or only and not text else text
    lines = [",".join(quote(name) for name in names)] + [",".join(quote(cell_text(cell)) for cell in row) for row in rows]
    return "\n".join(lines) + "\n"


def script(inputs, snippet):
    dtypes = "{" + ", ".join(f'"{name}": "{DTYPES[kind]}"' for name, kind in inputs) + "}"
    return f'import numpy as np\nimport pandas as pd\n\ntrain = pd.read_csv("train.csv", dtype={dtypes})\ndf = pd.read_csv("score.csv", dtype={dtypes})\n{snippet}'


def run(folder, job):
    with open(os.path.join(folder, "job.json"), "w", encoding="utf-8") as file:
        json.dump({"modules": {}, "frames": [], **job}, file)
    subprocess.run([sys.executable, "-X", "utf8", RUNNER, "job.json", "answer.json"], cwd=folder, check=True, env={**os.environ, "PYTHONHASHSEED": "0"})
    with open(os.path.join(folder, "answer.json"), encoding="utf-8") as file:
        return json.load(file)


def show(value, kind):
    if value is None or isinstance(value, dict) and "missing" in value:
        return "null"
    if isinstance(value, dict):
        text = value.get("float") or value.get("float32")
        if text is not None:
            return "null" if text == "nan" and kind != "f64" else text
        return str(next(iter(value.values())))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if value != value.strip() or value in ("null", "") or '"' in value or "|" in value else value
    return str(value)


KINDS = {"float64": "f64", "float32": "f32", "int64": "i64", "int32": "i32", "int16": "i32", "int8": "i32", "bool": "bool", "str": "str?", "object": "bool?", "category": "str?"}


def kind_of(column):
    dtype = column["dtype"]
    if dtype == "object" and any(isinstance(cell, str) for cell in cells_of(column)):
        return "str?"
    if dtype.startswith("datetime64"):
        return "datetime?"
    if dtype.startswith("timedelta64"):
        return "duration?"
    return KINDS[dtype]


def cells_of(column):
    values = column["values"]
    return [{"float": text} for text in values["floats"]] if "floats" in values else values["items"]


def fill(path):
    name = os.path.basename(path)
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    start = lines.index("```python") + 1
    snippet = "\n".join(lines[start : lines.index("```", start)]) + "\n"
    places = tables(lines)
    header = split_row(lines[places[0][0]])
    inputs = [tuple(part.strip() for part in cell.rsplit(":", 1)) for cell in header if not cell.startswith("->")]
    results = [cell[2:].strip().split(": ")[0] for cell in header if cell.startswith("->")]
    written = [split_row(line) for line in lines[places[0][0] + 2 : places[0][1]]]
    rows = [row[: len(inputs)] for row in written]
    undetermined = [row[len(inputs) : len(inputs) + 1] == ["undetermined"] for row in written]
    names = [name for name, _ in inputs]
    wanted = [result for result in results if result != "#status"]
    with tempfile.TemporaryDirectory() as folder:
        write = lambda file, text: open(os.path.join(folder, file), "w", encoding="utf-8").write(text)
        text = script(inputs, snippet)
        write("case.py", text)
        if len(places) > 1:
            train_header = [cell.rsplit(":", 1)[0].strip() for cell in split_row(lines[places[1][0]])]
            write("train.csv", csv(train_header, [split_row(line) for line in lines[places[1][0] + 2 : places[1][1]]]))
        else:
            write("train.csv", csv(names + ["target"], [row + ["1"] for row in rows]))
        write("score.csv", csv(names, rows))
        output = "df[" + json.dumps(wanted, ensure_ascii=False) + "]" if wanted else "df"
        record = run(folder, {"job": "record", "script": "case.py", "name": "case.py", "output": output})
        if "error" in record and "#status" in results:
            # Some row raises: the record is of the rows that do not.
            good = []
            for row in rows:
                write("score.csv", csv(names, [row]))
                if "error" not in run(folder, {"job": "outputs", "script": "case.py", "name": "case.py", "output": output}):
                    good.append(row)
            write("score.csv", csv(names, good))
            if len(places) < 2:
                write("train.csv", csv(names + ["target"], [row + ["1"] for row in good]))
            record = run(folder, {"job": "record", "script": "case.py", "name": "case.py", "output": output})
        if "error" in record:
            sys.exit(f"{name}: {record['error']}")
        with open(path[:-3] + ".state.json", "w", encoding="utf-8") as file:
            json.dump(record, file, ensure_ascii=False, indent=1)
            file.write("\n")
        if not results:
            return
        job = {"job": "outputs", "script": "case.py", "name": "case.py", "output": output}
        out, kinds = [], None
        if "#status" in results:
            dtypes = [[column["name"], column["dtype"]["name"]] for column in record["reads"][1]["columns"]]
            for row, is_undetermined in zip(rows, undetermined):
                if is_undetermined:
                    out.append(["undetermined"])
                    continue
                write("score.csv", csv(names, [row]))
                answer = run(folder, {**job, "score": "score.csv", "dtypes": dtypes})
                if "error" in answer:
                    out.append(["invalid"])
                elif answer["table"]["rows"] == 0:
                    out.append(["filtered"])
                else:
                    columns = answer["table"]["columns"]
                    out.append(["scored"] + [cells_of(column)[0] for column in columns])
                    kinds = kinds or [kind_of(column) for column in columns]
        else:
            table = run(folder, job)["table"]
            kinds = [kind_of(column) for column in table["columns"]]
            columns = [cells_of(column) for column in table["columns"]]
            out = [["scored"] + [column[at] for column in columns] for at in range(table["rows"])]
    head = [f"{name}: {kind}" for name, kind in inputs]
    head += ["-> #status"] if "#status" in results else []
    head += [f"-> {result}: {kind}" for result, kind in zip(wanted, kinds)]
    body = []
    for row, answer in zip(rows, out):
        cells = list(row) + ([answer[0]] if "#status" in results else [])
        cells += [show(value, kind) for value, kind in zip(answer[1:], kinds)] if answer[0] == "scored" else [""] * len(wanted)
        body.append(cells)
    widths = [max(len(line[at]) for line in [head, *body]) for at in range(len(head))]
    line = lambda cells: "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths)) + " |"
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    lines[places[0][0] : places[0][1]] = [line(head), rule, *map(line, body)]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


if __name__ == "__main__":
    print(f"pandas {pd.__version__}, numpy {np.__version__}")
    for path in sys.argv[1:] or sorted(glob.glob(os.path.join(HERE, "*.md"))):
        fill(os.path.abspath(path))
