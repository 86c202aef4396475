# table: tables_text.deliveries
import numpy as np
import pandas as pd

train = pd.read_csv('train.csv')
test = pd.read_csv('score.csv')

# target is like "(min) 24"
train['Time_taken(min)'] = train['Time_taken(min)'].apply(lambda x: int(x.split(' ')[1].strip()))


def update_column_name(df):
    df.rename(columns={'Weatherconditions': 'Weather_conditions', 'Time_Orderd': 'Time_Ordered'}, inplace=True)


def extract_column_value(df):
    df['Weather_conditions'] = df['Weather_conditions'].apply(lambda x: x.split(' ')[1].strip())
    df['City_code'] = df['Delivery_person_ID'].str.split("RES", expand=True)[0]
    df['ID'] = df['ID'].str.strip()
    df['id_num'] = df['ID'].apply(lambda v: int(v, 16))


def convert_nan(df):
    df.replace('NaN', float(np.nan), regex=True, inplace=True)


def update_datatype(df):
    df['Delivery_person_Age'] = df['Delivery_person_Age'].astype('float64')
    df['multiple_deliveries'] = df['multiple_deliveries'].astype('float64')
    df['Order_Date'] = pd.to_datetime(df['Order_Date'], format="%d-%m-%Y")


def date_features(data):
    data["day"] = data.Order_Date.dt.day
    data["quarter"] = data.Order_Date.dt.quarter
    data['day_of_week'] = data.Order_Date.dt.day_of_week.astype(int)
    data["is_month_start"] = data.Order_Date.dt.is_month_start.astype(int)
    data["is_month_end"] = data.Order_Date.dt.is_month_end.astype(int)
    data['is_weekend'] = np.where(data['day_of_week'].isin([5, 6]), 1, 0)


def time_diff(df):
    df['Time_Ordered'] = pd.to_timedelta(df['Time_Ordered'])
    df['Time_Order_picked'] = pd.to_timedelta(df['Time_Order_picked'])
    df['picked_at'] = df['Order_Date'] + np.where(df['Time_Order_picked'] < df['Time_Ordered'], pd.DateOffset(days=1), pd.DateOffset(days=0)) + df['Time_Order_picked']
    df['ordered_at'] = df['Order_Date'] + df['Time_Ordered']
    df['prep_minutes'] = (df['picked_at'] - df['ordered_at']).dt.total_seconds() / 60
    df['prep_minutes'] = df['prep_minutes'].fillna(10)


for frame in (train, test):
    update_column_name(frame)
    extract_column_value(frame)
    convert_nan(frame)
    update_datatype(frame)
    date_features(frame)

for frame in (train, test):
    frame['order_seconds'] = pd.to_timedelta(frame['Time_Ordered']).dt.total_seconds()
    picked = pd.to_timedelta(frame['Time_Order_picked']).dt.total_seconds()
    wait = (picked - frame['order_seconds']) / 60
    frame['prep_minutes'] = np.where(wait < 0, wait + 24 * 60, wait)
    frame['prep_minutes'] = frame['prep_minutes'].fillna(10)
    frame['hour'] = frame['Time_Ordered'].str[:2].astype(float)
    frame['traffic'] = frame['Road_traffic_density'].str.strip().map({'Low': 0, 'Medium': 1, 'High': 2, 'Jam': 3})

age = train['Delivery_person_Age'].median()
test['Delivery_person_Age'] = test['Delivery_person_Age'].fillna(age)
test['multiple_deliveries'] = test['multiple_deliveries'].fillna(train['multiple_deliveries'].mode()[0])
test['traffic'] = test['traffic'].fillna(train['traffic'].mode()[0])
test['hour'] = test['hour'].fillna(-1)
test['slot'] = pd.cut(test['hour'], [-2, -0.5, 6, 11, 15, 19, 24], labels=[0, 1, 2, 3, 4, 5]).astype(int)
test = test[['id_num', 'Delivery_person_Age', 'multiple_deliveries', 'traffic', 'hour', 'slot', 'prep_minutes', 'day', 'quarter', 'day_of_week', 'is_month_start', 'is_month_end', 'is_weekend', 'City_code', 'Weather_conditions']]
