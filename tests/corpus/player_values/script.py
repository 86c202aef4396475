# table: tables_business.players
import pandas as pd, numpy as np
from sklearn.ensemble import GradientBoostingRegressor

train_df = pd.read_csv('train.csv'); test_df = pd.read_csv('score.csv')
skills = ['pace','shooting','passing','dribbling','defending','physical']
all_dfs = [train_df, test_df]
med = train_df[skills].median()
foot_mode = train_df.foot.mode()[0]

def body_type(h, w):
    bmi = w / (h / 100) ** 2
    if bmi < 21: return 'lean'
    if bmi < 24: return 'normal'
    return 'stocky'

body = np.vectorize(body_type)
lg = train_df.groupby('league')['value'].mean().sort_values(ascending=False)
lg_rank = {k: n for n, k in enumerate(lg.index, start=1)}

for df in all_dfs:
    df[skills] = df[skills].fillna(med)
    df['foot'] = df['foot'].fillna(foot_mode)
    df['overall'] = df[skills].mean(axis=1)
    df['best'] = df[skills].max(axis=1)
    df['worst'] = df[skills].min(axis=1)
    df['spread'] = df['best'] - df['worst']
    df['skill_sd'] = df[skills].std(axis=1)
    df['top_skill'] = df[skills].idxmax(axis=1)
    df['n_good'] = (df[skills] > 70).sum(axis=1)
    df['body'] = body(df['height'], df['weight'])
    df['bmi'] = df.weight / (df.height / 100).pow(2)
    df['goals_pm'] = np.where(df.matches > 0, df.goals / df.matches, 0)
    df['contrib'] = df.eval('goals + assists')
    df['prime'] = df['age'].between(24, 29, inclusive='both').astype(int)
    df['age_grp'] = df['age'].apply(lambda a: 'U21' if a < 21 else ('prime' if a <= 29 else 'vet'))
    df['league_rank'] = df['league'].map(lg_rank).fillna(len(lg_rank) + 1)
    df['right'] = df['foot'].eq('right').astype(int)

pos_mean = train_df.groupby('position')[skills].mean().add_suffix('_pos')
for c in skills:
    test_df[c + '_rel'] = test_df[c] - test_df['position'].map(pos_mean[c + '_pos'])
    train_df[c + '_rel'] = train_df[c] - train_df['position'].map(pos_mean[c + '_pos'])

enc_cols = ['position', 'top_skill', 'body', 'age_grp']
for c in enc_cols:
    codes, uniques = pd.factorize(train_df[c], sort=True)
    train_df[c] = codes
    test_df[c] = uniques.get_indexer(test_df[c])

features = [c for c in test_df.columns if c not in ['player', 'league', 'foot']]
gb = GradientBoostingRegressor(n_estimators=20, max_depth=3, random_state=1)
gb.fit(train_df[features], np.log1p(train_df['value']))
X_test = test_df[features]
test_df['pred'] = np.expm1(gb.predict(X_test))
test_df[['player', 'pred']].to_csv('sub.csv', index=False)
