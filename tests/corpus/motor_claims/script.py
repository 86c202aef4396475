# table: tables_business.motor_claims
# Motor third party liability - claim frequency features
# author: actuarial pricing, 2023
import pandas as pd
import numpy as np

train = pd.read_csv('train.csv')
score = pd.read_csv('score.csv')

print(train.shape, score.shape)
print(train.isnull().sum())
print(train.groupby('area')['claim'].mean())

# ---- missing values
age_med = train['driver_age'].median()
train['driver_age'] = train['driver_age'].fillna(age_med)
score['driver_age'] = score['driver_age'].fillna(age_med)

mileage_by_fuel = train.groupby('fuel')['annual_mileage'].median()
train['annual_mileage'] = train['annual_mileage'].fillna(train['fuel'].map(mileage_by_fuel))
score['annual_mileage'] = score['annual_mileage'].fillna(score['fuel'].map(mileage_by_fuel)).fillna(train['annual_mileage'].median())

train['brand'] = train['brand'].fillna('Unknown')
score['brand'] = score['brand'].fillna('Unknown')

# ---- caps at 1% / 99%
lo, hi = train['density'].quantile([0.01, 0.99])
for d in (train, score):
    d['density_c'] = d['density'].clip(lower=lo, upper=hi)
    d['log_density'] = np.log(d['density_c'])
cap = np.percentile(train['annual_mileage'], 98)
train['annual_mileage'] = np.where(train['annual_mileage'] > cap, cap, train['annual_mileage'])
score['annual_mileage'] = np.where(score['annual_mileage'] > cap, cap, score['annual_mileage'])

# ---- bands
conds = [score['driver_age'] < 25, score['driver_age'].between(25, 39), (score['driver_age'] >= 40) & (score['driver_age'] < 65)]
score['age_band'] = np.select(conds, ['young', 'adult', 'mature'], default='senior')
conds = [train['driver_age'] < 25, train['driver_age'].between(25, 39), (train['driver_age'] >= 40) & (train['driver_age'] < 65)]
train['age_band'] = np.select(conds, ['young', 'adult', 'mature'], default='senior')

# ---- group tables of the training set
stats = train.groupby(['area', 'age_band']).agg(seg_rate=('claim', 'mean'), seg_n=('claim', 'size'), seg_exposure=('exposure', 'sum')).reset_index()
score = score.merge(stats, on=['area', 'age_band'], how='left')
train = train.merge(stats, on=['area', 'age_band'], how='left')
score['seg_rate'] = score['seg_rate'].fillna(train['claim'].mean())
score[['seg_n', 'seg_exposure']] = score[['seg_n', 'seg_exposure']].fillna(0)

brand_freq = train['brand'].value_counts(normalize=True).to_dict()
score['brand_freq'] = score['brand'].map(brand_freq).fillna(0)
rare = [b for b, f in brand_freq.items() if f < 0.12]
score['brand_grp'] = score['brand'].where(~score['brand'].isin(rare), 'Other')
score['brand_code'] = score['brand_grp'].map({b: i for i, b in enumerate(sorted(train['brand'].unique()))}).fillna(-1).astype(int)

score['risk'] = score['bonus_malus'] / 100 * score['seg_rate']
score['young_sport'] = ((score['age_band'] == 'young') & score['brand'].isin(['BMW'])).astype('int8')
score['veh_new'] = score['vehicle_age'].le(2) * 1
score['claims_per_year'] = score['prior_claims'].div(score['exposure'])

feature_cols = ['driver_age', 'annual_mileage', 'log_density', 'bonus_malus', 'seg_rate', 'seg_n', 'seg_exposure', 'brand_freq', 'brand_code', 'risk', 'young_sport', 'veh_new', 'claims_per_year']
X_score = score[feature_cols]
