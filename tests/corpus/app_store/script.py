# table: tables_text.apps
import pandas as pd
import numpy as np
from sklearn.preprocessing import LabelEncoder

apps = pd.read_csv('train.csv')
apps_new = pd.read_csv('score.csv')
apps.info()

def change_size(size):
    if 'M' in size:
        x = size[:-1]
        x = float(x) * 1000000
        return x
    elif 'k' == size[-1:]:
        x = size[:-1]
        x = float(x) * 1000
        return x
    else:
        return None

def reviews_num(r):
    if r.endswith('M'):
        return int(float(r.replace('M', '')) * 1e6)
    return int(r)

def price_clean(price):
    if price == '0':
        return 0
    try:
        return float(price[1:])
    except ValueError:
        return np.nan

def installs(x):
    x = x.replace('+', '').replace(',', '')
    return int(x) if x.isdigit() else 0

le = LabelEncoder()
le.fit(apps['Type'])

for d in [apps, apps_new]:
    d['Reviews'] = d['Reviews'].apply(reviews_num)
    d['Size'] = d['Size'].fillna('Varies with device').map(change_size)
    d['Installs'] = d['Installs'].apply(installs)
    d['Price'] = d['Price'].apply(price_clean)
    d['paid'] = le.transform(d['Type'])
    d['main_genre'] = d['Genres'].apply(lambda g: g.split(';')[0])
    d['n_genres'] = d['Genres'].str.count(';') + 1
    d['updated'] = pd.to_datetime(d['Last Updated'])
    d['age_days'] = (pd.Timestamp('2018-08-10') - d['updated']).dt.days
    d['upd_ym'] = d['updated'].dt.strftime('%Y%m').astype(int)
    d['android'] = d['Android Ver'].apply(lambda v: float(str(v)[:3]) if str(v)[:1].isdigit() else 0)
    d['name_words'] = d['App'].str.split(' ').apply(len)
    d['lite'] = d['App'].str.lower().str.contains('lite|free').astype(int)
    d['has_year'] = d['App'].str.contains(r'\(\d{4}\)').astype(int)
    d['category'] = d['Category'].str.replace('_', ' ').str.capitalize()
    d.drop(columns=['App', 'Type', 'Genres', 'Last Updated', 'Android Ver', 'Category', 'updated'], inplace=True)

size_by_cat = apps.groupby('category')['Size'].median()
apps_new['Size'] = apps_new['Size'].fillna(apps_new['category'].map(size_by_cat)).fillna(apps['Size'].median())
apps_new['log_installs'] = np.log10(apps_new['Installs'] + 1)
cat_codes = {c: i for i, c in enumerate(sorted(apps['category'].unique()))}
apps_new['category'] = apps_new['category'].map(cat_codes).fillna(-1)
genres = list(apps['main_genre'].value_counts().index)
apps_new['main_genre'] = apps_new['main_genre'].apply(lambda g: genres.index(g) if g in genres else -1)
