# table: rentals
import pandas as pd
import numpy as np
from sklearn.ensemble import GradientBoostingRegressor

bikes = pd.read_csv('train.csv', parse_dates=['datetime'])
bikes = bikes.sort_values('datetime').reset_index(drop=True)
bikes['hour'] = bikes.datetime.dt.hour
bikes['dow'] = bikes.datetime.dt.dayofweek
bikes['month'] = bikes.datetime.dt.month
bikes['sin_h'] = np.sin(2 * np.pi * bikes.hour / 24)
bikes['cos_h'] = np.cos(2 * np.pi * bikes.hour / 24)
bikes['rush'] = ((bikes.hour.between(7, 9)) | (bikes.hour.between(17, 19))) & (bikes.workingday == 1)
bikes['windspeed'] = bikes['windspeed'].fillna(bikes['windspeed'].mean())
bikes['feel'] = (bikes['temp'] + bikes['atemp']) / 2
bikes = bikes.drop(columns=['atemp'])
cut = pd.Timestamp('2024-06-01')
train = bikes[bikes.datetime < cut]
valid = bikes[bikes.datetime >= cut]
cols = [c for c in bikes.columns if c not in ('datetime', 'count')]
model = GradientBoostingRegressor(n_estimators=15, max_depth=3, random_state=7)
model.fit(train[cols], train['count'])
valid = valid.assign(pred=model.predict(valid[cols]).clip(0))
