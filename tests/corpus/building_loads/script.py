# table: tables_learn.buildings
import pandas as pd
from sklearn import set_config
from sklearn.impute import SimpleImputer
from sklearn.linear_model import ElasticNet, LinearRegression
from sklearn.multioutput import MultiOutputRegressor
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler

set_config(transform_output="pandas")

data = pd.read_csv("train.csv")
rooms = pd.read_csv("score.csv")
targets = ["Heating_Load", "Cooling_Load"]
X = data.drop(targets, axis=1)
Y = data[targets]

prep = make_pipeline(SimpleImputer(), StandardScaler(), PolynomialFeatures(2, include_bias=False, interaction_only=True))
Xp = prep.fit_transform(X)
Rp = prep.transform(rooms[X.columns])
print(Xp.columns[:10])

lin = LinearRegression().fit(Xp, Y)
multi = MultiOutputRegressor(GradientBoostingRegressor(n_estimators=20, max_depth=3, random_state=0)).fit(X.fillna(X.mean()), Y)

base = pd.DataFrame(lin.predict(Rp), columns=[f"{t}_lin" for t in targets], index=rooms.index)
tree = pd.DataFrame(multi.predict(rooms.fillna(X.mean())), columns=[f"{t}_gbm" for t in targets], index=rooms.index)
loads = base.join(tree)
for t in targets:
    loads[t] = loads[[t + "_lin", t + "_gbm"]].mean(axis=1).round(2)
loads["Total"] = loads[targets].sum(axis=1)
