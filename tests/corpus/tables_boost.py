"""Made-up customers with several targets, for models of boosting libraries: a class of two, of three, a number and a count."""
import numpy as np
import pandas as pd


def customers(rng, count):
    frame = pd.DataFrame({
        "age": rng.integers(18, 80, count), "income": np.round(rng.normal(30000, 10000, count), 2), "debt": np.round(rng.exponential(1000, count), 3),
        "visits": rng.poisson(3, count), "member": rng.random(count) > 0.5,
        "city": rng.choice(["Rome", "Oslo", "Bern", "Lyon"], count), "plan": rng.choice(["basic", "plus", "all in"], count),
    })
    score = frame["age"] / 40 + frame["income"] / 30000 - frame["debt"] / 1500 + (frame["city"] == "Oslo") + frame["member"] - 1.5 + rng.normal(0, 0.5, count)
    frame["bought"] = (score > 0).astype(int)
    frame["answer"] = np.where(score > 0.1, "yes", "no")
    frame["level"] = np.select([score < -0.5, score < 0.8], ["low", "mid"], "high")
    frame["spent"] = np.round(score * 10 + 20, 3)
    frame["orders"] = np.maximum(0, np.round(score * 2 + 2)).astype(int)
    frame.loc[rng.random(count) < 0.1, "income"] = np.nan
    frame.loc[rng.random(count) < 0.05, "city"] = None
    return frame


TARGETS = {"customers": ["bought", "answer", "level", "spent", "orders"]}
