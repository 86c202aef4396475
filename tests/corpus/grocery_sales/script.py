# table: tables_business.baskets
import numpy as np
import pandas as pd
import gc
import warnings
warnings.filterwarnings('ignore')

def reduce_mem_usage(df, verbose=True):
    numerics = ['int16', 'int32', 'int64', 'float16', 'float32', 'float64']
    start_mem = df.memory_usage().sum() / 1024**2
    for col in df.columns:
        col_type = df[col].dtypes
        if col_type in numerics:
            c_min = df[col].min()
            c_max = df[col].max()
            if str(col_type)[:3] == 'int':
                if c_min > np.iinfo(np.int8).min and c_max < np.iinfo(np.int8).max:
                    df[col] = df[col].astype(np.int8)
                elif c_min > np.iinfo(np.int16).min and c_max < np.iinfo(np.int16).max:
                    df[col] = df[col].astype(np.int16)
                elif c_min > np.iinfo(np.int32).min and c_max < np.iinfo(np.int32).max:
                    df[col] = df[col].astype(np.int32)
    end_mem = df.memory_usage().sum() / 1024**2
    if verbose: print('Mem. usage decreased to {:5.2f} Mb ({:.1f}% reduction)'.format(end_mem, 100 * (start_mem - end_mem) / start_mem))
    return df

train = pd.read_csv('train.csv')
test = pd.read_csv('score.csv')
train = reduce_mem_usage(train)

# store / supplier tables
store_stats = train.groupby('store_nbr').agg({'sales': ['mean', 'median', 'std'], 'stock': 'mean'})
store_stats.columns = ['_'.join(c) for c in store_stats.columns]
store_stats = store_stats.reset_index()
fam_city = train.groupby(['family', 'city'], as_index=False)['sales'].mean().rename(columns={'sales': 'fam_city_sales'})
supplier_cnt = train['supplier'].value_counts()
glob = train['sales'].mean()

test = pd.merge(test, store_stats, how='left', on='store_nbr')
test = pd.merge(test, fam_city, how='left', on=['family', 'city'])
test['fam_city_sales'].fillna(glob)
test['fam_city_sales'] = test['fam_city_sales'].fillna(glob)
test['supplier_cnt'] = test['supplier'].map(supplier_cnt)
test['supplier_cnt'] = test['supplier_cnt'].fillna(0).astype('int32')
for c in ['sales_mean', 'sales_median', 'sales_std', 'stock_mean']:
    test[c] = test[c].fillna(store_stats[c].mean())

test['price'] = test['price'].fillna(train.price.median())
test['has_comp'] = test['competitor_price'].notnull().astype(int)
test.loc[test['competitor_price'].isnull(), 'competitor_price'] = test['price']
test['cheaper'] = (test['price'] < test['competitor_price']).astype(int)
test['gap_pct'] = 100 * (test['price'] - test['competitor_price']) / test['competitor_price']
test['promo_bucket'] = test['onpromotion'].map(lambda n: 0 if n == 0 else 1 if n < 3 else 2)
test['low_stock'] = (test['stock'] < train['stock'].quantile(.1)).astype(int)
test['holiday'] = test['holiday'].map({'none': 0, 'local': 1, 'national': 2}).astype('int8')
test['weekend'] = test['dow'].apply(lambda d: 1 if d >= 5 else 0)
shelf_dummies = pd.get_dummies(train['shelf'], prefix='shelf', dummy_na=True).columns
for c in shelf_dummies:
    test[c] = (test['shelf'] == c.split('_')[1]).astype(int)
test['promo_x_weekend'] = test['onpromotion'] * test['weekend']
test['family'] = test['family'].astype('category').cat.set_categories(sorted(train['family'].unique())).cat.codes
test['city'] = test['city'].map({c: i for i, c in enumerate(train['city'].unique())}).fillna(-1)
del test['shelf']; gc.collect()
test.drop('supplier', axis=1, inplace=True)
