# table: tables_text.fines
import pandas as pd

df = pd.read_csv('train.csv')
new = pd.read_csv('score.csv')
print(df.shape, new.shape)
df.isnull().sum()

late_by_state = df.groupby('state')['paid_late'].mean().to_dict()
base = df['paid_late'].mean()

def plate_len(p):
    return len(p.replace('-', '').replace(' ', ''))

for d in [df, new]:
    d['fine'] = d['fine'].apply(lambda x: float(x.replace('$', '').replace(',', '')))
    d['issued'] = pd.to_datetime(d['issued'])
    d['hour'] = d['issued'].dt.hour
    d['month'] = d['issued'].dt.month
    d['weekend'] = d['issued'].dt.dayofweek.apply(lambda x: 1 if x >= 5 else 0)
    d['rush'] = d['hour'].apply(lambda h: 1 if h in (7, 8, 9, 16, 17, 18) else 0)
    d['state_rate'] = d['state'].map(late_by_state).fillna(base)
    d['state'] = d['state'].fillna('??').str.strip().str.upper()
    d['in_state'] = (d['state'] == 'NY').astype(int)
    d['plate_len'] = d['plate'].apply(plate_len)
    d['plate_first'] = d['plate'].str[0].apply(lambda c: ord(c) - ord('A'))
    d['violation'] = d['violation'].fillna('unknown').str.lower()
    d['no_parking'] = d['violation'].str.contains('no parking|no standing', regex=True).astype(int)
    d['hydrant'] = d['violation'].apply(lambda v: int('hydrant' in v))
    d['words'] = d['violation'].str.split().str.len()

cols = ['fine', 'hour', 'month', 'weekend', 'rush', 'state_rate', 'in_state', 'plate_len', 'plate_first', 'no_parking', 'hydrant', 'words']
X = df[cols]
y = df['paid_late']
X_new = new[cols]
