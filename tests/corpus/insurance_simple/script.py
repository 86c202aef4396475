# table: insured
import pandas as pd
df = pd.read_csv('train.csv')
test = pd.read_csv('score.csv')
for d in [df, test]:
    d['smoker'] = (d['smoker'] == 'yes').astype(int)
    d['sex'] = d['sex'].map({'male': 1, 'female': 0})
    d['bmi_cat'] = pd.cut(d['bmi'], [0, 18.5, 25, 30, 100], labels=[0, 1, 2, 3]).astype(int)
    d['family'] = d['children'].apply(lambda n: 'none' if n == 0 else ('small' if n < 3 else 'large'))
dummies_cols = ['region', 'family']
df = pd.get_dummies(df, columns=dummies_cols)
test = pd.get_dummies(test, columns=dummies_cols).reindex(columns=[c for c in df.columns if c != 'charges'], fill_value=False)
test['age'] = (test['age'] - df['age'].mean()) / df['age'].std()
