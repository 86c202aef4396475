import numpy as np # linear algebra
import pandas as pd # data processing
import matplotlib.pyplot as plt
from scipy.stats import skew
from sklearn.linear_model import LassoCV

train = pd.read_csv("train.csv")
test = pd.read_csv("score.csv")
all_data = pd.concat((train.loc[:,'Zone':'SaleCond'], test.loc[:,'Zone':'SaleCond']))

#log transform the target:
train["Price"] = np.log1p(train["Price"])

#log transform skewed numeric features:
numeric_feats = all_data.dtypes[all_data.dtypes != "object"].index
numeric_feats = [c for c in all_data.columns if pd.api.types.is_numeric_dtype(all_data[c])]
skewed_feats = train[numeric_feats].apply(lambda x: skew(x.dropna())) #compute skewness
skewed_feats = skewed_feats[skewed_feats > 0.75]
skewed_feats = skewed_feats.index
all_data[skewed_feats] = np.log1p(all_data[skewed_feats])

all_data['Qual'] = all_data['Qual'].map(dict(Po=1, Fa=2, TA=3, Gd=4, Ex=5))
all_data['Alley'] = all_data['Alley'].fillna('None')
all_data['HasGarage'] = all_data['Garage'].apply(lambda x: 0 if pd.isnull(x) or x == 0 else 1)
all_data['Age'] = all_data['Sold'] - all_data['Built']
all_data['Remod'] = (all_data['Remodel'] != all_data['Built']) * 1
all_data['Frontage'] = all_data['Frontage'].fillna(train['Frontage'].mean())

all_data = pd.get_dummies(all_data)
#filling NA's with the mean of the column:
all_data = all_data.fillna(all_data[:train.shape[0]].mean())

#creating matrices for sklearn:
X_train = all_data[:train.shape[0]]
X_submit = all_data[train.shape[0]:]
y = train.Price
model_lasso = LassoCV(alphas = [1, 0.1, 0.001, 0.0005]).fit(X_train, y)
preds = pd.DataFrame({"preds":model_lasso.predict(X_train), "true":y})
coef = pd.Series(model_lasso.coef_, index = X_train.columns)
print("Lasso picked " + str(sum(coef != 0)) + " variables")
