# table: rentals
import pandas as pd
import numpy as np

def make_features(df):
    df['datetime'] = pd.to_datetime(df['datetime'])
    df['hour'] = df['datetime'].dt.hour
    df['weekday'] = df['datetime'].dt.dayofweek
    df['month'] = df['datetime'].dt.month
    df['year'] = df['datetime'].dt.year - 2023
    df['is_rush'] = df['hour'].isin([7, 8, 17, 18]) & (df['workingday'] == 1)
    df['hour_sin'] = np.sin(2 * np.pi * df['hour'] / 24)
    df['temp_diff'] = (df['atemp'] - df['temp']).abs()
    df['humid'] = np.where(df['humidity'] > 80, 'high', np.where(df['humidity'] < 40, 'low', 'mid'))
    df['weather'] = df['weather'].clip(upper=3)
    return df

train = make_features(pd.read_csv('train.csv'))
score = make_features(pd.read_csv('score.csv'))
wind = train['windspeed'].mean()
train['windspeed'] = train['windspeed'].fillna(wind)
score['windspeed'] = score['windspeed'].fillna(wind)
score['humid'] = score['humid'].map({'low': 0, 'mid': 1, 'high': 2})
features = score[['hour', 'weekday', 'month', 'year', 'is_rush', 'hour_sin', 'temp_diff', 'humid', 'weather', 'windspeed']]
