# table: tables_text.meters
import datetime as dt
import numpy as np
import pandas as pd

holidays = {dt.date(2022, 1, 1), dt.date(2022, 12, 25), dt.date(2022, 12, 26), dt.date(2023, 1, 1), dt.date(2023, 5, 1)}
compass = {'N': 0, 'NE': 45, 'E': 90, 'SE': 135, 'S': 180, 'SW': 225, 'W': 270, 'NW': 315}

def season(month):
    if month in [12, 1, 2]:
        return 'winter'
    if month in [3, 4, 5]:
        return 'spring'
    if month in [6, 7, 8]:
        return 'summer'
    return 'autumn'

def day_part(h):
    if 5 <= h < 12: return 1
    elif 12 <= h < 17: return 2
    elif 17 <= h < 22: return 3
    return 0

def load(file):
    df = pd.read_csv(file, parse_dates=['timestamp'])
    df['hour'] = df['timestamp'].dt.hour
    df['quarter_hour'] = df['timestamp'].dt.hour * 4 + df['timestamp'].dt.minute // 15
    df['doy'] = df['timestamp'].dt.dayofyear
    df['season'] = df['timestamp'].dt.month.apply(season)
    df['part'] = df['hour'].apply(day_part)
    df['holiday'] = df['timestamp'].apply(lambda t: t.date() in holidays).astype(int)
    df['is_weekend'] = (df['timestamp'].dt.dayofweek > 4).astype(int)
    df['working'] = ((df['holiday'] == 0) & (df['is_weekend'] == 0)).astype(int)
    df['hour_sin'] = np.sin(df['hour'] * (2. * np.pi / 24))
    df['hour_cos'] = np.cos(df['hour'] * (2. * np.pi / 24))
    df['doy_sin'] = np.sin(2 * np.pi * df['doy'] / 365.25)
    df['days_in_month'] = df['timestamp'].dt.days_in_month
    df['elapsed'] = (df['timestamp'] - pd.Timestamp(2022, 1, 1)) / np.timedelta64(1, 'D')
    df['weeks'] = (df['timestamp'] - pd.to_datetime('2022-01-01')).dt.days // 7
    df['temp'] = df['temp'].str.replace('°C', '').astype(float)
    df['wind_dir'] = df['wind'].str.split(' ').str[0].map(compass)
    df['wind_speed'] = df['wind'].str.extract(r'(\d+)km/h', expand=False).astype(float) / 3.6
    df['meter_no'] = df['meter'].apply(lambda m: int(m.split('/')[0].split('-')[1]))
    df['phase'] = df['meter'].str[-1]
    return df

tr = load('train.csv')
te = load('score.csv')
tr['temp'] = tr['temp'].fillna(tr['temp'].mean())
te['temp'] = te['temp'].fillna(tr['temp'].mean())
te['heating'] = te['temp'].apply(lambda t: max(0, 18 - t))
te['cooling'] = te['temp'].apply(lambda t: max(t - 24, 0))
te[['wind_dir', 'wind_speed']] = te[['wind_dir', 'wind_speed']].fillna(0)
by_hour = tr.groupby('hour')['load_kw'].mean()
te['hour_mean'] = te['hour'].map(by_hour)
season_code = {s: i for i, s in enumerate(['winter', 'spring', 'summer', 'autumn'])}
te['season'] = te['season'].map(season_code)
te['phase'] = (te['phase'] == 'B') * 1
test_X = te.drop(columns=['timestamp', 'meter', 'wind'])
