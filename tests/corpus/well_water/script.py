# table: tables_business.wells
import pandas as pd
import numpy as np
from sklearn.preprocessing import KBinsDiscretizer

calib = pd.read_csv('train.csv')
live = pd.read_csv('score.csv')

chem = ['ph', 'hardness', 'solids', 'chloramines', 'sulfate', 'conductivity', 'turbidity']
limits = pd.DataFrame({'lo': calib[chem].quantile(0.01), 'hi': calib[chem].quantile(0.99)})

# WHO guideline flags, before imputing
who = {'ph': (6.5, 8.5), 'sulfate': (0, 250), 'chloramines': (0, 4), 'turbidity': (0, 5)}
for k, (a, b) in who.items():
    live[k + '_ok'] = live[k].between(a, b)
    calib[k + '_ok'] = calib[k].between(a, b)
ok_cols = [k + '_ok' for k in who]
live['n_ok'] = live[ok_cols].sum(axis=1)
live['all_ok'] = live[ok_cols].all(axis=1)
live['any_bad'] = ~live[ok_cols].all(axis=1)
live['n_measured'] = live[chem].count(axis=1)

for c in chem:
    live.loc[live[c] < limits.loc[c, 'lo'], c] = limits.loc[c, 'lo']
    live.loc[live[c] > limits.loc[c, 'hi'], c] = limits.loc[c, 'hi']
    calib[c] = calib[c].clip(limits.loc[c, 'lo'], limits.loc[c, 'hi'])

medians = calib.groupby('potable')[chem].median().mean()
live = live.fillna(medians)
calib = calib.fillna(medians)
live['source'] = live['source'].mask(live['source'].isnull() & (live['depth_m'] > 10), 'well')
live['source'] = live['source'].fillna('unknown')

kb = KBinsDiscretizer(n_bins=4, encode='ordinal', strategy='quantile')
kb.fit(calib[['hardness', 'solids']])
live[['hardness_q', 'solids_q']] = kb.transform(live[['hardness', 'solids']])

live['depth_cat'] = pd.cut(live['depth_m'], bins=3 * [0] + [10, 50, 200] if False else [0, 10, 50, 200], labels=['shallow', 'mid', 'deep'], include_lowest=True)
live['ion_ratio'] = live['conductivity'].divide(live['solids'], fill_value=1)
live['ph_dev'] = live['ph'].sub(7).abs()
live['worst'] = live[['ph', 'turbidity', 'chloramines']].idxmax(axis=1)
score_card = live[['ph_ok', 'sulfate_ok']].astype(int).mul([2, 3]).sum(axis=1)
live['score_card'] = score_card
live['lab'] = live['lab'].map(calib['lab'].value_counts(normalize=True)).fillna(0)
features = live.drop(columns=['source', 'depth_cat']).join(pd.get_dummies(live['depth_cat'], prefix='depth'))
features = features.replace({True: 1, False: 0})
