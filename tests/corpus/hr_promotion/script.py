# table: tables_business.promotions
import pandas as pd
import numpy as np

TRAIN_PATH = 'train.csv'
TEST_PATH = 'score.csv'


def fit_stats(df):
    stats = {}
    stats['rating'] = df['previous_year_rating'].median()
    stats['education'] = df['education'].mode()[0]
    stats['dept_score'] = df.groupby('department')['avg_training_score'].mean()
    stats['dept_rank'] = df.groupby('department')['is_promoted'].mean().rank(ascending=False)
    stats['region_freq'] = df['region'].value_counts()
    stats['big_regions'] = df['region'].value_counts().loc[lambda s: s > 20].index.tolist()
    return stats


def prepare(df, stats):
    df = df.copy()
    df = df.fillna({'previous_year_rating': stats['rating'], 'education': stats['education']})
    df = df.assign(
        tenure_ratio=lambda d: d['length_of_service'] / d['age'],
        score_vs_dept=lambda d: d['avg_training_score'] - d['department'].map(stats['dept_score']),
        dept_rank=lambda d: d['department'].map(stats['dept_rank']),
        total_score=lambda d: d['avg_training_score'] * d['no_of_trainings'],
    )
    df['region_cnt'] = df['region'].map(stats['region_freq']).fillna(0).astype(int)
    df.loc[~df['region'].isin(stats['big_regions']), 'region'] = 'other'
    df['age_bin'] = pd.cut(df['age'], bins=[0, 25, 35, 45, 100], labels=['<25', '25-35', '35-45', '45+'], right=False)
    df['star'] = np.where((df['KPIs_met'] == 1) & (df['awards_won'] == 1), 1, 0)
    df['gender'] = df['gender'].replace({'m': 1, 'f': 0})
    edu = {"Below Secondary": 0, "Bachelor's": 1, "Master's & above": 2}
    df['education'] = df['education'].map(edu)
    df['perf'] = df.apply(perf_label, axis=1)
    return df.drop(['employee_id'], axis=1)


def perf_label(row):
    if row['previous_year_rating'] >= 4 and row['KPIs_met'] == 1:
        return 'high'
    elif row['previous_year_rating'] <= 2:
        return 'low'
    else:
        return 'mid'


train = pd.read_csv(TRAIN_PATH)
test = pd.read_csv(TEST_PATH)
target = train['is_promoted']

S = fit_stats(train)
tr = prepare(train, S).drop(columns='is_promoted')
te = prepare(test, S)

cat_cols = ['department', 'region', 'recruitment_channel', 'age_bin', 'perf']
X_train = pd.get_dummies(tr, columns=cat_cols, drop_first=False)
X_test = pd.get_dummies(te, columns=cat_cols).reindex(columns=X_train.columns, fill_value=0)
X_test = X_test.astype(float)
print(X_train.shape, X_test.shape)
