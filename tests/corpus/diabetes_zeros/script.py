# table: patients
import pandas as pd
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
data = pd.read_csv('train.csv')
unseen = pd.read_csv('score.csv')
zero_not_accepted = ['Glucose', 'BloodPressure', 'SkinThickness', 'BMI', 'Insulin']
for column in zero_not_accepted:
    data[column] = data[column].replace(0, np.nan)
    unseen[column] = unseen[column].replace(0, np.nan)
    mean = int(data[column].mean(skipna=True))
    data[column] = data[column].replace(np.nan, mean)
    unseen[column] = unseen[column].replace(np.nan, mean)
X = data.iloc[:, 0:8]
y = data.iloc[:, 8]
sc_X = StandardScaler()
X = sc_X.fit_transform(X)
X_new = sc_X.transform(unseen.iloc[:, 0:8])
clf = LogisticRegression().fit(X, y)
prob = clf.predict_proba(X_new)[:, 1]
