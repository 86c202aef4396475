"""Parcels of today, ready for the delay model. `python script.py --heavy 12` overrides what is heavy."""
import argparse
import os
import sys
from pathlib import Path

import pandas as pd

import features
from cleaning.text import tidy
from features import add_ratio as ratio

DATA = os.path.join("data")
HERE = Path(__file__).parent


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--heavy", type=float, default=10.0)
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


def prepare(parcels, usual, heavy):
    parcels = parcels.copy()
    parcels["weight"] = parcels["weight"].fillna(usual)
    parcels["heavy"] = features.is_above(parcels["weight"], heavy)
    parcels["depot"] = parcels["depot"].apply(tidy)
    parcels = ratio(parcels, "weight", "stops")
    return features.coded(parcels)


if __name__ == "__main__":
    args = arguments()
    if args.verbose or len(sys.argv) > 1:
        print("verbose")
    train = pd.read_csv(HERE / "data" / "train.csv")
    today = pd.read_csv(os.path.join(DATA, "score.csv"))
    usual = train["weight"].median()
    X_train = prepare(train.drop(columns="late"), usual, args.heavy)
    X_test = prepare(today, usual, args.heavy)
