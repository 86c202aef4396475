"""The job `outputs`: the script's output exactly, on its own rows and on others in the place of its scoring file.

Start reading at `outputs`.
"""
import os
import sys

from scorewright_models import feed_frame, run_model
from scorewright_recorder import Holder
from scorewright_rows import Unaligned, pieces
from scorewright_script import execute, hook_reads, hook_writes, load_pandas, read_source, same_file, versions
from scorewright_values import Failure, cells, class_path


def exact_column(column):
    for value in column if column.dtype.kind in "Oc" else ():
        if isinstance(value, complex):
            raise Failure("output", f"the output column {column.name} holds a complex number")
    return {"dtype": str(column.dtype), "values": cells(list(column))}


def exact_table(value):
    """The output as columns. A Series or a one-dimensional array is one column; a matrix has a column for each index."""
    import numpy as np
    import pandas as pd

    if hasattr(value, "toarray"):
        value = value.toarray()
    if isinstance(value, np.ndarray):
        value = pd.DataFrame(value if value.ndim > 1 else value.reshape(-1, 1))
    elif isinstance(value, pd.Series):
        value = value.to_frame(name="output" if value.name is None else value.name)
    elif isinstance(value, list):
        value = pd.DataFrame({"output": value})
    if not isinstance(value, pd.DataFrame):
        raise Failure("output", f"the output is a {class_path(type(value))}, not a table")
    whole = pd.api.types.is_integer_dtype(value.index.dtype)
    return value, {
        "rows": len(value),
        "index": [int(label) for label in value.index] if whole else None,
        "columns": [{"name": str(value.columns[position]), **exact_column(value.iloc[:, position])} for position in range(value.shape[1])],
    }


def outputs(job):
    """The output of the script as it is run, and on each of the tables of `frames` in the place of its scoring file; with `reversed` on
    its own rows in reverse order too, as the last of the frames.

    With `hold`, what it learns from its own rows is held in all runs but the first, and `held` is its output on its own rows so.
    """
    pd, np = load_pandas()
    text = read_source(job)
    written, instead = {}, {}
    seen = []
    holder = Holder(job) if job.get("hold") else None

    def note(path, out):
        if path is not None and job.get("score") is not None and same_file(path, job["score"]) and isinstance(out, pd.DataFrame):
            seen.append(out.copy())

    hook_reads(pd, job, note, instead)
    hook_writes(pd, written)

    def once():
        written.clear()
        names = execute(text, job, holder, job.get("until"), lenient="frame" in instead)
        return *exact_table(output_value(job["output"], names, written)), names

    by_key = False

    def run(dropped=None):
        nonlocal by_key
        value, out, _ = once()
        by_key = False
        given = instead.get("frame", seen[-1] if seen else None)
        counted = list(range(out["rows"]))
        if given is not None and out["rows"] < len(given):
            # Rows were dropped: the labels say which, unless the others were counted anew or have keys of their own.
            if out["index"] == counted:
                kept = holder and dict(holder.kept)
                out["index"] = labels_of(out, once)
                if holder:
                    holder.kept = kept
            tells = out["index"] not in (None, counted) and all(0 <= label < len(given) for label in out["index"])
            if not tells and (rows := rows_of_keys(with_index(given), value.index)) is not None:
                out["index"] = rows
                by_key = True
            elif not tells and dropped is not None and len(given) - len(dropped) == out["rows"]:
                out["index"] = [row for row in range(len(given)) if row not in dropped]
        answer = {"table": out}
        if job.get("model"):
            answer["model"] = run_model(job["model"], feed_frame(value, job.get("feed")))
        return answer

    own_dropped = None if job.get("dropped") is None else set(job["dropped"])
    result = run(own_dropped)
    if holder is not None:
        holder.hold()
        result["held"] = run(own_dropped)
    result["versions"] = versions()
    if seen:
        table = with_index(seen[0])
        result["input"] = {"rows": len(table), "index": None, "columns": [{"name": str(name), **exact_column(table.iloc[:, at])} for at, name in enumerate(table.columns)]}
    count = len(seen[0]) if seen else 0
    own = {"reversed": True, "rows": count, "apart": False, "beside": 0, "dropped": None if own_dropped is None else [count - 1 - row for row in own_dropped]}
    frames = [*(job.get("frames") or []), *([own] if job.get("reversed") else [])]
    result["frames"] = []
    # What a row is filled up from is to be one that the script keeps.
    kept = result["table"]["index"]
    like = kept[0] if seen and kept and result["table"]["rows"] < len(seen[0]) and 0 <= kept[0] < len(seen[0]) else 0
    for frame in frames:
        if not seen:
            raise Failure("output", f"the script does not read `{job.get('score')}` as a table")

        beside = list(range(frame["beside"]))

        def part(rows):
            rows = beside + rows
            try:
                instead["frame"] = reversed_frame(seen[0], rows) if frame is own else changed_frame(seen[0], frame, rows, like)
            except Exception as error:  # a cell that no column of that type holds
                raise Failure("input", str(error))
            dropped = None if frame["dropped"] is None else {at for at, row in enumerate(rows) if row in frame["dropped"]}
            out = run(dropped)
            kept = out["table"]["index"]
            if out["table"]["rows"] == len(rows):
                places = list(range(len(rows)))
            elif kept is not None and len(set(kept)) == len(kept) and (by_key or isinstance(seen[0].index, pd.RangeIndex)) and len(rows) > 1:
                places = kept
            elif len(rows) == 1 and out["table"]["rows"] == 0:
                places = []
            else:
                raise Unaligned(f"{len(rows)} rows go in and {out['table']['rows']} come out")
            return {"rows": rows, "kept": [rows[place] for place in places], **out}

        result["frames"].append(pieces(range(len(beside), frame["rows"]), part, MOST_RUNS, frame["apart"]))
    return result


def rows_of_keys(given, labels):
    """The rows of a table that labels name, where they are keys of it: different cells of a column that has none twice. None for others."""
    import pandas as pd

    if not labels.is_unique or isinstance(labels, pd.MultiIndex) or pd.api.types.is_integer_dtype(labels.dtype) and labels.equals(pd.RangeIndex(len(labels))):
        return None
    found = []
    for at in range(given.shape[1]):
        if given.dtypes.iloc[at] == object:
            continue  # its cells may be lists
        column = pd.Index(given.iloc[:, at])
        if column.is_unique and not column.hasnans and (rows := column.get_indexer(labels)).min(initial=0) >= 0:
            found.append([int(row) for row in rows])
    return found[0] if found and all(one == found[0] for one in found) else None


def with_index(frame):
    """The frame with its index as its first column, if that has a name."""
    return frame.reset_index() if isinstance(frame.index.name, str) and frame.index.name not in frame.columns else frame


def labels_of(table, run):
    """The labels that the rows of an output have if no `reset_index` gives them others. None where the output would be another."""
    import pandas as pd

    reset = pd.DataFrame.reset_index

    def keeping(self, *args, **kwargs):
        labels = self.index
        out = reset(self, *args, **kwargs)
        if sys._getframe(1).f_globals.get("__name__", "").startswith("pandas."):
            return out  # pandas counts rows anew for itself, as `nlargest` does
        frame = self if kwargs.get("inplace") else out
        if pd.api.types.is_integer_dtype(labels.dtype) and labels.name is None:
            frame.index = labels
        return out

    pd.DataFrame.reset_index = keeping
    try:
        _, out, names = run()
    except Failure:
        return None
    finally:
        pd.DataFrame.reset_index = reset
    if out["columns"] != table["columns"]:
        return None
    counted = list(range(out["rows"]))
    if out["index"] != counted:
        return out["index"]
    # Made of arrays, which have no labels: those of the frame that they are of, if there is one.
    frames = [value for value in names.values() if isinstance(value, pd.DataFrame) and len(value) == out["rows"]]
    labels = {tuple(frame.index) for frame in frames if pd.api.types.is_integer_dtype(frame.index.dtype)} - {tuple(counted)}
    return list(map(int, labels.pop())) if len(labels) == 1 else counted


MOST_RUNS = 60  # of a script, to find the rows that it raises on


def reversed_frame(frame, rows):
    """The scoring table's own rows, the last one first."""
    import pandas as pd

    out = frame.iloc[::-1].iloc[rows].copy()
    if isinstance(frame.index, pd.RangeIndex) and frame.index.name is None:
        out.index = pd.RangeIndex(len(rows))
    return out


def changed_frame(frame, changes, rows, like=0):
    """The scoring table with other rows: the columns of `changes`, and one row's cells in all others."""
    import pandas as pd

    at = [like] * len(rows)
    out = frame.iloc[at].copy() if len(frame) else frame.reindex(range(len(rows)))
    if isinstance(frame.index, pd.RangeIndex) and frame.index.name is None:
        out.index = pd.RangeIndex(len(rows))
    for column in changes["columns"]:
        is_index = column["name"] == frame.index.name and column["name"] not in frame.columns
        dtype = frame.index.dtype if is_index else frame[column["name"]].dtype
        if column["dtype"] == "str" and dtype.kind in "fiub":
            dtype = pd.Series(["a"]).dtype
        elif column["dtype"].startswith("float") and dtype.kind in "iu":
            # Whole numbers in this file, and others in that of training.
            dtype = pd.Series([0.5]).dtype
        values = [from_json(column["values"][row], dtype) for row in rows]
        if is_index:
            out.index = pd.Index(values, name=column["name"], dtype=dtype)
        else:
            out[column["name"]] = pd.Series(values, index=out.index, dtype=dtype)
    return out


def from_json(value, dtype):
    """A cell as the table holds it. Floats travel as text; times as microseconds."""
    import numpy as np
    import pandas as pd

    if dtype.kind == "f":
        return float("nan") if value is None else float(value)
    if dtype.kind in "Mm":
        made = np.datetime64 if dtype.kind == "M" else np.timedelta64
        return pd.NaT if value is None else made(value, "us")
    if value is None:
        return None if dtype.kind != "O" else float("nan")
    return value


def output_value(output, names, written):
    if os.path.basename(output) in written:
        return written[os.path.basename(output)]
    if output.endswith(".csv"):
        raise Failure("output", f"the script does not write `{output}`")
    try:
        return eval(compile(output, "<output>", "eval"), names)
    except Exception as error:
        raise Failure("output", f"the output `{output}` cannot be computed: {type(error).__name__}: {error}")
