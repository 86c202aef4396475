# table: tables_text.tickets
import pandas as pd
import string

train = pd.read_csv("train.csv"); test = pd.read_csv("score.csv")
URGENT = ["urgent", "asap", "help", "crash", "cannot"]

def upper_ratio(s):
    letters = [c for c in s if c.isalpha()]
    if len(letters) == 0: return 0
    return sum(1 for c in letters if c.isupper()) / len(letters)

def punct(s):
    return sum([1 for c in s if c in string.punctuation])

def make(df):
    f = pd.DataFrame({'id': df['id']})
    f['chars'] = df['subject'].apply(len)
    f['n_words'] = df['subject'].apply(lambda x: len(x.split()))
    f['upper'] = df['subject'].apply(upper_ratio).round(4)
    f['punct'] = df['subject'].apply(punct)
    f['question'] = df['subject'].str.endswith('?').astype(int)
    f['exclaim'] = df['subject'].apply(lambda x: x.count('!'))
    f['urgent'] = df['subject'].apply(lambda x: any(w in x.lower() for w in URGENT)).astype(int)
    f['reply'] = df['subject'].apply(lambda x: x.lower().startswith(('re:', 'fw:', 'fwd:'))).astype(int)
    f['has_digit'] = df['subject'].apply(lambda x: any(ch.isdigit() for ch in x)).astype(int)
    f['avg_word'] = df['subject'].apply(lambda x: sum(len(w) for w in x.split()) / len(x.split()))
    f['longest'] = df['subject'].apply(lambda x: max(len(w) for w in x.split()))
    f['title_words'] = df['subject'].apply(lambda x: len([w for w in x.split() if w.istitle()]))
    f['order_no'] = df['subject'].str.extract('#([0-9]+)').astype(float).fillna(0)
    dt = pd.to_datetime(df['created_at'], format='%m/%d/%Y %I:%M %p')
    f['hour'] = dt.dt.hour
    f['dow'] = dt.dt.weekday
    f['business'] = ((dt.dt.hour >= 9) & (dt.dt.hour < 17) & (dt.dt.weekday < 5)).astype(int)
    f['week'] = dt.dt.isocalendar().week.astype(int)
    prod = df['product'].fillna('none-0')
    f['family'] = prod.apply(lambda p: p.split('-')[0])
    f['version'] = prod.apply(lambda p: float(p.split('-')[1]) if '-' in p else 0.0)
    tags = df['tags'].fillna('').apply(lambda t: [x.strip() for x in t.split(',')] if t else [])
    f['n_tags'] = tags.apply(len)
    f['vip'] = tags.apply(lambda t: 'vip' in t).astype(int)
    f['big'] = df['body_chars'] > 1000
    return f

tr = make(train)
feat = make(test)
rate = train.groupby(tr['family'])['escalated'].mean()
feat['family_rate'] = feat['family'].map(rate).fillna(train['escalated'].mean())
feat = feat.drop('family', axis=1)
