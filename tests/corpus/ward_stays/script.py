# table: tables_business.ward_stays
'''readmission within 30 days'''
import pandas as pd
import numpy as np

tr = pd.read_csv('train.csv')
te = pd.read_csv('score.csv')

drugs = ['insulin', 'metformin', 'glipizide']
AGE = {'[0-10)': 5, '[30-40)': 35, '[50-60)': 55, '[60-70)': 65, '[70-80)': 75, '[80-90)': 85}

def process(d):
    d = d.drop(columns=['encounter', 'weight'])
    d['age_mid'] = d['age_group'].map(AGE)
    d['n_drugs_changed'] = (d[drugs].isin(['Up', 'Down'])).sum(axis=1)
    d['n_drugs'] = (d[drugs] != 'No').sum(axis=1)
    d['n_kinds'] = d[drugs].nunique(axis=1)
    d['visits'] = d[['outpatient', 'emergency', 'inpatient']].sum(axis=1)
    d['max_visits'] = d[['outpatient', 'emergency', 'inpatient']].max(axis=1)
    d['frequent'] = np.where(d['visits'] > 2, 'Y', 'N')
    d['meds_per_day'] = d['meds'] / d['days']
    d['a1c_tested'] = d['a1c'].notna().astype(int)
    d['a1c'] = pd.Categorical(d['a1c'], categories=['Norm', '>7', '>8'], ordered=True).codes
    d['glucose_hi'] = pd.cut(d['glucose'], [-np.inf, 70, 140, 200, np.inf], labels=['hypo', 'normal', 'pre', 'dia'])
    for c in drugs:
        d[c] = d[c].replace(['Up', 'Down', 'Steady'], 1).replace('No', 0) if False else np.where(d[c] == 'No', 0, 1)
    return d

tr = process(tr)
te = process(te)

num = tr.drop(columns='readmitted').select_dtypes(include='number').columns
for c in num:
    m = tr[c].median()
    tr[c] = tr[c].fillna(m)
    te[c] = te[c].fillna(m)
    if tr[c].nunique() > 20:
        lo, hi = tr[c].quantile(0.02), tr[c].quantile(0.98)
        tr[c] = tr[c].clip(lo, hi)
        te[c] = te[c].clip(lo, hi)

ward_type = pd.CategoricalDtype(categories=sorted(tr['ward'].dropna().unique()))
tr['ward'] = tr['ward'].astype(ward_type)
te['ward'] = te['ward'].astype(ward_type)

cats = ['gender', 'admission', 'frequent', 'glucose_hi']
for c in cats:
    levels = tr[c].astype(str).unique()
    mapping = {v: i for i, v in enumerate(levels)}
    tr[c] = tr[c].astype(str).map(mapping)
    te[c] = te[c].astype(str).map(mapping).fillna(-1).astype(int)

adm_days = tr.groupby('admission')['days'].agg(['mean', 'std', 'max']).add_prefix('adm_days_')
te = te.join(adm_days, on='admission')
te['days_vs_adm'] = (te['days'] - te['adm_days_mean']) / te['adm_days_std']
te = pd.get_dummies(te, columns=['ward'], dtype=int)
te = te.drop(columns=['age_group'])
X = te.copy()
