# table: tables_business.courier_orders
import pandas as pd
import numpy as np
pd.set_option('display.max_columns', 50)

hist = pd.read_csv('train.csv')
new = pd.read_csv('score.csv')
depots = pd.read_csv('depots.csv')

depots['opened'] = depots['opened'].fillna(depots['opened'].mean())
depots = depots.rename(columns={'capacity': 'depot_capacity'})

service_speed = dict(zip(['same_day', 'next_day', 'economy'], [0, 1, 3]))
zone_late = hist.pivot_table(index='dest_zone', columns='service', values='late', aggfunc='mean', fill_value=0)
zone_late.columns = ['late_' + c for c in zone_late.columns]
zone_late = zone_late.reset_index()

def add_features(o):
    o = o.merge(depots, how='left', on='depot', suffixes=('', '_depot'), validate='m:1', indicator=True)
    o['no_depot'] = (o['_merge'] == 'left_only').astype(int)
    o = o.drop(columns='_merge')
    o = o.merge(zone_late, on='dest_zone', how='left')
    o['service'] = o['service'].fillna('economy')
    o['days'] = o['service'].map(service_speed)
    o['volume'] = o.eval('length_cm * width_cm * height_cm / 1000')
    o.eval('density = weight_kg / volume', inplace=True)
    o['girth'] = o[['length_cm', 'width_cm', 'height_cm']].max(axis=1) + 2 * (o[['width_cm', 'height_cm']].sum(axis=1))
    o['bulky'] = o.volume.gt(60) | o.girth.ge(250)
    o['region'] = o['region'].fillna('none')
    o['longest'] = o[['length_cm', 'width_cm', 'height_cm']].idxmax(axis=1)
    return o

hist = add_features(hist)
new = add_features(new)

w = hist.query("late == 0 and weight_kg < 40").weight_kg.median()
hist['weight_kg'] = hist['weight_kg'].fillna(w)
new['weight_kg'] = new['weight_kg'].fillna(w)
new['declared_value'] = new['declared_value'].fillna(hist.groupby('service')['declared_value'].mean().mean())
new['value_band'] = pd.cut(new.declared_value, [0, 20, 50, 150, np.inf], labels=['xs', 's', 'm', 'l']).astype(str)
new['value_band'] = new['value_band'].map({'xs': 0, 's': 1, 'm': 2, 'l': 3})
new['bulky'] = new['bulky'].astype(int)
new['longest'] = new['longest'].str.replace('_cm', '')
new['age_depot'] = 2024 - new['opened']
new['load'] = new['weight_kg'].fillna(0) / new['depot_capacity'].fillna(hist['depot_capacity'].min())
new = new.drop(['order_no', 'depot', 'service', 'opened', 'dest_zone'], axis=1)
new.to_csv('features.csv', index=False)
