# table: tables_life.donors
import pandas as pd
import numpy as np

train = pd.read_csv('train.csv', dtype={'zip': str})
test = pd.read_csv('score.csv', dtype={'zip': str})

state_income = {}
for st in train.state.dropna().unique():
    state_income[st] = train.loc[train.state == st, 'income'].median()
income_all = train.income.median()

for df in [train, test]:
    # titles
    df['title'] = df['name'].str.extract(r' ([A-Za-z]+)\.', expand=False)
    df['title'] = df['title'].replace(['Lady', 'Countess', 'Don', 'Sir', 'Dr', 'Prof', 'Rev', 'Col'], 'Rare')
    df['title'] = df['title'].replace({'Mlle': 'Miss', 'Ms': 'Miss', 'Mme': 'Mrs'})
    df['title_n'] = df['title'].map({'Mr': 1, 'Miss': 2, 'Mrs': 3, 'Master': 4, 'Rare': 5}).fillna(0).astype(int)
    df['surname_len'] = df['name'].apply(lambda n: len(n.split(',')[0]))
    # income
    for i, row in df.iterrows():
        if pd.isnull(row['income']):
            df.at[i, 'income'] = state_income.get(row['state'], income_all)
    df['income_k'] = (df['income'] / 1000).round(1)
    # gifts
    df['last_gift'] = pd.to_datetime(df['last_gift'], format='%Y%m%d', errors='coerce')
    df['months_since'] = ((pd.Timestamp(2019, 1, 1) - df['last_gift']) / np.timedelta64(1, 'D') / 30.4).round()
    df['months_since'] = df['months_since'].fillna(-1)
    df['lapsed'] = df['months_since'].apply(lambda m: 1 if m > 24 else 0)
    df['avg_gift'] = df['total_given'] / df['n_gifts']
    df.loc[df['n_gifts'] == 0, 'avg_gift'] = 0
    df['avg_gift'] = df['avg_gift'].replace([np.inf, -np.inf], np.nan).fillna(0)
    df['big'] = (df['avg_gift'] > 50) & (df['n_gifts'] >= 3)
    df['tier'] = 'bronze'
    df.loc[df['total_given'] > 200, 'tier'] = 'silver'
    df.loc[df['total_given'] > 1000, 'tier'] = 'gold'
    df['zip3'] = df['zip'].str.zfill(5).str[:3]
    df['east'] = df['zip'].str.zfill(5).str[0].astype(int).lt(4)
    # family
    df['household'] = df['adults'] + df['children'].fillna(0)
    df['family'] = pd.cut(df['household'], bins=[0, 1, 4, np.inf], labels=['single', 'small', 'large'])
    df['family_code'] = df['family'].map({'single': 0, 'small': 1, 'large': 2}).astype(float)

zip_rate = train.groupby('zip3')['gave'].mean()
test['zip_rate'] = test['zip3'].map(zip_rate)
test['zip_rate'] = test['zip_rate'].fillna(train['gave'].mean())
pair = train.groupby(['tier', 'lapsed'])['gave'].mean().to_dict()
test['pair_rate'] = [pair.get((t, l), np.nan) for t, l in zip(test['tier'], test['lapsed'])]
test['pair_rate'] = test['pair_rate'].fillna(-1)
pivot = train.pivot_table(index='title', columns='east', values='total_given', aggfunc='mean').fillna(0)
test['title_east_mean'] = test.apply(lambda r: pivot.loc[r['title'], r['east']] if r['title'] in pivot.index else 0.0, axis=1)
test['channel'] = test['channel'].str.lower().map(lambda c: {'mail': 'm', 'email': 'e', 'phone': 'p'}.get(c, 'x'))
test['log_total'] = test['total_given'].apply(np.log1p)
test['age_dec'] = test['age'].fillna(train['age'].mean()).apply(lambda a: int(a // 10) * 10)
keep = ['title_n', 'surname_len', 'income_k', 'months_since', 'lapsed', 'avg_gift', 'big', 'tier', 'zip3', 'east', 'household',
        'family_code', 'zip_rate', 'pair_rate', 'title_east_mean', 'channel', 'log_total', 'age_dec']
final = test[keep]
