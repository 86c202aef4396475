# table: houses
# -*- coding: utf-8 -*-
import warnings
import numpy as np
import pandas as pd
from scipy.stats import skew
from sklearn.linear_model import Lasso
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, RobustScaler
warnings.filterwarnings('ignore')

data = pd.read_csv('train.csv', index_col=None)
data.info()
print(data.describe())

# outliers
data = data.drop(data[(data['GrLivArea'] > 2500) & (data['SalePrice'] < 100000)].index)

for col in ['GarageType', 'Fence']:
    data[col] = data[col].fillna('None')
for col in ('TotalBsmtSF', 'GarageArea'):
    data[col].fillna(0, inplace=True)
    data[col] = data[col].fillna(0)
data['LotFrontage'] = data.groupby('Neighborhood')['LotFrontage'].transform(lambda x: x.fillna(x.median()))
data['MSZoning'] = data['MSZoning'].fillna(data['MSZoning'].mode()[0])

quality = {'Ex': 5, 'Gd': 4, 'TA': 3, 'Fa': 2, 'Po': 1}
data = data.replace({'ExterQual': quality, 'KitchenQual': quality})
data['CentralAir'] = (data['CentralAir'] == 'Y') * 1

cols = ('Neighborhood', 'GarageType', 'Fence', 'MSZoning')
for c in cols:
    lbl = LabelEncoder()
    lbl.fit(list(data[c].values))
    data[c] = lbl.transform(list(data[c].values))

data['TotalSF'] = data['TotalBsmtSF'] + data['GrLivArea']
data['Age'] = data['YrSold'] - data['YearBuilt']
data['Bath'] = data['FullBath'] + 0.5 * data['HalfBath']

numeric_feats = data.drop(['SalePrice', 'Id'], axis=1).dtypes[data.dtypes != 'object'].index
skewed = data[['LotArea', 'GrLivArea', 'GarageArea', 'TotalSF']].apply(lambda x: skew(x.dropna())).sort_values(ascending=False)
skewed = skewed[abs(skewed) > 0.75]
for feat in skewed.index:
    data[feat] = np.log1p(data[feat])

y = np.log1p(data['SalePrice'])
X = data.drop(['Id', 'SalePrice'], axis=1)
X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.3, random_state=0)
scaler = RobustScaler().fit(X_train)
X_train = pd.DataFrame(scaler.transform(X_train), columns=X_train.columns, index=X_train.index)
X_val = pd.DataFrame(scaler.transform(X_val), columns=X_val.columns, index=X_val.index)
model = Lasso(alpha=0.0005)
model.fit(X_train, y_train)
print('rmse', np.sqrt(mean_squared_error(y_val, model.predict(X_val))))
