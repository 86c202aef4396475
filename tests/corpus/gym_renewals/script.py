# table: tables_text.members
import pandas as pd
import numpy as np
import re
from datetime import timedelta, date

data = pd.read_csv("train.csv")
data_test = pd.read_csv("score.csv")
TODAY = pd.to_datetime("2023-06-30")
DAYS = {"Mon": 0, "Tue": 1, "Wed": 2, "Thu": 3, "Fri": 4, "Sat": 5, "Sun": 6}

def plan_months(p):
    m = re.search(r'\((\d+)m\)', p)
    if m:
        return int(m.group(1))
    else:
        return 1

def clean_phone(p):
    if pd.isna(p): return ''
    p = re.sub('[^0-9+]', '', p)
    if p[:2] == '00':
        p = '+' + p[2:]
    if p.startswith('+44'):
        p = '0' + p[3:]
    return p

def slot_minutes(s):
    day, times = s.split(' ')
    start, end = times.split('-')
    h1, m1 = start.split(':')
    h2, m2 = end.split(':')
    return (int(h2) - int(h1)) * 60 + int(m2) - int(m1)

def tenure_group(days):
    if days < 180:
        return "new"
    elif days < 365:
        return "year1"
    elif days < 730:
        return "year2"
    else:
        return "old"

def process(df):
    df['joined'] = pd.to_datetime(df['joined'], dayfirst=True)
    df['last_visit'] = pd.to_datetime(df['last_visit'], format='%d/%m/%Y', errors='coerce')
    df['tenure'] = (TODAY - df['joined']).dt.days
    df['tenure_weeks'] = (TODAY - df['joined']) // pd.Timedelta('7D')
    df['never'] = df['last_visit'].isna().astype(int)
    df['since_visit'] = (TODAY - df['last_visit']).dt.days.fillna(9999)
    df['active_span'] = (df['last_visit'] - df['joined']).dt.days
    df['renewal'] = df['joined'] + pd.DateOffset(years=1)
    df['renewal_month'] = df['renewal'].dt.month
    df['trial_end_dow'] = (df['joined'] + timedelta(days=14)).dt.dayofweek
    df['expired'] = (df['renewal'] < TODAY).astype(int)
    df['joined_ym'] = df['joined'].dt.year * 100 + df['joined'].dt.month
    df['joined_january'] = df['joined'].dt.month_name().eq('January').astype(int)
    df['group'] = df['tenure'].apply(tenure_group)
    df['age'] = 2023 - df['birth_year']
    df['phone'] = df['phone'].apply(clean_phone)
    df['mobile'] = df['phone'].str.match(r'^07\d{9}$').astype(int)
    df['phone_len'] = df['phone'].str.len()
    df['months'] = df['plan'].apply(plan_months)
    df['plan'] = df['plan'].str.split('(').str[0].str.strip()
    df['slot_len'] = df['slots'].apply(slot_minutes)
    df['slot_day'] = df['slots'].str[:3].map(DAYS)
    df['slot_start'] = pd.to_datetime(df['slots'].str.extract(r'(\d\d:\d\d)')[0], format='%H:%M').dt.hour
    df['fee'] = df['fee'].str.replace(',', '.').str.replace(' EUR', '').astype(float)
    df['fee_day'] = df['fee'] / 30
    df['branch'] = df['member'].str.split('-').str[1]
    df['number'] = df['member'].str.split('-').str[0].astype(int)
    return df

data = process(data)
data_test = process(data_test)
mean_fee = data.groupby('plan')['fee'].transform('mean')
print(mean_fee.head())
plan_fee = data.groupby('plan').fee.mean().to_dict()
data_test['fee_vs_plan'] = data_test.apply(lambda r: r['fee'] - plan_fee.get(r['plan'], r['fee']), axis=1)
data_test['active_span'] = data_test['active_span'].fillna(data['active_span'].median())
for g in ['new', 'year1', 'year2', 'old']:
    data_test['g_' + g] = np.where(data_test['group'] == g, 1, 0)
for b in data['branch'].unique():
    data_test['branch_' + b] = (data_test['branch'] == b).astype(int)
data_test = data_test.drop(['member', 'joined', 'last_visit', 'renewal', 'phone', 'plan', 'slots', 'group', 'branch'], axis=1)
