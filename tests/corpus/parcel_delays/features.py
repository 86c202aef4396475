import numpy as np

from cleaning import DEPOTS


def add_ratio(frame, above, below):
    frame["per_" + below] = frame[above] / np.maximum(frame[below], 1)
    return frame


def is_above(column, limit):
    return (column > limit).astype("int64")


def coded(frame):
    for code, depot in enumerate(DEPOTS):
        frame["at_" + depot] = (frame["depot"] == depot).astype("int64")
    return frame.drop(columns=["depot", "parcel"])
