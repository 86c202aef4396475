# table: tables_life.flats
import re
import pandas as pd
import numpy as np
from sklearn.linear_model import Ridge

train = pd.read_csv('train.csv')
test = pd.read_csv('score.csv')
train = train[train.price.notnull()]

ROOM_WORDS = {'studio': 1, 'one': 1, 'two': 2, 'three': 3, 'four': 4}
CENTER = (52.52, 13.405)


def get_area(s):
    """'85 m2', '~70,5 sqm', '900 sqft' -> square metres"""
    if pd.isnull(s):
        return np.nan
    m = re.search(r'(\d+(?:[.,]\d+)?)\s*(m2|sqm|sqft)?', s.lower())
    if m is None:
        return np.nan
    value = float(m.group(1).replace(',', '.'))
    if m.group(2) == 'sqft':
        value = value * 0.0929
    return round(value, 1)


def get_floor(s):
    s = str(s)
    if s == 'nan':
        return -1
    if s.lower().startswith('ground'):
        return 0
    if '/' in s:
        return int(s.split('/')[0])
    return int(s) if s.isdigit() else -1


def get_top(s):
    parts = str(s).split('/')
    return int(parts[1]) if len(parts) == 2 else 0


def rooms(title):
    t = title.lower()
    for word, n in ROOM_WORDS.items():
        if word in t:
            return n
    found = re.findall(r'(\d+)[ -]?room', t)
    return int(found[0]) if found else 0


def prep(df):
    df = df.copy()
    df['area'] = df['area'].apply(get_area)
    df['floor_no'] = df['floor'].map(get_floor)
    df['floors'] = df['floor'].map(get_top)
    df['is_top'] = ((df.floor_no == df.floors) & (df.floors > 0)) * 1
    df['title'] = df['title'].fillna('')
    df['rooms'] = df['title'].apply(rooms)
    df['n_words'] = df['title'].str.split().apply(len)
    df['n_upper'] = df['title'].apply(lambda x: sum(1 for w in x.split() if w.isupper()))
    df['exclaim'] = df['title'].str.count('!')
    df['has_balcony'] = df['features'].str.contains('balcon', case=False).fillna(False).astype(int)
    df['n_features'] = df['features'].apply(lambda x: len(set(p.strip().lower() for p in x.split(','))) if isinstance(x, str) else 0)
    for feat in ['elevator', 'garden', 'parking', 'cellar']:
        df[feat] = df['features'].fillna('').str.lower().apply(lambda x: int(feat in x))
    df['zip'] = df['address'].str.extract(r'\b(\d{5})\b', expand=False)
    df['district'] = df['zip'].str[:3]
    df['street_type'] = np.select(
        [df['address'].str.contains('allee', case=False, na=False), df['address'].str.contains('platz', case=False, na=False),
         df['address'].str.contains('str', case=False, na=False)], ['avenue', 'square', 'street'], default='other')
    df['built'] = pd.to_numeric(df['built'].str.extract(r'(\d{4})')[0])
    df['age'] = 2024 - df['built']
    df['era'] = pd.cut(df['age'], [-5, 10, 30, 60, 110, 500], labels=['new', 'recent', 'postwar', 'old', 'historic']).astype(object).fillna('na')
    df['center_km'] = np.hypot((df['lat'] - CENTER[0]) * 111.2, (df['lon'] - CENTER[1]) * 67.7)
    return df


tr, te = prep(train), prep(test)
med = tr.groupby('rooms')['area'].median()
for d in [tr, te]:
    d['area'] = d['area'].fillna(d['rooms'].map(med)).fillna(tr['area'].median())
    d['age'] = d['age'].fillna(tr['age'].median())
    d['area_per_room'] = d['area'] / d['rooms'].replace(0, 1)
    d['log_area'] = np.log1p(d['area'])
    d['center_km'] = d['center_km'].fillna(tr['center_km'].mean())
counts = tr['district'].value_counts()
rare = counts[counts < 12].index
te['district'] = te['district'].where(~te['district'].isin(rare) & te['district'].isin(counts.index), 'rare')
tr['district'] = tr['district'].where(~tr['district'].isin(rare), 'rare')
price_m2 = (tr['price'] / tr['area']).groupby(tr['district']).mean()
te['district_m2'] = te['district'].map(price_m2).fillna((tr['price'] / tr['area']).mean())
tr['district_m2'] = tr['district'].map(price_m2).fillna((tr['price'] / tr['area']).mean())
drop = ['title', 'features', 'address', 'floor', 'zip', 'district', 'built', 'id', 'lat', 'lon']
Xtr = pd.get_dummies(tr.drop(drop + ['price'], axis=1), columns=['street_type', 'era'])
Xte = pd.get_dummies(te.drop(drop, axis=1), columns=['street_type', 'era']).reindex(columns=Xtr.columns, fill_value=0)
m = Ridge(alpha=1.0).fit(Xtr, np.log(tr['price']))
Xte['price_hat'] = np.expm1(m.predict(Xte))
