"""Fits two credit models and exports them to ONNX: gradient-boosted trees, and a logistic regression.

Writes model.onnx, logistic.onnx, train.csv and score.csv (700 rows, and the 300 that were held out) and expected.csv (onnxruntime's answers on them).
Needs scikit-learn 1.9, skl2onnx 1.20, onnxruntime 1.32, pandas 3.
"""
import numpy as np
import onnxruntime
import pandas as pd
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

data = pd.read_csv("german_credit.csv")
y = (data.pop("default") == 2).map({True: "defaulted", False: "repaid"})
text = [c for c in data.columns if not pd.api.types.is_numeric_dtype(data[c])]
numbers = [c for c in data.columns if c not in text]
data[numbers] = data[numbers].astype(np.float32)
X_train, X_score, y_train, y_score = train_test_split(data, y, test_size=300, random_state=7, stratify=y)

types = [(c, FloatTensorType([None, 1]) if c in numbers else StringTensorType([None, 1])) for c in data.columns]
feeds = {c: X_score[[c]].to_numpy(np.float32 if c in numbers else object) for c in data.columns}
models = {
    "model.onnx": GradientBoostingClassifier(n_estimators=120, max_depth=3, random_state=7),
    "logistic.onnx": LogisticRegression(max_iter=2000),
}
for name, model in models.items():
    prepare = make_column_transformer((StandardScaler(), numbers), (OneHotEncoder(handle_unknown="ignore"), text))
    pipeline = make_pipeline(prepare, model).fit(X_train, y_train)
    graph = to_onnx(pipeline, initial_types=types, target_opset={"": 18, "ai.onnx.ml": 3})
    with open(name, "wb") as file:
        file.write(graph.SerializeToString())
    print(name, "accuracy on held-out rows", round(pipeline.score(X_score, y_score), 3))
    if name == "model.onnx":
        label, scores = onnxruntime.InferenceSession(name).run(None, feeds)
        expected = pd.DataFrame({"output_label": label, **{f"output_probability_{k}": [s[k] for s in scores] for k in scores[0]}})
        expected.to_csv("expected.csv", index=False)

X_score.to_csv("score.csv", index=False)
X_train.assign(default=y_train.map({"repaid": 1, "defaulted": 2})).to_csv("train.csv", index=False)
