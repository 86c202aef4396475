"""Splits the data, fits two credit models on the features of prepare.py, and exports them to ONNX.

Writes train.csv and score.csv (700 applicants, and the 300 that were held out), model.onnx (gradient-boosted trees), logistic.onnx, and
expected.csv: what pandas and onnxruntime say of the held-out applicants. Needs the packages of xtask/requirements.txt.
"""
import numpy as np
import onnxruntime
import pandas as pd
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

data = pd.read_csv("german_credit.csv")
# The original has no gaps; real forms do.
blank = np.random.default_rng(7)
for column in ["age", "amount", "savings_balance"]:
    data.loc[blank.random(len(data)) < 0.05, column] = None
train, score = train_test_split(data, test_size=300, random_state=7, stratify=data["default"])
train.to_csv("train.csv", index=False)
score.drop(columns="default").to_csv("score.csv", index=False)

import prepare  # reads the two files

X = prepare.X_train.to_numpy(np.float32)
X_score = prepare.X_score.to_numpy(np.float32)
y = np.where(prepare.y, "defaulted", "repaid")
models = {
    "model.onnx": GradientBoostingClassifier(n_estimators=120, max_depth=3, random_state=7),
    "logistic.onnx": LogisticRegression(max_iter=2000),
}
for name, model in models.items():
    model.fit(X, y)
    graph = to_onnx(model, initial_types=[("features", FloatTensorType([None, X.shape[1]]))], target_opset={"": 18, "ai.onnx.ml": 3})
    with open(name, "wb") as file:
        file.write(graph.SerializeToString())
    held_out = np.where(score["default"] == 2, "defaulted", "repaid")
    print(name, "accuracy on held-out rows", round(model.score(X_score, held_out), 3))
    if name == "model.onnx":
        label, scores = onnxruntime.InferenceSession(name).run(None, {"features": X_score})
        expected = pd.DataFrame({"output_label": label, **{f"output_probability_{k}": [s[k] for s in scores] for k in scores[0]}})
        expected.to_csv("expected.csv", index=False)
