# table: patients
import numpy as np, pandas as pd
from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split
from sklearn.impute import SimpleImputer
from sklearn.tree import DecisionTreeClassifier
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import LogisticRegression

d = pd.read_csv('train.csv')
zero = ['Glucose', 'BloodPressure', 'SkinThickness', 'Insulin', 'BMI']
d[zero] = d[zero].replace(0, np.nan)
print(d.isnull().sum())
med = d.groupby('Outcome')['Insulin'].median()
d['NewBMI'] = np.select([d.BMI < 18.5, d.BMI < 25, d.BMI < 30], ['under', 'normal', 'over'], 'obese')
d['GlucoseBand'] = pd.cut(d['Glucose'], [0, 99, 125, 300], labels=['ok', 'pre', 'high'])
d = pd.get_dummies(d, columns=['NewBMI', 'GlucoseBand'], dtype=int)
X = d.drop('Outcome', axis=1)
y = d['Outcome']
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=.25, random_state=5, stratify=y)
imp = SimpleImputer(strategy='median')
X_train = imp.fit_transform(X_train)
X_test = imp.transform(X_test)
skf = StratifiedKFold(5, shuffle=True, random_state=5)
scores = []
for a, b in skf.split(X_train, y_train):
    m = DecisionTreeClassifier(max_depth=4, random_state=0).fit(X_train[a], y_train.iloc[a])
    scores.append(m.score(X_train[b], y_train.iloc[b]))
print(np.mean(scores))
tree = DecisionTreeClassifier(max_depth=4, random_state=0).fit(X_train, y_train)
risk = tree.predict_proba(X_test)[:, 1]
