"""Made-up tables in the shapes of public competitions: each function gives `count` rows with a target, the same for the same seed."""
import numpy as np
import pandas as pd


def holes(rng, frame, **shares):
    for column, share in shares.items():
        frame.loc[rng.random(len(frame)) < share, column] = None
    return frame


def passengers(rng, count):
    title = rng.choice(["Mr", "Mrs", "Miss", "Master", "Dr", "Rev"], count, p=[0.5, 0.15, 0.2, 0.08, 0.04, 0.03])
    sex = np.where(np.isin(title, ["Mrs", "Miss"]), "female", "male")
    name = [f"{a}, {t}. {b}" for a, t, b in zip(rng.choice(["Smith", "O'Neil", "Braund", "Müller"], count), title, rng.choice(["John", "Ann", "Kate", "Owen"], count))]
    cabin = [None if r < 0.7 else f"{rng.choice(list('ABCDEF'))}{rng.integers(1, 130)}" for r in rng.random(count)]
    frame = pd.DataFrame({
        "PassengerId": np.arange(1, count + 1), "Survived": (rng.random(count) < np.where(sex == "female", 0.7, 0.25)).astype(int),
        "Pclass": rng.integers(1, 4, count), "Name": name, "Sex": sex, "Age": np.round(rng.gamma(6, 5, count), 1),
        "SibSp": rng.integers(0, 4, count), "Parch": rng.integers(0, 3, count),
        "Ticket": [f"{rng.choice(['PC ', 'A/5 ', ''])}{rng.integers(1000, 99999)}" for _ in range(count)],
        "Fare": np.round(rng.lognormal(3, 1, count), 4), "Cabin": cabin, "Embarked": rng.choice(["S", "C", "Q"], count, p=[0.7, 0.2, 0.1]),
    })
    return holes(rng, frame, Age=0.2, Embarked=0.02, Fare=0.01)


def houses(rng, count):
    area = np.round(rng.lognormal(7, 0.35, count)).astype(int)
    quality = rng.choice(["Ex", "Gd", "TA", "Fa"], count, p=[0.1, 0.35, 0.45, 0.1])
    frame = pd.DataFrame({
        "Id": np.arange(1, count + 1), "LotArea": np.round(rng.lognormal(9, 0.5, count)).astype(int), "LotFrontage": np.round(rng.normal(70, 20, count)),
        "Neighborhood": rng.choice(["NAmes", "CollgCr", "OldTown", "Edwards", "Somerst"], count), "YearBuilt": rng.integers(1900, 2011, count),
        "YrSold": rng.integers(2006, 2011, count), "GrLivArea": area, "TotalBsmtSF": np.round(rng.normal(1000, 300, count)), "GarageArea": np.round(rng.normal(450, 150, count)),
        "GarageType": rng.choice(["Attchd", "Detchd", "BuiltIn"], count), "ExterQual": quality, "KitchenQual": rng.choice(["Ex", "Gd", "TA", "Fa"], count),
        "CentralAir": rng.choice(["Y", "N"], count, p=[0.9, 0.1]), "Fence": rng.choice(["MnPrv", "GdPrv"], count), "MSZoning": rng.choice(["RL", "RM", "FV"], count, p=[0.75, 0.2, 0.05]),
        "FullBath": rng.integers(1, 4, count), "HalfBath": rng.integers(0, 2, count),
        "SalePrice": np.round(area * 90 + np.where(quality == "Ex", 60000, 0) + rng.normal(0, 15000, count) + 30000),
    })
    return holes(rng, frame, LotFrontage=0.18, GarageType=0.06, Fence=0.8, TotalBsmtSF=0.02, GarageArea=0.01, MSZoning=0.01)


def customers(rng, count):
    tenure = rng.integers(0, 72, count)
    monthly = np.round(rng.uniform(18, 118, count), 2)
    total = [f"{m * t:.2f}" if t else " " for m, t in zip(monthly, tenure)]
    return pd.DataFrame({
        "customerID": [f"{rng.integers(1000, 9999)}-{''.join(rng.choice(list('ABCDEFG'), 5))}" for _ in range(count)],
        "gender": rng.choice(["Male", "Female"], count), "SeniorCitizen": rng.integers(0, 2, count), "Partner": rng.choice(["Yes", "No"], count),
        "Dependents": rng.choice(["Yes", "No"], count), "tenure": tenure, "PhoneService": rng.choice(["Yes", "No"], count, p=[0.9, 0.1]),
        "InternetService": rng.choice(["DSL", "Fiber optic", "No"], count), "OnlineSecurity": rng.choice(["Yes", "No", "No internet service"], count),
        "Contract": rng.choice(["Month-to-month", "One year", "Two year"], count), "PaperlessBilling": rng.choice(["Yes", "No"], count),
        "PaymentMethod": rng.choice(["Electronic check", "Mailed check", "Bank transfer (automatic)", "Credit card (automatic)"], count),
        "MonthlyCharges": monthly, "TotalCharges": total, "Churn": rng.choice(["Yes", "No"], count, p=[0.27, 0.73]),
    })


def rentals(rng, count):
    when = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 24 * 700, count), unit="h")
    frame = pd.DataFrame({
        "datetime": when.strftime("%Y-%m-%d %H:%M:%S"), "season": rng.integers(1, 5, count), "holiday": (rng.random(count) < 0.03).astype(int),
        "workingday": rng.integers(0, 2, count), "weather": rng.integers(1, 5, count), "temp": np.round(rng.normal(15, 9, count), 2),
        "atemp": np.round(rng.normal(17, 10, count), 3), "humidity": rng.integers(10, 101, count), "windspeed": np.round(np.maximum(rng.normal(12, 8, count), 0), 4),
        "count": rng.integers(1, 900, count),
    })
    return holes(rng, frame, windspeed=0.05)


def loans(rng, count):
    frame = pd.DataFrame({
        "Loan_ID": [f"LP{n:06}" for n in rng.integers(1000, 99999, count)], "Gender": rng.choice(["Male", "Female"], count, p=[0.8, 0.2]),
        "Married": rng.choice(["Yes", "No"], count), "Dependents": rng.choice(["0", "1", "2", "3+"], count), "Education": rng.choice(["Graduate", "Not Graduate"], count),
        "Self_Employed": rng.choice(["No", "Yes"], count, p=[0.85, 0.15]), "ApplicantIncome": np.round(rng.lognormal(8.4, 0.5, count)).astype(int),
        "CoapplicantIncome": np.round(np.maximum(rng.normal(1600, 1800, count), 0)), "LoanAmount": np.round(rng.normal(146, 60, count)).clip(10),
        "Loan_Amount_Term": rng.choice([360.0, 180.0, 480.0, 120.0], count, p=[0.8, 0.1, 0.05, 0.05]), "Credit_History": rng.choice([1.0, 0.0], count, p=[0.84, 0.16]),
        "Property_Area": rng.choice(["Urban", "Semiurban", "Rural"], count), "Loan_Status": rng.choice(["Y", "N"], count, p=[0.69, 0.31]),
    })
    return holes(rng, frame, Gender=0.02, Dependents=0.03, Self_Employed=0.05, LoanAmount=0.04, Loan_Amount_Term=0.02, Credit_History=0.08)


def sales(rng, count):
    date = pd.Timestamp("2013-01-01") + pd.to_timedelta(rng.integers(0, 900, count), unit="D")
    frame = pd.DataFrame({
        "Store": rng.integers(1, 20, count), "DayOfWeek": date.dayofweek + 1, "Date": date.strftime("%Y-%m-%d"), "Open": (rng.random(count) < 0.83).astype(int),
        "Promo": rng.integers(0, 2, count), "StateHoliday": rng.choice(["0", "a", "b", "c"], count, p=[0.9, 0.06, 0.02, 0.02]), "SchoolHoliday": rng.integers(0, 2, count),
        "Item_Weight": np.round(rng.uniform(4, 21, count), 3), "Item_Fat_Content": rng.choice(["Low Fat", "Regular", "LF", "reg", "low fat"], count),
        "Item_Type": rng.choice(["Dairy", "Soft Drinks", "Meat", "Fruits and Vegetables"], count), "Outlet_Size": rng.choice(["Small", "Medium", "High"], count),
        "Sales": np.round(rng.lognormal(8.5, 0.4, count)),
    })
    return holes(rng, frame, Item_Weight=0.15, Outlet_Size=0.25, Open=0.01)


def insured(rng, count):
    smoker = rng.choice(["yes", "no"], count, p=[0.2, 0.8])
    return pd.DataFrame({
        "age": rng.integers(18, 65, count), "sex": rng.choice(["male", "female"], count), "bmi": np.round(rng.normal(30, 6, count), 3), "children": rng.integers(0, 5, count),
        "smoker": smoker, "region": rng.choice(["southwest", "southeast", "northwest", "northeast"], count),
        "charges": np.round(rng.lognormal(9, 0.5, count) + np.where(smoker == "yes", 20000, 0), 4),
    })


def cars(rng, count):
    make = rng.choice(["Maruti Swift", "Hyundai i20", "Honda City", "BMW X1", "Toyota Innova"], count)
    frame = pd.DataFrame({
        "Name": [f"{m} {rng.choice(['LXI', 'VDI', 'Sport', 'ZX'])}" for m in make], "Location": rng.choice(["Mumbai", "Pune", "Kochi"], count),
        "Year": rng.integers(2005, 2020, count), "Kilometers_Driven": np.round(rng.lognormal(10.8, 0.5, count)).astype(int), "Fuel_Type": rng.choice(["Petrol", "Diesel", "CNG"], count, p=[0.45, 0.5, 0.05]),
        "Transmission": rng.choice(["Manual", "Automatic"], count, p=[0.7, 0.3]), "Owner_Type": rng.choice(["First", "Second", "Third", "Fourth & Above"], count, p=[0.8, 0.15, 0.04, 0.01]),
        "Mileage": [f"{v:.2f} kmpl" for v in rng.normal(18, 4, count)], "Engine": [f"{v} CC" for v in rng.choice([998, 1197, 1498, 1995], count)],
        "Power": [f"{v:.1f} bhp" if r > 0.03 else "null bhp" for v, r in zip(rng.normal(100, 40, count).clip(35), rng.random(count))], "Seats": rng.choice([5.0, 7.0, 4.0], count),
        "Price": np.round(rng.lognormal(1.8, 0.7, count), 2),
    })
    return holes(rng, frame, Mileage=0.01, Engine=0.02, Seats=0.03)


def patients(rng, count):
    frame = pd.DataFrame({
        "Pregnancies": rng.integers(0, 15, count), "Glucose": rng.integers(0, 200, count), "BloodPressure": rng.integers(0, 120, count), "SkinThickness": rng.integers(0, 60, count),
        "Insulin": np.where(rng.random(count) < 0.4, 0, rng.integers(15, 600, count)), "BMI": np.round(np.where(rng.random(count) < 0.03, 0, rng.normal(32, 7, count)), 1),
        "DiabetesPedigreeFunction": np.round(rng.gamma(2, 0.25, count), 3), "Age": rng.integers(21, 80, count), "Outcome": rng.integers(0, 2, count),
    })
    return frame


def staff(rng, count):
    frame = pd.DataFrame({
        "employee_id": np.arange(count) + 7000, "department": rng.choice(["Sales & Marketing", "Operations", "Technology", "HR"], count), "region": [f"region_{n}" for n in rng.integers(1, 12, count)],
        "education": rng.choice(["Bachelor's", "Master's & above", "Below Secondary"], count), "gender": rng.choice(["m", "f"], count), "recruitment_channel": rng.choice(["sourcing", "other", "referred"], count),
        "no_of_trainings": rng.integers(1, 5, count), "age": rng.integers(20, 60, count), "previous_year_rating": rng.choice([1.0, 2.0, 3.0, 4.0, 5.0], count), "length_of_service": rng.integers(1, 30, count),
        "awards_won?": (rng.random(count) < 0.03).astype(int), "avg_training_score": rng.integers(40, 100, count), "is_promoted": (rng.random(count) < 0.1).astype(int),
    })
    return holes(rng, frame, education=0.04, previous_year_rating=0.08)


def trips(rng, count):
    start = pd.Timestamp("2016-01-01") + pd.to_timedelta(rng.integers(0, 180 * 86400, count), unit="s")
    return pd.DataFrame({
        "id": [f"id{n}" for n in rng.integers(10**6, 10**7, count)], "vendor_id": rng.integers(1, 3, count), "pickup_datetime": start.strftime("%Y-%m-%d %H:%M:%S"),
        "passenger_count": rng.integers(1, 7, count), "pickup_longitude": np.round(rng.normal(-73.97, 0.04, count), 6), "pickup_latitude": np.round(rng.normal(40.75, 0.03, count), 6),
        "dropoff_longitude": np.round(rng.normal(-73.97, 0.04, count), 6), "dropoff_latitude": np.round(rng.normal(40.75, 0.03, count), 6),
        "store_and_fwd_flag": rng.choice(["N", "Y"], count, p=[0.97, 0.03]), "trip_duration": rng.integers(60, 4000, count),
    })


TARGETS = {
    "passengers": "Survived", "houses": "SalePrice", "customers": "Churn", "rentals": "count", "loans": "Loan_Status", "sales": "Sales",
    "insured": "charges", "cars": "Price", "patients": "Outcome", "staff": "is_promoted", "trips": "trip_duration",
}
