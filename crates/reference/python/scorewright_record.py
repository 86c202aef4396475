"""The job `record`: one run of the instrumented script, and every value that it came by."""
import gc
import hashlib
import sys

from scorewright_boosting import note_categories
from scorewright_recorder import Recorder
from scorewright_script import RAISED, execute, hook_reads, hook_writes, load_pandas, read_source, versions
from scorewright_values import clean, dtype_of


def read_column(column, name):
    """A column as it was read; of texts the first one, from which pandas infers the format of dates."""
    out = {"name": str(name), "dtype": dtype_of(column.dtype)}
    # Before pandas 3 a column of texts is one of objects.
    if out["dtype"]["name"] == "object" and sys.modules["pandas"].api.types.infer_dtype(column, skipna=True) in ("string", "empty"):
        out["dtype"]["name"] = "str"
    if out["dtype"]["name"] in ("str", "object", "string"):
        first = next((value for value in column if isinstance(value, str)), None)
        if first is not None:
            out["values"] = {"items": [clean(first)]}
    return out


def record(job):
    pd, _ = load_pandas()
    text = read_source(job)
    recorder = Recorder(job)
    written = {}

    def note(path, out):
        if isinstance(out, pd.DataFrame):
            note_categories(out)
            # Inside a user's function called back by a library nothing is replayed, so the read has no place.
            place = recorder.read_place
            recorder.reads.append({
                "at": place[0] if place else None,
                "in": place[1] if place else 0,
                "path": path,
                "rows": len(out),
                "columns": [read_column(out.iloc[:, position], name) for position, name in enumerate(out.columns)],
                **({"index": read_column(pd.Series(out.index), out.index.name)} if isinstance(out.index.name, str) else {}),
            })

    hook_reads(pd, job, note)
    hook_writes(pd, written)
    names = execute(text, job, recorder)
    gc.disable()  # what follows only makes the answer, and makes no cycles

    def order(pair):
        (place, within), _ = pair
        place, _, beside = place.partition("#")
        *file, place = place.rsplit("@", 1)
        return within, file, [int(part) for part in place.replace("-", ":").split(":")], beside

    events = lambda name, table: [{"at": at, "in": within, name: value} for (at, within), value in sorted(table.items(), key=order)]
    return {
        "format": 1,
        "script": {"name": job["name"], "sha256": hashlib.sha256(text.encode()).hexdigest(), "output": job.get("output")},
        "modules": recorder.imported,
        "versions": versions(),
        "reads": recorder.reads,
        "contexts": [{"in": parent, "at": place, "turn": turn} for parent, place, turn in recorder.contexts[1:]],
        "branches": events("taken", recorder.branches),
        "loops": events("items", recorder.loops),
        "handlers": events("which", recorder.handlers),
        "values": events("is", recorder.values),
        "raised": names[RAISED],
    }
