CONFIG = {
    "paths": {"train": "train.csv", "test": "score.csv"},
    "target": "popularity",
    "preprocessing": {"n_bins": 4, "spline_knots": 4, "rare": 30},
    "models": ["stack", "forest", "bag"],
}
