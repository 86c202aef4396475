# table: tables_text.claims
import pandas as pd
import numpy as np
from datetime import datetime

claims = pd.read_csv('train.csv')
hold = pd.read_csv('score.csv')

claims = claims.replace('?', np.nan)
hold = hold.replace('?', np.nan)

def to_flag(v):
    try:
        return {'YES': 1, 'NO': 0}[v]
    except KeyError:
        return -1

def bind_age(text):
    bound = datetime.strptime(text, '%Y-%m-%d')
    return (datetime(2015, 3, 1) - bound).days / 365

def part_of_day(h):
    labels = ['night', 'early', 'morning', 'noon', 'afternoon', 'evening']
    return labels[h // 4]

def note_score(note):
    if type(note) != str:
        return 0
    words = note.lower().replace(',', '').split()
    score = 0
    for w in words:
        if w in ('police', 'witness', 'witnesses'):
            score += 2
        elif w == 'no':
            score -= 1
        if ':' in w:
            break
    return score

sex = {'male': 0, 'm': 0, 'female': 1, 'f': 1}

for d in (claims, hold):
    d[['csl_person', 'csl_accident']] = d['policy_csl'].str.split('/', expand=True).astype(int)
    d['csl_ratio'] = d['csl_accident'] / d['csl_person']
    d['bind_years'] = d['policy_bind_date'].apply(bind_age)
    d['bind_month'] = d['policy_bind_date'].str.split('-').str[1].astype(int)
    d['incident_date'] = pd.to_datetime(d['incident_date'], format='%d-%b-%y')
    d['incident_dow'] = d['incident_date'].dt.strftime('%a')
    d['incident_week'] = d['incident_date'].dt.isocalendar().week.astype('int64')
    d['part'] = d['incident_hour'].apply(part_of_day)
    d['report'] = d['police_report_available'].apply(to_flag)
    d['zip_prefix'] = d['insured_zip'].astype(str).str[:2]
    d['sex'] = d['insured_sex'].str.lower().map(sex).fillna(2).astype(int)
    d['collision'] = d['collision_type'].str.replace(' Collision', '', regex=False).fillna('none')
    d['model_kind'] = np.select([d['auto_model'].str.isnumeric(), d['auto_model'].str.isalpha(), d['auto_model'].str[0].str.isdigit()], [0, 1, 2], default=3)
    d['note'] = d['witness_note'].apply(note_score)
    d['note_time'] = d['witness_note'].str.contains(r'\d{1,2}:\d{2}', na=False).astype(int)
    d['total_claim'] = d['total_claim'].str.replace(',', '').astype(float)
    d['date_num'] = (d['incident_date'] - datetime(2015, 1, 1)).dt.days

dummies = ['incident_dow', 'part', 'collision', 'zip_prefix']
drop = ['policy_bind_date', 'policy_csl', 'incident_date', 'insured_zip', 'insured_sex', 'collision_type', 'auto_model', 'witness_note', 'police_report_available']
X = pd.get_dummies(claims.drop(columns=drop + ['fraud_reported']), columns=dummies)
X_hold = pd.get_dummies(hold.drop(columns=drop), columns=dummies)
X_hold = X_hold.reindex(columns=X.columns, fill_value=0)
