# table: tables_text.loans
import numpy as np, pandas as pd

train = pd.read_csv('train.csv')
test = pd.read_csv('score.csv')

# clean up the text columns ------------------------------------------------
def emp(x):
    if x == '10+ years':
        return 10
    if x == '< 1 year' or x == 'n/a' or pd.isnull(x):
        return 0
    return int(x.split(' ')[0])

data_with_loan = [train, test]
for d in data_with_loan:
    d['term'] = d['term'].apply(lambda x: int(x.strip().split()[0]))
    d['int_rate'] = d['int_rate'].str.rstrip('%').astype('float') / 100.0
    d['revol_util'] = d['revol_util'].str.replace('%', '').astype(float)
    d['emp_length'] = d['emp_length'].apply(emp)
    d['issue_d'] = pd.to_datetime(d['issue_d'], format='%b-%Y')
    d['earliest_cr_line'] = pd.to_datetime(d['earliest_cr_line'], format='%b-%Y')
    d['cr_years'] = (d['issue_d'] - d['earliest_cr_line']) / np.timedelta64(1, 'D') / 365.25
    d['cr_months'] = (d['issue_d'].dt.year - d['earliest_cr_line'].dt.year) * 12 + d['issue_d'].dt.month - d['earliest_cr_line'].dt.month
    d['issue_year'] = d['issue_d'].apply(lambda t: t.year)
    d['issue_q'] = d['issue_d'].dt.to_period('Q').astype(str)
    d['zip3'] = d['zip_code'].str[:3].astype(int)
    d['grade_letter'] = d['grade'].str[0]
    d['sub'] = d['grade'].str[1].astype(int)
    d['grade_num'] = d['grade'].apply(lambda g: (ord(g[0]) - 65) * 5 + int(g[1]))
    d['emp_title'] = d['emp_title'].fillna('unknown').str.strip().str.lower().replace({'rn': 'registered nurse'})
    d['installment_guess'] = d['amount'] * (d['int_rate'] / 12) / (1 - (1 + d['int_rate'] / 12) ** (-d['term']))

titles = train['emp_title'].value_counts()
test['title_count'] = test['emp_title'].map(titles).fillna(0).astype(int)
test['revol_util'] = test['revol_util'].fillna(train['revol_util'].median())
letters = sorted(train['grade_letter'].unique())
test['grade_letter'] = pd.Categorical(test['grade_letter'], categories=letters).codes
quarters = dict(zip(sorted(train['issue_q'].unique()), range(100)))
test['issue_q'] = test['issue_q'].map(quarters).fillna(-1)
test.drop(['zip_code', 'grade', 'emp_title', 'issue_d', 'earliest_cr_line'], axis=1, inplace=True)
