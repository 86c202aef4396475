# table: tables_boost.customers
import numpy as np
import pandas as pd
from catboost import CatBoostClassifier
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import BaggingRegressor, RandomForestClassifier, StackingClassifier, StackingRegressor, VotingClassifier, VotingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder, StandardScaler
from xgboost import XGBClassifier, XGBRegressor

train = pd.read_csv("train.csv")
score = pd.read_csv("score.csv")
numbers, texts = ["age", "income", "debt", "visits"], ["city", "plan"]
few = {"n_estimators": 4, "n_jobs": 1}
xgb_class, xgb_number = XGBClassifier(max_depth=3, **few), XGBRegressor(max_depth=3, **few)
lgb_class, lgb_number = LGBMClassifier(num_leaves=6, verbose=-1, **few), LGBMRegressor(num_leaves=6, verbose=-1, **few)
cat_class = CatBoostClassifier(iterations=4, depth=3, verbose=0, thread_count=1, allow_writing_files=False)

# At the end of a pipeline, on a dense array and on a sparse one, of which XGBoost takes what is not stored for missing.
dense = ColumnTransformer([("n", make_pipeline(SimpleImputer(), StandardScaler()), numbers), ("t", OneHotEncoder(handle_unknown="ignore"), texts)])
sparse = ColumnTransformer([("t", OneHotEncoder(handle_unknown="ignore"), texts), ("b", KBinsDiscretizer(12), ["age", "debt"])])
assert sparse.fit(train).sparse_output_ and not dense.fit(train).sparse_output_
out = pd.DataFrame({"dense": make_pipeline(dense, xgb_number).fit(train, train["spent"]).predict(score)})
out["of_sparse"] = make_pipeline(sparse, xgb_number).fit(train, train["spent"]).predict(score)
out["of_sparse_lgb"] = make_pipeline(sparse, lgb_class).fit(train, train["answer"]).predict_proba(score)[:, 1]

# Inside scikit-learn's own. Where all members answer in float32, what is made of them is float32.
X, S = train[numbers].fillna(0.0), score[numbers].fillna(0.0)
votes = VotingClassifier([("x", xgb_class), ("l", lgb_class), ("r", RandomForestClassifier(4, max_depth=3, random_state=0))], voting="soft")
out["votes"] = votes.fit(X, train["answer"]).predict_proba(S)[:, 1]
two = [("x", XGBClassifier(max_depth=2, **few)), ("y", xgb_class)]
out["votes_alike"] = VotingClassifier(two, voting="soft").fit(X, train["bought"]).predict_proba(S)[:, 1]
out["stack"] = StackingClassifier([("x", xgb_class), ("l", lgb_class), ("c", cat_class)], LogisticRegression(), cv=2).fit(X, train["answer"]).predict(S)
out["stack_alike"] = StackingClassifier(two, LogisticRegression(), cv=2).fit(X, train["answer"]).predict_proba(S)[:, 1]
pair = [("x", XGBRegressor(max_depth=2, **few)), ("y", xgb_number)]
out["mean"] = VotingRegressor(pair).fit(X, train["spent"]).predict(S)
out["stack_number"] = StackingRegressor(pair, cv=2).fit(X, train["spent"]).predict(S)
out["bag"] = BaggingRegressor(xgb_number, 3, random_state=0).fit(X, train["spent"]).predict(S)
out["sigmoid"] = CalibratedClassifierCV(xgb_class, cv=2).fit(X, train["bought"]).predict_proba(S)[:, 1]
out["steps"] = CalibratedClassifierCV(xgb_class, cv=2, method="isotonic").fit(X, train["bought"]).predict_proba(S)[:, 1]
out[["high", "low", "mid"]] = OneVsRestClassifier(xgb_class).fit(X, train["level"]).predict_proba(S)
out[["spent", "orders"]] = MultiOutputRegressor(lgb_number).fit(X, train[["spent", "orders"]]).predict(S)
out["logs"] = TransformedTargetRegressor(xgb_number, func=np.log1p, inverse_func=np.expm1).fit(X, train["orders"]).predict(S)
out["searched"] = GridSearchCV(lgb_number, {"num_leaves": [3, 6]}, cv=2).fit(X, train["spent"]).predict(S)
