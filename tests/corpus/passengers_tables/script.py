"""Passengers: fares and ages from tables of the training rows, dummies aligned by name."""
import numpy as np
import pandas as pd

train_df = pd.read_csv("train.csv")
test_df = pd.read_csv("score.csv")
combine = [train_df, test_df]
for df in combine:
    df['Title'] = df.Name.str.extract(r' ([A-Za-z]+)\.', expand=False)
    df['Deck'] = df['Cabin'].str[0].fillna('U')
    df['TicketPrefix'] = df['Ticket'].apply(lambda t: t.split(' ')[0].replace('.', '').replace('/', '') if ' ' in t else 'NONE')
    df['Surname'] = df['Name'].str.split(',').str[0]
    df['HasDigit'] = df['Ticket'].str.contains(r'\d{5}').astype(int)

title_age = train_df.groupby('Title')['Age'].median()
pclass_fare = train_df.groupby(['Pclass', 'Sex'])['Fare'].mean().reset_index().rename(columns={'Fare': 'GroupFare'})
for df in combine:
    df['Age'] = df['Age'].fillna(df['Title'].map(title_age)).fillna(train_df['Age'].median())
    df['Fare'] = df['Fare'].fillna(train_df['Fare'].median())
test_df = test_df.merge(pclass_fare, on=['Pclass', 'Sex'], how='left')
test_df['FareRatio'] = test_df['Fare'] / test_df['GroupFare']
mode = train_df['Embarked'].mode()[0]
test_df['Embarked'] = test_df['Embarked'].fillna(mode)
_, bins = pd.qcut(train_df['Fare'], 5, retbins=True)
test_df['FareBin'] = pd.cut(test_df['Fare'], bins=bins, labels=False, include_lowest=True)
test_df['AgeBin'] = pd.cut(test_df['Age'], bins=[0, 12, 18, 35, 60, 100], labels=['child', 'teen', 'young', 'adult', 'senior'])
test_df = pd.get_dummies(test_df, columns=['Embarked', 'AgeBin', 'Deck'], dtype=int)
train_df['Embarked'] = train_df['Embarked'].fillna(mode)
train_df['AgeBin'] = pd.cut(train_df['Age'], bins=[0, 12, 18, 35, 60, 100], labels=['child', 'teen', 'young', 'adult', 'senior'])
train_d = pd.get_dummies(train_df, columns=['Embarked', 'AgeBin', 'Deck'], dtype=int)
feats = [c for c in train_d.columns if c.startswith(('Embarked_', 'AgeBin_', 'Deck_'))] + ['Age', 'Fare', 'FareBin', 'FareRatio', 'HasDigit', 'TicketPrefix', 'Surname']
X_test = test_df.reindex(columns=feats, fill_value=0)
