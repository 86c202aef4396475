# table: tables_business.bank_calls
# Term deposit campaign. Glue -> encode -> split back on the target.
import pandas as pd
import numpy as np
from sklearn.preprocessing import LabelEncoder

df_train = pd.read_csv('train.csv')
df_test = pd.read_csv('score.csv')
df_test['y'] = np.nan
full = pd.concat([df_train, df_test], ignore_index=True, sort=False)

full['pdays_never'] = (full['pdays'] == -1).astype(int)
full['pdays'] = full['pdays'].replace(-1, 999)
full['prev_contact'] = full['previous'].gt(0).map({True: 'yes', False: 'no'})
full['balance_neg'] = np.where(full['balance'] < 0, 1, 0)
full['log_balance'] = np.sign(full['balance']) * np.log1p(np.abs(full['balance']))
full['duration_min'] = (full['duration'] / 60).round(2)
full['campaign'] = full['campaign'].clip(upper=10)

for c in ['default', 'housing', 'loan', 'prev_contact']:
    full[c] = (full[c] == 'yes').astype(int)

months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
full['month'] = full['month'].apply(lambda m: months.index(m) + 1)
full['quarter'] = (full['month'] - 1) // 3 + 1

full['job'] = full['job'].astype('category')
full['marital'] = full['marital'].astype('category').cat.codes
full['education'] = pd.Categorical(full['education'], categories=['unknown', 'primary', 'secondary', 'tertiary'], ordered=True).codes
full['contact'], contact_levels = pd.factorize(full['contact'])
full['job_code'] = full['job'].cat.codes
full['poutcome'] = LabelEncoder().fit_transform(full['poutcome'])
full['job_size'] = full.groupby('job', observed=True)['id'].transform('count')

full['age_dec'] = full['age'] // 10 * 10
full['debt'] = full[['default', 'housing', 'loan']].sum(axis=1)
full = full.drop(columns=['id', 'job'])

train_part = full[full['y'].notnull()]
test_part = full[full['y'].isnull()].drop('y', axis=1)
train_X, train_y = train_part.drop('y', axis=1), train_part['y'].astype(int)
test_X = test_part.reset_index(drop=True)
