# medal prediction - quick and dirty
import pandas as pd
import numpy as np
from sklearn.preprocessing import LabelEncoder
from sklearn.ensemble import RandomForestClassifier

train = pd.read_csv('train.csv')
score = pd.read_csv('score.csv')
print(train.shape, score.shape)
print(train.isnull().sum())

train['medal'] = train['Medal'].notnull().astype(int)
y = train.pop('medal')
train.drop('Medal', axis=1, inplace=True)

# height and weight: missing -> mean of the sex and sport
means = train.groupby(['Sex', 'Sport'])[['Height', 'Weight']].mean()

def fill_body(df):
    df = df.join(means, on=['Sex', 'Sport'], rsuffix='_mean')
    for c in ['Height', 'Weight']:
        df[c] = df[c].fillna(df[c + '_mean']).fillna(train[c].mean())
        del df[c + '_mean']
    return df

score = fill_body(score)
train = fill_body(train)

for d in (train, score):
    d['BMI'] = d.Weight / (d.Height / 100) ** 2
    d['bmi_class'] = pd.cut(d['BMI'], [0, 18.5, 25, 30, 100], labels=['under', 'normal', 'over', 'obese'])
    d['Season'] = d['Games'].str.split().str[1]
    d['Year'] = d['Games'].str.split().str.get(0).astype(int)
    d['is_summer'] = np.where(d['Season'] == 'Summer', 1, 0)
    d['decade'] = (d['Year'] // 10 * 10).astype(str) + 's'
    d['Age'] = d['Age'].fillna(train['Age'].median())
    d['n_names'] = d['Name'].apply(lambda s: len(s.split()))
    d['married'] = d['Name'].str.contains(r'\(-|-\w+\)', regex=True).astype(int)

top = train['Team'].value_counts().nlargest(5).index.tolist()
train['Team'] = train['Team'].where(train['Team'].isin(top), 'Other')
score['Team'] = score['Team'].where(score['Team'].isin(top), 'Other')

cat = ['Sex', 'bmi_class', 'decade', 'Team']
train_d = pd.get_dummies(train[cat], dtype=int)
score_d = pd.get_dummies(score[cat], dtype=int)
train_d, score_d = train_d.align(score_d, join='left', axis=1, fill_value=0)
num = ['Age', 'Height', 'Weight', 'BMI', 'is_summer', 'n_names', 'married']
X = pd.concat([train[num], train_d], axis=1)
X_score = pd.concat([score[num], score_d], axis=1)

clf = RandomForestClassifier(n_estimators=5, max_depth=4, random_state=1)
clf.fit(X, y)
print(clf.predict(X_score)[:10])
