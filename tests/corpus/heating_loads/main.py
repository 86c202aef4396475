# table: tables_trade.buildings
import pandas as pd
from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures
from sklearn.linear_model import LinearRegression
data = pd.read_csv('train.csv')
data.columns = ['compact', 'surface', 'wall', 'roof', 'height', 'orient', 'glazing', 'glaz_dist', 'heat', 'cool']
print(data.corr()['heat'])
data['tall'] = (data['height'] == 7).astype(int)
data['wall_share'] = data['wall'] / data['surface']
train = data[:240]
test = data[240:]
features = ['compact', 'surface', 'wall', 'roof', 'tall', 'glazing', 'wall_share']
sc = MinMaxScaler()
X_train = sc.fit_transform(train[features])
X_test = sc.transform(test[features])
poly = PolynomialFeatures(2, include_bias=False)
X_train = poly.fit_transform(X_train)
X_test = poly.transform(X_test)
lr = LinearRegression()
lr.fit(X_train, train['heat'])
pred = lr.predict(X_test)
