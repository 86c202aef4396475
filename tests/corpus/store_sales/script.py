"""Store sales: a table of stores and means per store and weekday beside each row."""
import pandas as pd
import numpy as np

def load(path):
    return pd.read_csv(path, low_memory=False, dtype={'StateHoliday': str})

train, test, store = load('train.csv'), load('score.csv'), load('store.csv')
store['CompetitionDistance'] = store['CompetitionDistance'].fillna(store['CompetitionDistance'].median())
store['PromoInterval'] = store['PromoInterval'].fillna('')
store.fillna({'CompetitionOpenSinceMonth': 0, 'CompetitionOpenSinceYear': 0}, inplace=True)
train = train[train['Open'] != 0]
train = train[train['Sales'] > 0]
test['Open'] = test['Open'].fillna(1)
train = pd.merge(train, store, on='Store')
test = pd.merge(test, store, on='Store', how='left')

def build_features(features, data):
    data = data.copy()
    data['Date'] = pd.to_datetime(data['Date'], format='%d/%m/%Y')
    features.extend(['Store', 'CompetitionDistance', 'Promo', 'SchoolHoliday'])
    mappings = {'0': 0, 'a': 1, 'b': 2, 'c': 3, 'd': 4}
    data['StoreType'] = data['StoreType'].map(mappings)
    data['Assortment'] = data['Assortment'].map(mappings)
    data['StateHoliday'] = data.StateHoliday.map(mappings)
    features.extend(['StoreType', 'Assortment', 'StateHoliday'])
    data['Year'] = data.Date.dt.year
    data['Month'] = data.Date.dt.month
    data['WeekOfYear'] = data.Date.dt.isocalendar().week
    features.extend(['Year', 'Month', 'WeekOfYear'])
    data['CompetitionOpen'] = 12 * (data.Year - data.CompetitionOpenSinceYear) + (data.Month - data.CompetitionOpenSinceMonth)
    month2str = {1: 'Jan', 2: 'Feb', 3: 'Mar', 4: 'Apr', 5: 'May', 6: 'Jun', 7: 'Jul', 8: 'Aug', 9: 'Sept', 10: 'Oct', 11: 'Nov', 12: 'Dec'}
    data['monthStr'] = data.Month.map(month2str)
    data['IsPromoMonth'] = data.apply(lambda r: 1 if r['monthStr'] in str(r['PromoInterval']).split(',') else 0, axis=1)
    features.extend(['CompetitionOpen', 'IsPromoMonth'])
    return data

features = []
train = build_features(features, train)
test = build_features([], test)
means = train.groupby(['Store', 'DayOfWeek'])['Sales'].agg(['mean', 'median', 'count']).reset_index()
test = test.merge(means, on=['Store', 'DayOfWeek'], how='left', indicator=True)
test['seen'] = (test['_merge'] == 'both').astype(int)
test[['mean', 'median']] = test[['mean', 'median']].fillna(train['Sales'].mean())
test['count'] = test['count'].fillna(0).astype(int)
X = test[features + ['mean', 'median', 'count', 'seen']]
X_test = X
