"""Writes pandas.parquet, arrow.parquet, plain.parquet and numpy.npz, which tests/forms.rs reads. Made with pandas 3.1, pyarrow 26 and numpy 2.4."""

import pathlib

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

here = pathlib.Path(__file__).parent

when = pd.Series(pd.to_datetime(["2024-01-31", "1969-12-31 23:59:59.999999", None], format="ISO8601"))
pd.DataFrame(
    {
        "flag": [True, False, True],
        "tiny": pd.Series([-128, 0, 127], dtype="int8"),
        "small": pd.Series([0, 1, 65535], dtype="uint16"),
        "natural": pd.Series([0, 1, 4294967295], dtype="uint32"),
        "whole": pd.Series([-(2**63), 0, 2**53], dtype="int64"),
        "gaps": pd.Series([1, None, 3], dtype="Int64"),
        "holes": [1.0, np.nan, 3.0],
        "single": pd.Series([0.5, -0.0, np.inf], dtype="float32"),
        "double": [0.1, np.nan, -np.inf],
        "city": ["Köln", None, ""],
        "kind": pd.Categorical(["a", "b", "a"]),
        "day": pd.Series([19753, 0, -1]).map(lambda d: (pd.Timestamp(0) + pd.Timedelta(days=d)).date()),
        "millis": when.dt.floor("ms").astype("datetime64[ms]"),
        "micros": when.astype("datetime64[us]"),
        "nanos": when.astype("datetime64[ns]"),
        "fine": pd.Series([1, 2, 3]).astype("datetime64[ns]"),
        "zoned": pd.to_datetime(["2024-01-31"] * 3, utc=True),
        "span": pd.to_timedelta([1_500_000, 0, -1], unit="us").astype("timedelta64[ns]"),
        "v": [[1.0, 2.0], [3.0, np.nan], [5.0, 6.0]],
        "ragged": [[1.0, 2.0], [3.0], [5.0, 6.0]],
        "w[0]": [1, 2, 3],
        "w[1]": [4, 5, 6],
    }
).to_parquet(here / "pandas.parquet", index=False)

pq.write_table(
    pa.table({"i": pa.array(range(0, 900, 3), pa.int64()), "j": pa.array([None, 5, 7] * 100, pa.int32())}),
    here / "arrow.parquet",
    use_dictionary=False,
    column_encoding={"i": "DELTA_BINARY_PACKED", "j": "DELTA_BINARY_PACKED"},
    compression="gzip",
    data_page_version="2.0",
)

pq.write_table(pa.table({"x": ["abc", "de"]}), here / "plain.parquet", use_dictionary=False, compression="none")

np.savez_compressed(
    here / "numpy.npz",
    flag=np.array([True, False, True]),
    tiny=np.array([-128, 0, 127], dtype="i1"),
    big=np.array([[-2], [0], [2**40]], dtype=">i8"),
    natural=np.array([0, 1, 2**64 - 1], dtype="u8"),
    single=np.array([0.5, np.nan, np.inf], dtype=">f4"),
    double=np.array([0.1, np.nan, -np.inf]),
    city=np.array(["Köln", "", "𝄞b"]),
    matrix=np.asfortranarray(np.arange(6.0).reshape(3, 2)),
    cube=np.asfortranarray(np.arange(18, dtype="i4").reshape(3, 2, 3)),
    day=np.array(["2024-01-31", "1970-01-01", "NaT"], dtype="M8[D]"),
    when=np.array(["2024-01-31T10:00:00.25", "NaT", "1970-01-01"], dtype=">M8[ns]"),
    span=np.array([1500, 0, -1], dtype="m8[ms]"),
    short=np.array([1.0, 2.0]),
    gaps=np.array([1, 0, 3]),
    **{"gaps.missing": np.array([False, True, False])},
    objects=np.array([1, "two", None], dtype=object),
)
