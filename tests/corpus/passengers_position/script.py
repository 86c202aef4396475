# table: passengers
import re
import numpy as np
import pandas as pd

train = pd.read_csv('train.csv')
test = pd.read_csv('score.csv')
ntrain = train.shape[0]
y_train = train.Survived.values
passenger_id = test['PassengerId']

all_data = pd.concat((train, test), sort=False).reset_index(drop=True)
all_data.drop(['Survived', 'PassengerId'], axis=1, inplace=True)

all_data['Title'] = all_data['Name'].apply(lambda n: re.search(r' ([A-Za-z]+)\.', n).group(1))
all_data['Title'] = all_data['Title'].replace(['Dr', 'Rev'], 'Rare')
all_data['Age'] = all_data.groupby(['Sex', 'Title'])['Age'].transform(lambda s: s.fillna(s.median()))
all_data['Fare'] = all_data['Fare'].fillna(all_data['Fare'].median())
all_data['Embarked'] = all_data['Embarked'].fillna('S')
all_data['HasCabin'] = all_data['Cabin'].notnull().astype(int)
all_data['Deck'] = all_data['Cabin'].str[0].fillna('U')
all_data['FareBin'] = pd.qcut(all_data['Fare'], 4, labels=[0, 1, 2, 3]).astype(int)
all_data['AgeBin'] = pd.cut(all_data['Age'], 5, labels=False)
all_data['Family'] = all_data.SibSp + all_data.Parch + 1
all_data['Alone'] = 0
all_data.loc[all_data['Family'] == 1, 'Alone'] = 1
all_data['Sex'] = all_data['Sex'].map({'male': 0, 'female': 1}).astype(int)
all_data['TicketFreq'] = all_data.groupby('Ticket')['Ticket'].transform('count')
all_data = all_data.drop(['Name', 'Ticket', 'Cabin'], axis=1)
all_data = pd.get_dummies(all_data, columns=['Title', 'Embarked', 'Deck'])

X_train = all_data[:ntrain]
X_test = all_data[ntrain:]
print(X_train.shape, X_test.shape)
