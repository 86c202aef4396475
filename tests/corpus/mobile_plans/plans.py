# table: tables_trade.subscribers
import pandas as pd, numpy as np
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler

PLANS = pd.DataFrame({'minutes': [500, 3000], 'sms': [50, 1000], 'mb': [15360, 30720], 'fee': [20, 70], 'per_gb': [10, 7]}, index=['surf', 'ultimate'])

users = pd.read_csv('train.csv', parse_dates=['reg'])
score = pd.read_csv('score.csv', parse_dates=['reg'])
usage = ['minutes', 'sms', 'mb']

def bill(row):
    plan = row['plan']
    total = PLANS.loc[plan, 'fee']
    extra_gb = np.ceil(max(row['mb'] - PLANS.loc[plan, 'mb'], 0) / 1024)
    total += extra_gb * PLANS.loc[plan, 'per_gb']
    total += max(0, row['minutes'] - PLANS.loc[plan, 'minutes']) * 0.03
    return total

def enrich(df):
    df[usage] = df[usage].fillna(0)
    df['bill'] = df.apply(bill, axis=1)
    df['over'] = (df['bill'] > df['plan'].map(PLANS['fee'])).astype(int)
    df['tenure'] = (pd.Timestamp('2018-12-31') - df['reg']).dt.days // 30
    df['brand'] = df['device'].fillna('').str.lower().str.split(' ').str[0]
    df['apple'] = df['brand'] == 'iphone'
    df['state'] = df['city'].str.split().str[-1].str[:2]
    df['ny'] = df['state'].eq('NY')
    return df

users = enrich(users)
score = enrich(score)
score['age'] = score['age'].fillna(users['age'].median()).astype(int)

scaler = StandardScaler()
km = KMeans(n_clusters=3, n_init=5, random_state=12)
users['segment'] = km.fit_predict(scaler.fit_transform(users[usage]))
score['segment'] = km.predict(scaler.transform(score[usage]))
churn = users.pivot_table(index='segment', columns='plan', values='left', aggfunc='mean')
score['segment_churn'] = score.apply(lambda r: churn.loc[r['segment'], r['plan']], axis=1)
score['segment_churn'] = score['segment_churn'].fillna(users['left'].mean())
score = score[['minutes', 'sms', 'mb', 'bill', 'over', 'tenure', 'apple', 'ny', 'age', 'segment', 'segment_churn']]
