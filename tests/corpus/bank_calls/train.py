# table: tables_learn.calls
"""Who will take the deposit? Usage: python train.py [--config default]"""
import argparse
import logging
import sys
from pathlib import Path

import pandas as pd

sys.path.append(str(Path(__file__).resolve().parent))

from telesales.config import Config, load_config
from telesales.features import CampaignFeatures
from telesales.model import build_model, score_frame

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
log = logging.getLogger("telesales")


def parse_args(argv=None):
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--config", default="default", choices=["default", "wide"])
    p.add_argument("--threshold", type=float, default=None)
    return p.parse_args(argv)


def main(argv=None) -> pd.DataFrame:
    args = parse_args(argv)
    cfg: Config = load_config(args.config)
    train = pd.read_csv(cfg.train_path)
    score = pd.read_csv(cfg.score_path)
    log.info("train %s score %s", train.shape, score.shape)

    y = (train[cfg.target] == "yes").astype(int)
    builder = CampaignFeatures(cfg)
    X = builder.fit_transform(train)
    log.info("features: %s", ", ".join(X.columns))
    model = build_model(cfg)
    model.fit(X, y)

    threshold = cfg.threshold if args.threshold is None else args.threshold
    return score_frame(model, builder.transform(score), score[cfg.id_column], threshold)


if __name__ == "__main__":
    predictions = main([])
    predictions.to_csv("predictions.csv", index=False)
