# table: staff
import pandas as pd
from sklearn.preprocessing import LabelEncoder, StandardScaler


def clean(frame):
    frame = frame.copy()
    frame.columns = frame.columns.str.replace('?', '', regex=False).str.strip()
    frame['education'] = frame['education'].fillna('Unknown')
    frame['previous_year_rating'] = frame['previous_year_rating'].fillna(0)
    frame['region'] = frame['region'].str.split('_').str[-1].astype(int)
    return frame


train = clean(pd.read_csv('train.csv'))
test = clean(pd.read_csv('score.csv'))
target = train.pop('is_promoted')
full = pd.concat([train, test], keys=['train', 'test'])
full['first_year'] = full['length_of_service'].eq(1)
full['score_per_training'] = full['avg_training_score'] / full['no_of_trainings']
full['dept_score'] = full['department'].map(full.groupby('department')['avg_training_score'].mean())
full['above_dept'] = full['avg_training_score'] - full['dept_score']
region_size = full['region'].value_counts()
full['region_size'] = full['region'].map(region_size)
full['rare_region'] = full['region'].apply(lambda r: region_size[r] < 20)
encoders = {}
for column in full.select_dtypes(include=['object', 'string']).columns:
    encoders[column] = LabelEncoder()
    full[column] = encoders[column].fit_transform(full[column])
full = full.drop('employee_id', axis=1)
X = full.loc['train']
X_test = full.loc['test']
scaler = StandardScaler()
X_scaled = scaler.fit_transform(X)
X_test_scaled = scaler.transform(X_test)
