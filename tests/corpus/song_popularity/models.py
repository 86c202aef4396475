from sklearn.ensemble import BaggingRegressor, RandomForestRegressor, StackingRegressor
from sklearn.linear_model import Lasso, Ridge
from sklearn.tree import DecisionTreeRegressor

FACTORY = {
    "forest": lambda: RandomForestRegressor(n_estimators=15, max_depth=4, random_state=3),
    "bag": lambda: BaggingRegressor(DecisionTreeRegressor(max_depth=3, random_state=3), n_estimators=8, max_features=0.7, random_state=3),
    "stack": lambda: StackingRegressor([("ridge", Ridge()), ("lasso", Lasso(alpha=0.05)), ("tree", DecisionTreeRegressor(max_depth=3, random_state=3))], final_estimator=Ridge(alpha=0.1)),
}


def get_model(name):
    try:
        return FACTORY[name]()
    except KeyError:
        raise ValueError(f"unknown model {name}")
