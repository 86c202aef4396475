"""Customer churn: renamed columns, conditions, edges and rates per service."""
import pandas as pd, numpy as np
tr = pd.read_csv('train.csv'); te = pd.read_csv('score.csv')
services = {'Yes': 1, 'No': 0, 'No phone service': 0}
def clean(d):
    d = d.copy()
    d.columns = [c.strip().lower() for c in d.columns]
    d['totalcharges'] = d.totalcharges.replace(' ', np.nan).astype(float)
    d['totalcharges'] = d['totalcharges'].fillna(d['monthlycharges'] * d['tenure'])
    d['multiplelines'] = d['multiplelines'].map(services)
    d['electronic'] = d['paymentmethod'].str.lower().str.contains('electronic').astype(int)
    d['auto'] = d['paymentmethod'].str.contains('(automatic)', regex=False).astype(int)
    conditions = [d['tenure'] < 12, d['tenure'].between(12, 36), d['tenure'] > 36]
    d['stage'] = np.select(conditions, ['new', 'mid', 'old'], default='none')
    d['gender'] = d['gender'].map({'Female': 0, 'Male': 1})
    d['contract_len'] = d['contract'].map({'Month-to-month': 1, 'One year': 12, 'Two year': 24})
    d['spend'] = d.apply(lambda r: r['monthlycharges'] * r['contract_len'] if r['seniorcitizen'] == 0 else 0.0, axis=1)
    d['digits'] = np.digitize(d['monthlycharges'], [30, 60, 90])
    d['pos'] = np.searchsorted([30.0, 60.0, 90.0], d['monthlycharges'])
    d['sgn'] = np.sign(d['monthlycharges'] - 60)
    d['cust'] = d['customerid'].str.split('-').str[0].astype(int)
    return d.drop(['customerid', 'paymentmethod', 'contract'], axis='columns')
a = clean(tr); b = clean(te)
freq = a['internetservice'].value_counts(normalize=True)
b['net_freq'] = b['internetservice'].map(freq)
rate = a.groupby('internetservice')['churn'].apply(lambda s: (s == 'Yes').mean()).to_dict()
b['net_rate'] = b['internetservice'].map(lambda k: rate.get(k, 0.5))
q99 = a['monthlycharges'].quantile(.95)
b['monthlycharges'] = b['monthlycharges'].clip(upper=q99)
X_test = b
