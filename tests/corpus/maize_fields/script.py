# table: tables_business.fields
import pandas as pd
import numpy as np
from sklearn.preprocessing import PolynomialFeatures, StandardScaler
from sklearn.linear_model import LinearRegression

df = pd.read_csv('train.csv')
df_score = pd.read_csv('score.csv')
weather = pd.read_csv('weather.csv')

# weather per region and season
weather['season'] = np.where(weather['month'].between(6, 10), 'kharif', 'rabi')
w = weather.pivot_table(index=['region', 'season'], values=['rain_mm', 'temp_c'], aggfunc={'rain_mm': 'sum', 'temp_c': 'mean'}).reset_index()
w_wide = weather.groupby('region')[['rain_mm', 'temp_c']].agg(['min', 'max'])
w_wide.columns = ['_'.join(map(str, c)) for c in w_wide.columns.to_flat_index()]

crop_yield = df.groupby('crop')['yield_t'].mean()
fert = ['none', 'urea', 'dap', 'npk']
npk = ['nitrogen', 'phosphorus', 'potassium']
stat = df[npk + ['soil_ph']].agg(['mean', 'std'])

def fe(data):
    out = data.merge(w, on=['region', 'season'], how='left').join(w_wide, on='region')
    out['rain_mm'] = out['rain_mm'].fillna(w['rain_mm'].mean())
    out['temp_c'] = out['temp_c'].fillna(w['temp_c'].mean())
    for c in npk + ['soil_ph']:
        out[c] = out[c].fillna(stat.loc['mean', c])
        out[c + '_z'] = (out[c] - stat.loc['mean', c]) / stat.loc['std', c]
    out['irrigated'] = out['irrigated'].map({'t': True, 'f': False})
    out['fertilizer'] = out['fertilizer'].fillna('none').apply(lambda f: fert.index(f) if f in fert else len(fert))
    out['crop_mean'] = out['crop'].map(crop_yield).fillna(df['yield_t'].mean())
    out['acidic'] = (out['soil_ph'] < 6).astype(int)
    out['pest_per_ha'] = out['pesticide_kg'] / out['area_ha']
    out['npk_total'] = out[npk].sum(axis=1)
    out['n_share'] = out['nitrogen'] / out['npk_total']
    out['n_missing'] = data[npk + ['soil_ph', 'fertilizer']].isnull().sum(axis=1).values
    out['size'] = pd.cut(out['area_ha'], bins=[-1, 3, 10, 1e6], labels=[0, 1, 2]).astype(int)
    out['dry_hot'] = ((out['rain_mm'] < 350) & (out['temp_c'] > 20) & ~out['irrigated']).astype(int)
    return out

train = fe(df)
test = fe(df_score)
for a, b in [('nitrogen', 'rain_mm'), ('soil_ph', 'temp_c')]:
    train[a + '_x_' + b] = train[a] * train[b]
    test[a + '_x_' + b] = test[a] * test[b]
cols = [c for c in test.columns if test[c].dtype != object and c not in ('field', 'region', 'crop', 'season')]
w_cols = [c for c in cols if c.startswith('rain') or c.startswith('temp')]
train[w_cols] = train[w_cols].fillna(train[w_cols].median())
test[w_cols] = test[w_cols].fillna(train[w_cols].median())
X = test[cols].astype(float)
