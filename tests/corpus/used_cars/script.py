# table: tables_business.used_cars
import pandas as pd
import numpy as np

train = pd.read_csv('train.csv')
test = pd.read_csv('score.csv')
n_train = train.shape[0]
y = np.log(train['Price'])
data = pd.concat([train.drop('Price', axis=1), test], axis=0).reset_index(drop=True)

data['Brand'] = data['Name'].apply(lambda x: x.split()[0])
data['Brand'] = data['Brand'].str.upper()
data['Age'] = 2020 - data['Year']
data['Km_per_year'] = data['Kilometers'] / data['Age']
data['Km_per_year'] = data['Km_per_year'].replace([np.inf, -np.inf], np.nan)

owner = {'First': 1, 'Second': 2, 'Third': 3, 'Fourth & Above': 4}
data['Owner_Type'] = data['Owner_Type'].replace(owner)
data['Transmission'] = np.where(data['Transmission'] == 'Manual', 0, 1)
data['Electricish'] = [1 if f in ('CNG', 'LPG') else 0 for f in data['Fuel_Type']]

# medians of the first n_train rows only
tr_part = data[:n_train]
for col in ['Mileage', 'Engine', 'Power', 'Km_per_year']:
    by_brand = tr_part.groupby('Brand')[col].median()
    data[col] = data[col].fillna(data['Brand'].map(by_brand))
    data[col] = data[col].fillna(tr_part[col].median())
data['Seats'] = data['Seats'].fillna(5).astype(int)

data['Power_per_cc'] = data['Power'] / data['Engine'] * 1000
data['log_km'] = np.log(data['Kilometers'])
brand_price = train.assign(Brand=train['Name'].str.split().str[0].str.upper()).groupby('Brand')['Price'].agg(['mean', 'count'])
brand_price = {b: r['mean'] for b, r in brand_price.iterrows() if r['count'] >= 10}
data['Brand_price'] = data['Brand'].map(brand_price).fillna(train['Price'].mean())
loc_dummies = pd.get_dummies(data[['Location', 'Fuel_Type']], drop_first=True)
data = pd.concat([data, loc_dummies], axis=1)
data['Luxury'] = data['Brand'].isin([b for b, p in brand_price.items() if p > np.mean(list(brand_price.values()))]).astype(int)
data = data.drop(['Name', 'Location', 'Fuel_Type', 'Brand', 'Year'], axis=1)

X_train = data.iloc[:n_train]
X_test = data.iloc[n_train:]
from sklearn.linear_model import Lasso
mdl = Lasso(alpha=0.01).fit(X_train, y)
print('r2', mdl.score(X_train, y))
price = np.exp(mdl.predict(X_test)).round(2)
