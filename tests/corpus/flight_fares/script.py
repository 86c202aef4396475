# table: tables_learn.flights
import re
from functools import partial, reduce
from itertools import combinations

import numpy as np
import pandas as pd
from sklearn.linear_model import HuberRegressor, SGDRegressor
from sklearn.neighbors import KNeighborsRegressor
from sklearn.preprocessing import MinMaxScaler

def to_minutes(text):
    m = re.match(r"(?:(\d+)h)?\s*(?:(\d+)m)?", text)
    hours = int(m.group(1)) if m.group(1) else 0
    minutes = int(m.group(2)) if m.group(2) else 0
    return hours * 60 + minutes

def fill(df, column, value):
    df[column] = df[column].fillna(value)
    return df

def part_of_day(h):
    if 4 <= h < 8: return 'early'
    elif h < 12: return 'morning'
    elif h < 16: return 'noon'
    elif h < 20: return 'evening'
    return 'night'

stops = {'non-stop': 0, '1 stop': 1, '2 stops': 2, '3 stops': 3}
train = pd.read_csv('train.csv')
test = pd.read_csv('score.csv')
mode_stop = train['Total_Stops'].mode()[0]
fillers = [partial(fill, column='Total_Stops', value=mode_stop), partial(fill, column='Dep_hour', value=int(train['Dep_hour'].median()))]

def prepare(df):
    df = reduce(lambda d, f: f(d), fillers, df.copy())
    df['Total_Stops'] = df['Total_Stops'].map(stops)
    df['minutes'] = df['Duration'].apply(to_minutes)
    df['when'] = df['Dep_hour'].map(part_of_day)
    df['business'] = (df['Class'] == 'Business') * 1
    for a, b in combinations(['minutes', 'Days_left', 'Total_Stops'], 2):
        df[f'{a}_x_{b}'] = df[a] * df[b]
    return df.drop(['Duration', 'Class'], axis=1)

train, test = map(prepare, (train, test))
mean_fare = {c: train.groupby(c)['Price'].mean() for c in ('Airline', 'Source', 'when')}
for c, table in mean_fare.items():
    for d in (train, test):
        d[c] = d[c].map(table).fillna(train['Price'].mean())

features = sorted(set(train.columns) - {'Price'})
scaler = MinMaxScaler()
A = scaler.fit_transform(train[features])
B = scaler.transform(test[features])
y = np.log(train['Price'])

models = dict(huber=HuberRegressor(max_iter=500), sgd=SGDRegressor(random_state=0), knn=KNeighborsRegressor(n_neighbors=7, weights='uniform'))
fares = pd.DataFrame(index=test.index)
for name, model in models.items():
    fares[name] = np.exp(model.fit(A, y).predict(B))
fares['median'] = fares.median(axis=1)
