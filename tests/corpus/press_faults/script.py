# table: tables_life.presses
"""Fault probability of presses, from shift readings."""
import json
from pathlib import Path
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from sklearn.preprocessing import QuantileTransformer
from sklearn.ensemble import RandomForestClassifier

HERE = Path('.')
SENSORS = ['temp_c', 'vibration', 'pressure', 'rpm']
LIMITS = {'temp_c': (10, 140), 'vibration': (0, None), 'pressure': (0.5, 16), 'rpm': (0, 4000)}


@dataclass
class State:
    means: dict = field(default_factory=dict)
    stds: dict = field(default_factory=dict)
    type_stats: pd.DataFrame = None


def read(name):
    df = pd.read_csv(HERE / name, dtype={'machine': str, 'shift': 'category'})
    df['read_at'] = pd.to_datetime(df['read_at'])
    df['serviced'] = pd.to_datetime(df['serviced'], errors='coerce')
    return df


def clean(df):
    df = df.copy()
    for col, (low, high) in LIMITS.items():
        bad = df[col] < low
        if high is not None:
            bad |= df[col] > high
        df.loc[bad, col] = np.nan
    return df


def fit(df):
    st = State()
    for col in SENSORS:
        st.means[col] = df[col].mean()
        st.stds[col] = df[col].std(ddof=0)
    st.type_stats = df.groupby('type')[SENSORS].agg(['mean', 'std'])
    st.type_stats.columns = ['_'.join(c) for c in st.type_stats.columns]
    return st


def build(df, st):
    out = pd.DataFrame(index=df.index)
    out['machine_no'] = df['machine'].str.lstrip('PM').str.lstrip('-').astype(int)
    out['line'] = df['machine'].str.slice(0, 2).map({'PM': 0, 'PR': 1}).fillna(2)
    for col in SENSORS:
        filled = df[col].fillna(st.means[col])
        out[col] = filled
        out[f'{col}_z'] = (filled - st.means[col]) / st.stds[col]
        out[f'{col}_na'] = df[col].isna().astype('uint8')
    typed = df[['type']].merge(st.type_stats, left_on='type', right_index=True, how='left')
    for col in SENSORS:
        out[f'{col}_vs_type'] = ((out[col] - typed[f'{col}_mean']) / typed[f'{col}_std']).fillna(0)
    out['n_high'] = (out[[f'{c}_z' for c in SENSORS]] > 1.5).sum(axis=1)
    out['max_z'] = out.filter(like='_z').abs().max(axis=1)
    age = df['read_at'] - df['serviced']
    out['days_since_service'] = age.dt.days.fillna(999).clip(0, 999).astype(int)
    out['overdue'] = out['days_since_service'].ge(90).mul(out['days_since_service'].sub(90)).div(30)
    out['hour'] = df['read_at'].dt.hour
    out['shift_ok'] = ((out['hour'].between(6, 13)) & (df['shift'] == 'early') | out['hour'].between(14, 21) & (df['shift'] == 'late')
                       | ((out['hour'] >= 22) | (out['hour'] < 6)) & (df['shift'] == 'night')).astype(int)
    out['shift_code'] = df['shift'].astype(str).map({'early': 1, 'late': 2, 'night': 3}).fillna(0)
    out['thermal_load'] = np.where(out['rpm'] > 0, out['temp_c'] * np.sqrt(out['pressure']) / np.maximum(out['rpm'], 1), 0.0)
    errs = df['error_codes'].fillna('')
    out['n_err'] = errs.apply(lambda s: 0 if not s else s.count('|') + 1)
    out['worst_err'] = errs.apply(lambda s: max([int(e[1:]) for e in s.split('|') if e.startswith('E')], default=0))
    out['has_e9'] = errs.str.contains(r'\bE9\b').astype(int)
    return out


hist = clean(read('train.csv'))
now = clean(read('score.csv'))
state = fit(hist)
with open('means.json', 'w') as fh:
    json.dump(state.means, fh)
X = build(hist, state)
X_score = build(now, state)
qt = QuantileTransformer(n_quantiles=40, output_distribution='uniform', random_state=0)
X['thermal_load'] = qt.fit_transform(X[['thermal_load']])
X_score['thermal_load'] = qt.transform(X_score[['thermal_load']])
clf = RandomForestClassifier(n_estimators=20, max_depth=5, class_weight='balanced', random_state=11)
clf.fit(X, hist['fault'])
X_score['p_fault'] = clf.predict_proba(X_score)[:, list(clf.classes_).index(1)]
X_score['alarm'] = pd.cut(X_score['p_fault'], [0, .3, .6, 1], labels=['ok', 'watch', 'stop'], include_lowest=True).astype(str)
