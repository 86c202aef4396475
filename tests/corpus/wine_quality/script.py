# table: tables_learn.wines
'''wine quality: impute with neighbours, straighten the skew, extra trees'''
import warnings
warnings.filterwarnings('ignore')

import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesRegressor
from sklearn.impute import KNNImputer
from sklearn.preprocessing import PowerTransformer, StandardScaler
from sklearn.feature_selection import SelectKBest, f_regression

df = pd.read_csv('train.csv')
df_test = pd.read_csv('score.csv')
df.columns = [c.replace(' ', '_') for c in df.columns]
df_test.columns = [c.replace(' ', '_') for c in df_test.columns]
df['type'] = df['type'].map({'red': 0, 'white': 1})
df_test['type'] = df_test['type'].map({'red': 0, 'white': 1})

print(df.describe().T)
print(df.corr()['quality'].sort_values(ascending=False))

y = df.pop('quality')
feats = df.columns.tolist()

imp = KNNImputer(n_neighbors=5, weights='distance')
df = pd.DataFrame(imp.fit_transform(df), columns=feats)
df_test = pd.DataFrame(imp.transform(df_test), columns=feats)

# skewed ones
skewed = [c for c in feats if abs(df[c].skew()) > 0.75 and c != 'type']
pt = PowerTransformer()
df[skewed] = pt.fit_transform(df[skewed])
df_test[skewed] = pt.transform(df_test[skewed])

df['acid_balance'] = df['fixed_acidity'] - df['volatile_acidity']
df_test['acid_balance'] = df_test['fixed_acidity'] - df_test['volatile_acidity']

sel = SelectKBest(f_regression, k=6).fit(df, y)
kept = df.columns[sel.get_support()]
reg = ExtraTreesRegressor(n_estimators=20, max_depth=5, random_state=0)
reg.fit(df[kept], y)
pred = reg.predict(df_test[kept])
result = pd.DataFrame({'pred': pred, 'rounded': np.clip(np.rint(pred), 3, 8).astype(int)})
