# table: houses
import pandas as pd
import numpy as np
train = pd.read_csv('train.csv'); score = pd.read_csv('score.csv')
train = train[train['GrLivArea'] < 4000]
y = np.log1p(train['SalePrice'])
train = train.drop(columns=['SalePrice', 'Id'])
score = score.drop(columns=['Id'])
cat_cols = train.select_dtypes(include='object').columns.tolist()
num_cols = [c for c in train.columns if c not in cat_cols]
for c in num_cols:
    med = train[c].median()
    train[c] = train[c].fillna(med)
    score[c] = score[c].fillna(med)
skewed = [c for c in num_cols if train[c].skew() > 0.75]
for c in skewed:
    train[c] = np.log1p(train[c])
    score[c] = np.log1p(score[c])
X_train = pd.get_dummies(train, columns=cat_cols, drop_first=False)
X_score = pd.get_dummies(score, columns=cat_cols, drop_first=False)
X_train, X_score = X_train.align(X_score, join='left', axis=1, fill_value=0)
