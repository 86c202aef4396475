# table: cars
import pandas as pd
import numpy as np

cars = pd.read_csv("train.csv")
cars["Brand"] = cars["Name"].str.split(" ").str[0]
cars["Mileage"] = cars["Mileage"].str.extract(r"([\d.]+)", expand=False).astype(float)
cars["Engine"] = cars["Engine"].str.replace(" CC", "").astype(float)
cars["Power"] = cars["Power"].replace("null bhp", np.nan).str.split().str[0].astype(float)
cars["Age"] = 2020 - cars["Year"]
owner = {"First": 1, "Second": 2, "Third": 3, "Fourth & Above": 4}
cars["Owner_Type"] = cars["Owner_Type"].map(owner)
train = cars.sample(frac=0.8, random_state=10)
test = cars.drop(train.index)
for col in ["Mileage", "Engine", "Power", "Seats"]:
    med = train[col].median()
    train[col] = train[col].fillna(med)
    test[col] = test[col].fillna(med)
brand_price = train.groupby("Brand")["Price"].mean().to_dict()
train["brand_price"] = train["Brand"].map(brand_price)
test["brand_price"] = test["Brand"].map(brand_price).fillna(train["Price"].mean())
test["km_per_year"] = test["Kilometers_Driven"] / test["Age"].replace(0, 1)
test = pd.get_dummies(test[["Age", "Mileage", "Engine", "Power", "Seats", "brand_price", "km_per_year", "Fuel_Type", "Transmission"]])
columns = ["Fuel_Type_CNG", "Fuel_Type_Diesel", "Fuel_Type_Petrol", "Transmission_Automatic", "Transmission_Manual"]
for c in columns:
    if c not in test.columns:
        test[c] = 0
test = test[["Age", "Mileage", "Engine", "Power", "Seats", "brand_price", "km_per_year"] + columns]
