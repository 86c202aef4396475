"""What the answer says of a value of the script, and how a job fails.

Floats are written with `repr`, the shortest text that reads back to the same bits. Start reading at `summary`; what else describes
values of its own kinds puts itself into `DESCRIBED`.
"""
import functools
import sys
import types

MOST_ITEMS = 5000  # the longest list, dict or array whose items are written
MOST_CELLS = 200000  # the largest look-up table whose cells are written
MOST_DEPTH = 6
DESCRIBED = []  # further kinds of values: how one is told, and what says what it is


class Failure(Exception):
    """What is reported to the caller: a kind it knows, a message, and the user's own file and line when there is one."""

    def __init__(self, kind, message, line=None, file=None, help=None):
        super().__init__(message)
        self.report = {"error": {"kind": kind, "message": message, "line": line, "file": file, "help": help}}


def number(value):
    return repr(float(value))


def scalar(value):
    """The JSON form of a scalar, or `NotImplemented`. Integers outside i64 and floats are tagged text."""
    if value is None or value is True or value is False:
        return value
    kind = type(value)
    if kind is str:
        return clean(value)
    if kind is int:
        return value if -(2**63) <= value < 2**63 else {"big": str(value)}
    if kind is float:
        return {"float": number(value)}
    np = sys.modules.get("numpy")
    if np is not None and isinstance(value, np.generic):
        if isinstance(value, np.bool_):
            return bool(value)
        if isinstance(value, np.float32):
            return {"float32": number(value)}
        if isinstance(value, np.floating):
            return {"float": number(value)}
        # A duration of numpy's is one of its integers.
        if isinstance(value, np.datetime64) or isinstance(value, np.timedelta64):
            pd = sys.modules.get("pandas")
            if pd is not None:
                return scalar(pd.Timestamp(value) if isinstance(value, np.datetime64) else pd.Timedelta(value))
        if isinstance(value, np.integer):
            return scalar(int(value))
        if isinstance(value, np.str_):
            return clean(str(value))
    pd = sys.modules.get("pandas")
    if pd is not None:
        if value is pd.NaT:
            return {"missing": "NaT"}
        if value is pd.NA:
            return {"missing": "NA"}
        if isinstance(value, pd.Timestamp):
            if value.tz is not None:
                return {"zoned": int(value.as_unit("us")._value)}
            return {"timestamp": int(value.as_unit("us")._value)}
        if isinstance(value, pd.Timedelta):
            return {"timedelta": int(value.as_unit("us")._value)}
        if isinstance(value, pd.Interval):
            return {"interval": {"left": scalar(value.left), "right": scalar(value.right), "closed": value.closed}}
    import datetime

    if kind is datetime.datetime and value.tzinfo is None:
        return {"timestamp": (value - datetime.datetime(1970, 1, 1)) // datetime.timedelta(microseconds=1)}
    if kind is datetime.date:
        return {"date": (value - datetime.date(1970, 1, 1)).days}
    if kind is datetime.timedelta:
        return {"timedelta": value // datetime.timedelta(microseconds=1)}
    return NotImplemented


def clean(text):
    """Lone surrogates cannot be written as UTF-8; they become U+FFFD and the reader sees a text that never matches."""
    return text.encode("utf-8", "replace").decode("utf-8") if not text.isascii() else text


def cells(values):
    """A run of cells of one column. Floats alone have a compact form; what has one type is not asked one by one."""
    kinds = set(map(type, values))
    if kinds == {float}:
        return {"floats": list(map(repr, values))}
    if kinds == {str}:
        return {"items": list(map(clean, values))}
    if kinds == {int} and -(2**63) <= min(values) and max(values) < 2**63:
        return {"items": list(values)}
    out = [summary(value, MOST_DEPTH - 1) for value in values]
    if out and all(type(item) is dict and len(item) == 1 and "float" in item for item in out):
        return {"floats": [item["float"] for item in out]}
    return {"items": out}


def array_cells(array):
    if array.dtype.kind == "f" and array.dtype.itemsize == 8:
        return {"floats": [repr(value) for value in array.ravel().tolist()]}
    if array.dtype.kind in "bi":
        return {"items": array.ravel().tolist()}
    return cells(list(array.ravel()))


@functools.lru_cache(maxsize=None)
def dtype_name(dtype):
    return str(dtype)


def dtype_of(dtype):
    """`{"name": ...}` and, for a categorical, its categories."""
    pd = sys.modules["pandas"]
    if not isinstance(dtype, pd.CategoricalDtype):
        return {"name": dtype_name(dtype)}
    out = {"name": "category", "ordered": bool(dtype.ordered)}
    if dtype.categories is not None and len(dtype.categories) <= MOST_ITEMS:
        out["categories"] = cells(list(dtype.categories))
        out["of"] = str(dtype.categories.dtype)
    return out


def in_pyarrow(dtype):
    """Whether texts of that dtype lie in pyarrow, which then computes the methods of `.str`. Methods of categories are Python's."""
    pd = sys.modules["pandas"]
    return getattr(dtype, "storage", None) == "pyarrow" or isinstance(dtype, pd.ArrowDtype)


def index_kind(index):
    pd = sys.modules["pandas"]
    if isinstance(index, pd.RangeIndex):
        return "range"
    return "labels"


def series(value, content):
    pd = sys.modules["pandas"]
    out = {"name": summary(value.name, MOST_DEPTH - 1), "dtype": dtype_of(value.dtype), "rows": len(value), "index": index_kind(value.index)}
    labelled = not isinstance(value.index, pd.RangeIndex)
    if len(value) <= MOST_ITEMS and (content or len(value) <= 8 or (labelled and len(value) <= 1000)):
        out["labels"] = cells(list(value.index))
        out["values"] = cells(list(value))
    return {"series": out}


def frame(value, content):
    small = value.shape[0] * value.shape[1] <= MOST_CELLS
    columns = [{"name": summary(name, MOST_DEPTH - 1), "dtype": dtype_of(dtype)} for name, dtype in zip(value.columns, value.dtypes)]
    if content and small:
        for position, one in enumerate(columns):
            one["values"] = cells(list(value.iloc[:, position]))
    out = {"columns": columns, "rows": len(value), "index": index_kind(value.index)}
    blocks = [block.mgr_locs.as_array.tolist() for block in value._mgr.blocks]
    if [place for block in blocks for place in block] != list(range(len(columns))):
        out["blocks"] = blocks  # pandas adds up a row block by block
    if content and small and out["index"] != "range":
        out["labels"] = cells(list(value.index))
        out["keys"] = [summary(name, MOST_DEPTH - 1) for name in value.index.names]
    return {"frame": out}


def class_path(kind):
    return f"{kind.__module__}.{kind.__qualname__}"


class Plain:
    """A summary that is made already."""

    def __init__(self, summary):
        self.summary = summary


def tree_list(array):
    array = array.astype("int64") if array.dtype.kind == "u" else array
    return {"array": {"dtype": str(array.dtype), "shape": list(array.shape), "values": array_cells(array)}}


def default_of(value):
    """What a dict with a `__missing__` has for keys that are not in it, if nothing of the user's has to run for it but an expression."""
    import collections
    import dis

    if type(value) is collections.Counter:
        return 0
    factory = value.default_factory if type(value) is collections.defaultdict else None
    if factory in (int, float, str, bool, list, dict, set):
        return factory()
    plain = isinstance(factory, types.FunctionType) and factory.__name__ == "<lambda>"
    if plain and not any(step.opname.startswith("CALL") for step in dis.get_instructions(factory)):
        return factory()
    return NotImplemented


def column_of(function):
    """Where in its line a lambda's body stands, in bytes: several may be in one."""
    if function.__name__ != "<lambda>" or not hasattr(function.__code__, "co_positions"):
        return ""
    line = function.__code__.co_firstlineno
    columns = [column for first, _, column, _ in function.__code__.co_positions() if first == line and column]
    return f"@{min(columns)}" if columns else ""


def summary(value, depth=0, content=False):
    """What is recorded of a value. `content` asks for all cells of a table that may be a look-up table."""
    out = scalar(value)
    if out is not NotImplemented:
        return out
    if depth >= MOST_DEPTH:
        return {"other": class_path(type(value))}
    kind = type(value)
    if kind in (list, tuple, set, frozenset):
        if len(value) > MOST_ITEMS:
            return {"other": class_path(kind)}
        word = "list" if kind is list else "tuple" if kind is tuple else "set"
        return {word: [summary(item, depth + 1) for item in value]}
    if isinstance(value, dict):
        if len(value) > MOST_ITEMS:
            return {"other": class_path(kind)}
        pairs = [[summary(key, depth + 1), summary(item, depth + 1)] for key, item in value.items()]
        if not hasattr(value, "__missing__") or getattr(value, "default_factory", 0) is None:
            return {"dict": pairs}
        default = default_of(value)
        return {"other": class_path(kind)} if default is NotImplemented else {"defaults": {"pairs": pairs, "default": summary(default, depth + 1)}}
    if kind in (range, type({}.keys()), type({}.values()), type({}.items())):
        return {"list": [summary(item, depth + 1) for item in value]} if len(value) <= MOST_ITEMS else {"other": class_path(kind)}
    pd = sys.modules.get("pandas")
    np = sys.modules.get("numpy")
    if pd is not None:
        if isinstance(value, pd.DataFrame):
            return frame(value, content)
        if isinstance(value, pd.Series):
            return series(value, content)
        if isinstance(value, pd.Index):
            if len(value) > MOST_ITEMS:
                return {"other": class_path(kind)}
            return {"index": {"dtype": str(value.dtype), "labels": cells(list(value))}}
        if isinstance(value, pd.Categorical) or isinstance(value, pd.api.extensions.ExtensionArray):
            return {"array": {"dtype": str(value.dtype), "shape": [len(value)], "values": cells(list(value)) if len(value) <= MOST_ITEMS else None}}
        if isinstance(value, pd.Series.str):
            dtype = value._data.dtype
            return {"texts": "pyarrow" if in_pyarrow(dtype) else "object" if dtype == object else "python"}
        from pandas.core.groupby import GroupBy

        if isinstance(value, GroupBy):
            keys = [value.keys] if not isinstance(value.keys, list) else value.keys
            return {"group": {"keys": [summary(key, depth + 1) for key in keys]}}
        if isinstance(value, pd.CategoricalDtype) and value.categories is None:
            # Its categories will be those of the rows that it is given to.
            return {"other": "pandas.CategoricalDtype"}
        if isinstance(value, np.dtype) or isinstance(value, pd.api.extensions.ExtensionDtype):
            return {"dtype": str(value)}
    if np is not None and isinstance(value, np.ndarray):
        out = {"dtype": str(value.dtype), "shape": list(value.shape)}
        if value.size <= MOST_ITEMS * 4:
            out["values"] = array_cells(value)
        return {"array": out}
    if hasattr(value, "toarray") and hasattr(value, "nnz"):
        return {"array": {"dtype": str(value.dtype), "shape": list(value.shape)}}
    if isinstance(value, types.ModuleType):
        return {"module": value.__name__}
    if isinstance(value, types.FunctionType) and value.__module__ == "__main__":
        return {"function": f"__main__.{value.__name__}:{value.__code__.co_firstlineno}{column_of(value)}"}
    if isinstance(value, (types.FunctionType, types.BuiltinFunctionType, types.MethodType)) or isinstance(value, type):
        return {"function": f"{getattr(value, '__module__', None)}.{getattr(value, '__qualname__', '?')}"}
    if np is not None and isinstance(value, np.ufunc):
        return {"function": f"numpy.{value.__name__}"}
    for is_one, describe in DESCRIBED:
        if is_one(value):
            return describe(value)
    if kind is Plain:
        return value.summary
    import re

    if isinstance(value, re.Pattern):
        return {"pattern": {"pattern": value.pattern, "flags": value.flags}} if isinstance(value.pattern, str) else {"other": "re.Pattern"}
    return {"other": class_path(kind)}
