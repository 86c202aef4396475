"""Runs a script or the cells of a notebook as Python and Jupyter would, with its own modules, and hooks what it reads and writes.

Start reading at `execute`.
"""
import ast
import functools
import hashlib
import importlib.abc
import importlib.util
import os
import platform
import sys
import traceback
import types

from scorewright_drawing import Drawings
from scorewright_instrument import HOOK, Lenient
from scorewright_values import Failure


def versions():
    out = {"python": platform.python_version()}
    for name in ("pandas", "numpy", "sklearn", "scipy", "onnxruntime", "pyarrow", "xgboost", "lightgbm", "catboost"):
        module = sys.modules.get(name)
        if module is not None:
            out[name] = module.__version__
    return out


def same_file(one, other):
    try:
        return os.path.realpath(one) == os.path.realpath(other)
    except (OSError, TypeError, ValueError):
        return False


def local(path, job):
    """A path in the script's folder, or in the copy of it that is run, as the way from there; any other as it is."""
    path = os.fspath(path)
    if "://" in path or not os.path.isabs(path):
        return path
    real = os.path.realpath(path)
    for folder in (os.getcwd(), job.get("protect")):
        inside = folder and os.path.realpath(folder) + os.sep
        if inside and real.startswith(inside):
            return real[len(inside) :].replace(os.sep, "/")
    return path


def as_read(pd, frame):
    """A copy whose columns lie apart in memory, as `read_csv` leaves them: pandas adds up a row block by block."""
    if not frame.columns.is_unique:
        return frame.copy()
    return pd.DataFrame({name: frame[name].copy() for name in frame}, columns=frame.columns, index=frame.index, copy=False)


# What reads tables, with the name of its first argument.
READERS = {
    "read_csv": "filepath_or_buffer",
    "read_table": "filepath_or_buffer",
    "read_parquet": "path",
    "read_feather": "path",
    "read_json": "path_or_buf",
    "read_excel": "io",
}


def hook_reads(pd, job, note, instead=None):
    """Notes each table that is read, and gives a scoring file of texts the dtypes of the recorded run instead of inferring them anew.

    A table `instead["frame"]` takes the place of the scoring file.
    """
    declared = dict(job.get("dtypes") or [])

    def hooked(original, first):
        def read(*args, **kwargs):
            path = args[0] if args else kwargs.pop(first, None)
            is_path = isinstance(path, (str, os.PathLike))
            path = local(path, job) if is_path else path
            scoring = is_path and job.get("score") is not None and same_file(path, job["score"])
            infers = scoring and declared and first == "filepath_or_buffer"
            given = kwargs.get("dtype")
            if infers and (given is None or isinstance(given, dict)):
                texts = {name: "str" for name, dtype in declared.items() if dtype == "str" and name not in (given or {})}
                kwargs["dtype"] = {**texts, **(given or {})}
            out = original(path, *args[1:], **kwargs)
            if infers and isinstance(out, pd.DataFrame):
                for name, dtype in declared.items():
                    if name in out.columns and str(out[name].dtype) != dtype and dtype in ("float64", "int64", "bool"):
                        try:
                            out[name] = out[name].astype(dtype)
                        except (ValueError, TypeError):
                            pass
            note(os.fspath(path) if is_path else None, out)
            return as_read(pd, instead["frame"]) if scoring and instead else out

        return functools.wraps(original)(read)

    for name, first in READERS.items():
        setattr(pd, name, hooked(getattr(pd, name), first))


def hook_writes(pd, written):
    """Keeps each frame that the script writes, by the name of the file, exactly (a CSV would lose types)."""

    def keep(original):
        def write(self, path_or_buf=None, *args, **kwargs):
            if isinstance(path_or_buf, (str, os.PathLike)):
                written[os.path.basename(os.fspath(path_or_buf))] = self.copy()
            return original(self, path_or_buf, *args, **kwargs)

        return write

    pd.DataFrame.to_csv = keep(pd.DataFrame.to_csv)
    pd.Series.to_csv = keep(pd.Series.to_csv)


def read_source(job):
    with open(job["script"], "rb") as file:
        text = file.read().decode("utf-8-sig")
    return text


def load_pandas():
    try:
        import numpy
        import pandas
    except ImportError as error:
        raise Failure("environment", f"this Python ({sys.executable}) cannot import {error.name}: {error}")
    return pandas, numpy


def execute(text, job, recorder, until=None, lenient=False):
    """Runs the script and gives its names. What it raises behind the line `until` ends it as if nothing had happened: the output stands.
    `lenient` lets the statements that the job ignores raise.

    With `cells`, the lines at which a notebook's cells start, a cell that raises ends and the next one runs.
    """
    name = job["name"]
    output = job.get("output")
    try:
        tree = ast.parse(text, name)
    except SyntaxError as error:
        raise Failure("syntax", f"{type(error).__name__}: {error.msg}", error.lineno)
    recording = job["job"] == "record"
    if output and recording and not output.endswith(".csv"):
        try:
            tree = ast.parse(text.rstrip("\n") + "\n" + output + "\n", name)
        except SyntaxError as error:
            raise Failure("output", f"the output expression `{output}` is not Python: {error.msg}")
    if recorder is not None:
        tree = recorder.prepare(tree)
    elif lenient:
        tree = Lenient(set(job["ignored"]), "").visit(tree)
    module = types.ModuleType("__main__")
    module.__file__ = os.path.join(os.getcwd(), name)
    module.__dict__[HOOK] = recorder
    sys.modules["__main__"] = module
    sys.argv = [name]
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    # Each run imports the user's modules anew: they may read files, and keep what they read.
    for own in job["modules"]:
        sys.modules.pop(own, None)
    sys.meta_path[:] = [OwnModules(job["modules"], recorder), *(finder for finder in sys.meta_path if not isinstance(finder, OwnModules))]
    Drawings.stand_in()
    files = {name, *job["modules"].values()}
    import linecache

    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    cells = job.get("cells")
    raised = []
    if cells:
        # What IPython gives to a notebook, without effect. A notebook has no file.
        module.__dict__.update(get_ipython=Shell, display=lambda *values, **options: None)
        del module.__dict__["__file__"]
        known = job.get("raised") or []
        behind = text.rstrip("\n").count("\n") + 2  # the line of the output expression
        for body in by_cell(tree.body, sorted([*cells, behind])):
            failure = run(ast.Module(body=body, type_ignores=[]), name, module.__dict__, files, body[0].lineno)
            if failure is None:
                continue
            if recording:
                # The next cell runs all the same, as in Jupyter. The output expression behind the last cell has no next one.
                if body[0].lineno == behind and not raised:
                    raise Failure("output", f"the output `{output}` cannot be computed: {failure.message}")
                raised.append({"line": failure.statement, "message": failure.message})
                recorder.back((0, 0))
            elif failure.statement in known:
                continue
            elif until is None or failure.statement <= until:
                raise failure.error
            else:
                break
    else:
        failure = run(tree, name, module.__dict__, files)
        if failure is not None and recording and output and (failure.statement or 0) > text.rstrip("\n").count("\n") + 1:
            raise Failure("output", f"the output `{output}` cannot be computed: {failure.message}")
        if failure is not None and (until is None or failure.statement is None or failure.statement <= until):
            raise failure.error
    module.__dict__[RAISED] = raised
    return module.__dict__


RAISED = "_sw_raised"


class OwnModules:
    """Finds the modules of the user's project and compiles them as the script is: instrumented in a recorded run."""

    def __init__(self, files, recorder):
        self.files = files
        self.recorder = recorder

    def find_spec(self, name, path=None, target=None):
        file = self.files.get(name)
        if file is None:
            return None
        package = [os.path.dirname(os.path.abspath(file))] if file.endswith("__init__.py") else None
        return importlib.util.spec_from_file_location(name, os.path.abspath(file), loader=OwnModule(file, self.recorder), submodule_search_locations=package)


class OwnModule(importlib.abc.Loader):
    def __init__(self, file, recorder):
        self.file = file
        self.recorder = recorder

    def exec_module(self, module):
        with open(module.__spec__.origin, "rb") as file:
            text = file.read().decode("utf-8-sig")
        tree = ast.parse(text, self.file)
        if self.recorder is not None:
            self.recorder.imported.append({"name": self.file, "sha256": hashlib.sha256(text.encode()).hexdigest()})
            tree = self.recorder.prepare(tree, self.file + "@")
            module.__dict__[HOOK] = self.recorder
        exec(compile(tree, self.file, "exec"), module.__dict__)


class Shell:
    """What `get_ipython()` gives: magics and commands do nothing."""

    @staticmethod
    def nothing(*values, **options):
        return None

    run_line_magic = run_cell_magic = magic = system = getoutput = nothing


class Stopped:
    """Why a script or cell did not come to its end: the line of its statement, Python's message, and both as a failure."""

    def __init__(self, statement, message, file, line):
        self.statement = statement
        self.message = message
        self.error = Failure("script", message, line, file)


def by_cell(body, starts):
    """The statements of each cell. A cell starts at a line; what stands behind the script is one of its own."""
    import bisect
    import itertools

    return [list(group) for _, group in itertools.groupby(body, lambda statement: bisect.bisect_right(starts, statement.lineno))]


def run(tree, name, names, files, first=None):
    """Runs statements. What they raise is given back; `first` is the line of what cannot be compiled."""
    try:
        code = compile(tree, name, "exec")
    except SyntaxError as error:
        return Stopped(first, f"SyntaxError: {error.msg}", name, error.lineno)
    try:
        exec(code, names)
    except Failure:
        raise
    except BaseException as error:
        stops = isinstance(error, SystemExit)
        if stops and first is None and error.code in (None, 0):
            return None
        message = f"SystemExit: {error.code}" if stops else traceback.format_exception_only(type(error), error)[-1].strip()
        lines = [(file, line) for file, line in trace_lines(error.__traceback__) if file in files]
        statement = next((line for file, line in lines if file == name), first)
        return Stopped(statement, message, *(lines[-1] if lines else (None, None)))
    return None


def trace_lines(trace):
    """Files and lines of a traceback, the innermost last."""
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
