"""Made-up tables of businesses, as `tables.py` has them of competitions; what the scoring rows have that training never saw is in `SCORED`."""
import numpy as np
import pandas as pd

from tables import holes


def pick(rng, count, words, weights=None):
    weights = None if weights is None else np.array(weights) / sum(weights)
    return rng.choice(words, count, p=weights)


def odd(**columns):
    """Scoring rows in which some cells hold what training never had."""
    def change(rng, frame):
        for column, value in columns.items():
            frame.loc[rng.random(len(frame)) < 0.06, column] = value
        return frame
    return change


def motor_claims(rng, count):
    frame = pd.DataFrame({
        "policy_id": [f"P{n:06d}" for n in rng.integers(0, 999999, count)], "vehicle_age": rng.integers(0, 21, count), "driver_age": np.round(rng.normal(44, 14, count)).clip(17, 90),
        "area": pick(rng, count, list("ABCDEF")), "fuel": pick(rng, count, ["Diesel", "Regular", "Hybrid"], [5, 5, 1]), "brand": pick(rng, count, ["Renault", "Fiat", "BMW", "Toyota", "Opel"], [5, 3, 1, 3, 2]),
        "bonus_malus": rng.integers(50, 150, count), "density": np.round(rng.lognormal(6, 1.4, count)).astype(int), "exposure": np.round(rng.uniform(0.05, 1, count), 3),
        "annual_mileage": np.round(rng.lognormal(9.4, 0.5, count)), "prior_claims": rng.poisson(0.4, count), "claim": (rng.random(count) < 0.22).astype(int),
    })
    return holes(rng, frame, driver_age=0.05, annual_mileage=0.12, brand=0.03)


def meter_readings(rng, count):
    frame = pd.DataFrame({
        "meter_id": rng.integers(10000, 99999, count), "building_type": pick(rng, count, ["office", "school", "warehouse", "retail", "lodging"]), "square_feet": np.round(rng.lognormal(10, 0.8, count)),
        "floor_count": rng.integers(1, 12, count).astype(float), "year_built": rng.integers(1920, 2018, count).astype(float), "air_temp": np.round(rng.normal(14, 9, count), 1), "dew_temp": np.round(rng.normal(7, 8, count), 1),
        "wind_speed": np.round(rng.gamma(2, 2, count), 1), "cloud": rng.integers(0, 9, count).astype(float), "hour": rng.integers(0, 24, count), "month": rng.integers(1, 13, count), "weekday": rng.integers(0, 7, count),
        "reading": np.round(rng.lognormal(4, 1, count), 2),
    })
    return holes(rng, frame, floor_count=0.3, year_built=0.2, cloud=0.15, air_temp=0.03)


def promotions(rng, count):
    frame = pd.DataFrame({
        "employee_id": np.arange(1, count + 1), "department": pick(rng, count, ["Sales & Marketing", "Operations", "Technology", "HR", "Legal", "R&D"], [6, 5, 4, 2, 1, 1]), "region": [f"region_{n}" for n in rng.integers(1, 12, count)],
        "education": pick(rng, count, ["Bachelor's", "Master's & above", "Below Secondary"], [6, 3, 1]), "gender": pick(rng, count, ["m", "f"]), "recruitment_channel": pick(rng, count, ["sourcing", "other", "referred"], [4, 5, 1]),
        "no_of_trainings": rng.integers(1, 6, count), "age": rng.integers(20, 60, count), "previous_year_rating": rng.integers(1, 6, count).astype(float), "length_of_service": rng.integers(1, 25, count),
        "KPIs_met": rng.integers(0, 2, count), "awards_won": (rng.random(count) < 0.05).astype(int), "avg_training_score": rng.integers(40, 99, count), "is_promoted": (rng.random(count) < 0.15).astype(int),
    })
    return holes(rng, frame, education=0.06, previous_year_rating=0.1)


def bank_calls(rng, count):
    return pd.DataFrame({
        "id": np.arange(count), "age": rng.integers(18, 90, count), "job": pick(rng, count, ["admin.", "blue-collar", "technician", "services", "retired", "unknown"]), "marital": pick(rng, count, ["married", "single", "divorced"]),
        "education": pick(rng, count, ["primary", "secondary", "tertiary", "unknown"]), "default": pick(rng, count, ["no", "yes"], [20, 1]), "balance": np.round(rng.normal(1300, 2500, count)).astype(int), "housing": pick(rng, count, ["yes", "no"]),
        "loan": pick(rng, count, ["yes", "no"], [1, 5]), "contact": pick(rng, count, ["cellular", "telephone", "unknown"]), "month": pick(rng, count, ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
        "duration": np.round(rng.gamma(1.5, 180, count)).astype(int), "campaign": 1 + rng.poisson(1.5, count), "pdays": np.where(rng.random(count) < 0.75, -1, rng.integers(1, 400, count)), "previous": rng.poisson(0.6, count),
        "poutcome": pick(rng, count, ["unknown", "failure", "success", "other"], [8, 1, 1, 1]), "y": (rng.random(count) < 0.13).astype(int),
    })


def credit_lines(rng, count):
    frame = pd.DataFrame({
        "RevolvingUtilization": np.round(rng.gamma(1, 0.4, count), 6), "age": rng.integers(0, 95, count), "Late30": np.where(rng.random(count) < 0.02, 98, rng.poisson(0.3, count)), "DebtRatio": np.round(rng.lognormal(-1, 1.5, count), 6),
        "MonthlyIncome": np.round(rng.lognormal(8.6, 0.7, count)), "OpenLines": rng.integers(0, 30, count), "Late90": np.where(rng.random(count) < 0.02, 96, rng.poisson(0.1, count)), "RealEstate": rng.poisson(1, count),
        "Dependents": rng.poisson(0.8, count).astype(float), "Employment": pick(rng, count, ["salaried", "self-employed", "student", "pensioner"], [6, 2, 1, 2]), "Region": pick(rng, count, ["N", "S", "E", "W"]),
        "SeriousDlq": (rng.random(count) < 0.18).astype(int),
    })
    return holes(rng, frame, MonthlyIncome=0.2, Dependents=0.04, Employment=0.05)


def courier_orders(rng, count):
    frame = pd.DataFrame({
        "order_no": [f"ORD-{n}" for n in rng.integers(100000, 999999, count)], "depot": pick(rng, count, ["LHR", "MAN", "BHX", "GLA"]), "dest_zone": rng.integers(1, 9, count), "weight_kg": np.round(rng.gamma(2, 3, count), 2),
        "length_cm": rng.integers(10, 150, count), "width_cm": rng.integers(5, 80, count), "height_cm": rng.integers(2, 60, count), "service": pick(rng, count, ["next_day", "economy", "same_day"], [5, 4, 1]),
        "declared_value": np.round(rng.lognormal(4, 1, count), 2), "fragile": rng.random(count) < 0.2, "priority": rng.integers(0, 4, count), "late": (rng.random(count) < 0.25).astype(int),
    })
    return holes(rng, frame, weight_kg=0.06, declared_value=0.1, service=0.03)


def depots(rng):
    return pd.DataFrame({"depot": ["LHR", "MAN", "BHX", "EDI"], "region": ["South", "North", "Mid", "Scot"], "capacity": [1200, 800, 950, 400], "priority": [1, 2, 2, 3], "opened": [1999, 2005, np.nan, 2016]})


def flats(rng, count):
    frame = pd.DataFrame({
        "ID": np.arange(1, count + 1), "district": pick(rng, count, ["Mokotow", "Wola", "Praga", "Ursus", "Bemowo"]), "rooms": rng.integers(1, 6, count), "area_m2": np.round(rng.normal(55, 18, count), 1).clip(18), "floor": rng.integers(0, 12, count),
        "floors_total": rng.integers(1, 14, count).astype(float), "year": rng.integers(1900, 2024, count).astype(float), "condition": pick(rng, count, ["new", "good", "to renovate", "average"]), "heating": pick(rng, count, ["urban", "gas", "electric"], [6, 3, 1]),
        "dist_center": np.round(rng.gamma(3, 2, count), 2), "balcony": pick(rng, count, ["yes", "no"]), "kitchen": pick(rng, count, ["separate", "annex"]), "rent_fee": np.round(rng.normal(600, 200, count)), "price": np.round(rng.lognormal(13, 0.4, count)),
    })
    return holes(rng, frame, year=0.15, floors_total=0.08, heating=0.07, rent_fee=0.25, condition=0.1)


def ward_stays(rng, count):
    frame = pd.DataFrame({
        "encounter": rng.integers(1000000, 9999999, count), "age_group": pick(rng, count, ["[0-10)", "[30-40)", "[50-60)", "[60-70)", "[70-80)", "[80-90)"], [1, 2, 4, 5, 5, 3]), "gender": pick(rng, count, ["Female", "Male"]), "weight": np.round(rng.normal(80, 15, count), 1),
        "admission": pick(rng, count, ["Emergency", "Urgent", "Elective", "Newborn"], [6, 3, 3, 1]), "ward": pick(rng, count, ["Cardio", "Surgery", "Internal", "Ortho"]), "days": rng.integers(1, 15, count), "lab_tests": rng.integers(1, 90, count), "meds": rng.integers(1, 40, count),
        "outpatient": rng.poisson(0.4, count), "emergency": rng.poisson(0.2, count), "inpatient": rng.poisson(0.6, count), "insulin": pick(rng, count, ["No", "Steady", "Up", "Down"], [5, 3, 1, 1]), "metformin": pick(rng, count, ["No", "Steady", "Up"], [7, 2, 1]),
        "glipizide": pick(rng, count, ["No", "Steady"], [8, 1]), "a1c": pick(rng, count, ["Norm", ">7", ">8"]), "glucose": np.round(rng.normal(130, 35, count)), "readmitted": (rng.random(count) < 0.3).astype(int),
    })
    return holes(rng, frame, weight=0.3, a1c=0.5, glucose=0.1, ward=0.08)


def players(rng, count):
    frame = pd.DataFrame({
        "player": [f"player {n}" for n in range(count)], "position": pick(rng, count, ["GK", "DF", "MF", "FW"], [1, 4, 4, 3]), "foot": pick(rng, count, ["right", "left", "both"], [7, 3, 1]), "height": rng.integers(165, 203, count), "weight": rng.integers(60, 100, count),
        "pace": rng.integers(30, 97, count), "shooting": rng.integers(20, 95, count).astype(float), "passing": rng.integers(30, 95, count).astype(float), "dribbling": rng.integers(25, 95, count), "defending": rng.integers(20, 92, count).astype(float), "physical": rng.integers(35, 93, count),
        "age": rng.integers(16, 39, count), "matches": rng.integers(0, 60, count), "goals": rng.poisson(4, count), "assists": rng.poisson(3, count), "league": pick(rng, count, ["ENG", "ESP", "GER", "ITA", "FRA"]), "value": np.round(rng.lognormal(1, 1, count), 2),
    })
    return holes(rng, frame, shooting=0.05, passing=0.03, defending=0.05, foot=0.04)


def baskets(rng, count):
    frame = pd.DataFrame({
        "store_nbr": rng.integers(1, 20, count), "family": pick(rng, count, ["GROCERY", "DAIRY", "PRODUCE", "CLEANING", "BEVERAGES"], [5, 3, 3, 2, 2]), "city": pick(rng, count, ["Quito", "Guayaquil", "Cuenca", "Ambato"]), "onpromotion": rng.poisson(2, count), "price": np.round(rng.gamma(3, 2, count), 2),
        "competitor_price": np.round(rng.gamma(3, 2.1, count), 2), "stock": rng.integers(0, 500, count), "holiday": pick(rng, count, ["none", "local", "national"], [8, 1, 1]), "dow": rng.integers(0, 7, count), "shelf": pick(rng, count, ["top", "middle", "bottom"]),
        "supplier": rng.integers(100, 130, count), "sales": np.round(rng.gamma(2, 20, count), 1),
    })
    return holes(rng, frame, competitor_price=0.12, shelf=0.05, price=0.02)


def phone_usage(rng, count):
    frame = pd.DataFrame({
        "msisdn": rng.integers(600000000, 699999999, count), "plan": pick(rng, count, ["prepaid", "basic", "plus", "unlimited"], [4, 3, 2, 1]), "day_mins": np.round(rng.normal(180, 50, count), 1), "eve_mins": np.round(rng.normal(200, 50, count), 1), "night_mins": np.round(rng.normal(200, 50, count), 1),
        "intl_mins": np.round(rng.gamma(3, 3, count), 1), "vmail": np.where(rng.random(count) < 0.7, 0, rng.integers(5, 50, count)), "custserv_calls": rng.poisson(1.5, count), "data_gb": np.round(rng.lognormal(1, 0.8, count), 2), "roaming": pick(rng, count, ["Y", "N"], [1, 5]),
        "state": pick(rng, count, ["OH", "NJ", "TX", "CA", "WY"]), "months": rng.integers(1, 60, count), "last_recharge": np.round(rng.gamma(2, 8, count)), "prev_recharge": np.round(rng.gamma(2, 8, count)), "churned": (rng.random(count) < 0.2).astype(int),
    })
    return holes(rng, frame, data_gb=0.1, last_recharge=0.2, prev_recharge=0.1, day_mins=0.03)


def fields(rng, count):
    frame = pd.DataFrame({
        "field": rng.integers(1, 5000, count), "region": pick(rng, count, ["North", "South", "East", "West"]), "crop": pick(rng, count, ["wheat", "maize", "soy", "barley"], [4, 3, 2, 1]), "season": pick(rng, count, ["kharif", "rabi"]), "area_ha": np.round(rng.gamma(2, 5, count), 2),
        "soil_ph": np.round(rng.normal(6.5, 0.6, count), 2), "nitrogen": rng.integers(0, 140, count).astype(float), "phosphorus": rng.integers(5, 145, count).astype(float), "potassium": rng.integers(5, 205, count).astype(float), "irrigated": pick(rng, count, ["t", "f"]),
        "fertilizer": pick(rng, count, ["urea", "dap", "npk", "none"]), "pesticide_kg": np.round(rng.gamma(1, 2, count), 2), "yield_t": np.round(rng.gamma(4, 1, count), 2),
    })
    return holes(rng, frame, soil_ph=0.1, nitrogen=0.05, fertilizer=0.05)


def weather(rng):
    rows = [(region, month, round(float(rng.gamma(2, 40)), 1), round(float(rng.normal(22, 6)), 1)) for region in ["North", "South", "East"] for month in range(1, 13)]
    return pd.DataFrame(rows, columns=["region", "month", "rain_mm", "temp_c"])


def used_cars(rng, count):
    frame = pd.DataFrame({
        "Name": pick(rng, count, ["Maruti Swift", "Hyundai i20", "Honda City", "Toyota Innova", "BMW 3", "Tata Nano"]), "Location": pick(rng, count, ["Mumbai", "Pune", "Delhi", "Kochi"]), "Year": rng.integers(2000, 2020, count), "Kilometers": np.round(rng.lognormal(10.8, 0.6, count)).astype(int),
        "Fuel_Type": pick(rng, count, ["Diesel", "Petrol", "CNG"], [5, 5, 1]), "Transmission": pick(rng, count, ["Manual", "Automatic"], [3, 1]), "Owner_Type": pick(rng, count, ["First", "Second", "Third", "Fourth & Above"], [6, 3, 1, 1]), "Mileage": np.round(rng.normal(18, 4, count), 1),
        "Engine": rng.choice([998.0, 1197.0, 1498.0, 1968.0, 2494.0], count), "Power": np.round(rng.normal(110, 40, count), 1), "Seats": rng.choice([4.0, 5.0, 7.0], count, p=[0.1, 0.75, 0.15]), "Price": np.round(rng.lognormal(1.8, 0.8, count), 2),
    })
    return holes(rng, frame, Mileage=0.04, Engine=0.03, Power=0.1, Seats=0.03)


def wells(rng, count):
    frame = pd.DataFrame({
        "ph": np.round(rng.normal(7.1, 1.5, count), 3), "hardness": np.round(rng.normal(196, 32, count), 2), "solids": np.round(rng.normal(22000, 8700, count), 1), "chloramines": np.round(rng.normal(7.1, 1.6, count), 3), "sulfate": np.round(rng.normal(333, 41, count), 2),
        "conductivity": np.round(rng.normal(426, 80, count), 1), "turbidity": np.round(rng.normal(3.9, 0.8, count), 2), "source": pick(rng, count, ["well", "river", "lake", "spring"]), "depth_m": rng.integers(0, 120, count), "lab": pick(rng, count, ["A1", "A2", "B1"]), "potable": rng.integers(0, 2, count),
    })
    return holes(rng, frame, ph=0.15, sulfate=0.24, source=0.05)


def exams(rng, count):
    frame = pd.DataFrame({
        "gender": pick(rng, count, ["female", "male"]), "parent_education": pick(rng, count, ["some high school", "high school", "some college", "associate's degree", "bachelor's degree", "master's degree"]), "lunch": pick(rng, count, ["standard", "free/reduced"], [2, 1]),
        "prep": pick(rng, count, ["none", "completed"], [2, 1]), "attendance": np.round(rng.normal(88, 8, count), 1).clip(0, 100), "study_hours": np.round(rng.gamma(2, 2, count), 1), "reading": rng.integers(17, 100, count), "writing": rng.integers(10, 100, count), "math_q1": rng.integers(0, 26, count).astype(float),
        "math_q2": rng.integers(0, 26, count).astype(float), "school_type": pick(rng, count, ["public", "private", "charter"]), "siblings": rng.integers(0, 5, count), "final": rng.integers(0, 100, count),
    })
    return holes(rng, frame, attendance=0.06, study_hours=0.1, math_q1=0.05, math_q2=0.05, parent_education=0.04)


def flights(rng, count):
    frame = pd.DataFrame({
        "carrier": pick(rng, count, ["AA", "DL", "UA", "WN", "B6"], [4, 4, 3, 3, 1]), "origin": pick(rng, count, ["ATL", "ORD", "JFK", "LAX"]), "dest": pick(rng, count, ["SFO", "MIA", "BOS", "SEA", "DEN"]), "month": rng.integers(1, 13, count), "day_of_week": rng.integers(1, 8, count),
        "dep_time": rng.integers(0, 24, count) * 100 + rng.integers(0, 60, count), "distance": rng.integers(150, 2700, count), "seats": rng.choice([76, 120, 160, 189, 250], count), "plane_age": rng.integers(0, 30, count).astype(float), "precip": np.round(rng.gamma(0.5, 2, count), 1),
        "wind": np.round(rng.gamma(3, 3, count), 1), "delayed": (rng.random(count) < 0.2).astype(int),
    })
    return holes(rng, frame, plane_age=0.1, wind=0.05, precip=0.04)


def subscriptions(rng, count):
    frame = pd.DataFrame({
        "account": [f"acc{n}" for n in rng.integers(1000, 9999, count)], "seats": rng.integers(1, 200, count), "plan": pick(rng, count, ["free", "team", "business", "enterprise"], [4, 3, 2, 1]), "mrr": np.round(rng.lognormal(4, 1, count), 2), "logins_30d": rng.poisson(20, count), "tickets": rng.poisson(1, count),
        "nps": rng.integers(0, 11, count).astype(float), "industry": pick(rng, count, ["saas", "retail", "health", "finance", "edu"]), "country": pick(rng, count, ["US", "DE", "GB", "FR", "IN"], [5, 2, 2, 1, 1]), "annual": pick(rng, count, ["monthly", "annual"]), "trial_days": rng.choice([0, 7, 14, 30], count),
        "discount": np.round(rng.beta(1, 6, count), 2), "churn": (rng.random(count) < 0.24).astype(int),
    })
    return holes(rng, frame, nps=0.35, mrr=0.04, industry=0.06)


def returns(rng, count):
    frame = pd.DataFrame({
        "order_item_id": np.arange(1, count + 1), "item_size": pick(rng, count, ["s", "m", "l", "xl", "xxl", "unsized"]), "item_color": pick(rng, count, ["black", "blue", "red", "white", "brwon", "?"], [6, 4, 3, 3, 1, 1]), "brand_id": rng.integers(1, 25, count), "item_price": np.round(rng.gamma(3, 20, count), 2),
        "user_title": pick(rng, count, ["Mrs", "Mr", "Family", "not reported"], [12, 3, 1, 1]), "user_state": pick(rng, count, ["Berlin", "Hesse", "Bavaria", "Saxony"]), "delivery_days": rng.integers(-2, 60, count).astype(float), "basket_size": rng.integers(1, 9, count), "returned": rng.integers(0, 2, count),
    })
    return holes(rng, frame, delivery_days=0.1)


def solar(rng, count):
    frame = pd.DataFrame({
        "plant": pick(rng, count, ["P1", "P2", "P3"]), "hour": rng.integers(5, 21, count), "month": rng.integers(1, 13, count), "cloud_cover": rng.integers(0, 101, count).astype(float), "ambient_temp": np.round(rng.normal(18, 8, count), 1), "module_temp": np.round(rng.normal(28, 11, count), 1),
        "irradiation": np.round(rng.beta(2, 2, count), 4), "humidity": np.round(rng.normal(60, 18, count), 1), "panel": pick(rng, count, ["mono", "poly", "thin-film"]), "tilt": rng.choice([15, 25, 35], count), "clean_days_ago": rng.integers(0, 60, count), "kw": np.round(rng.gamma(3, 20, count), 2),
    })
    return holes(rng, frame, cloud_cover=0.1, module_temp=0.08, humidity=0.04)


def gym(rng, count):
    frame = pd.DataFrame({
        "member": np.arange(count), "contract_period": rng.choice([1, 6, 12], count), "group_visits": rng.integers(0, 2, count), "age": rng.integers(18, 70, count), "charges": np.round(rng.gamma(2, 70, count), 2), "lifetime": rng.poisson(4, count), "freq_total": np.round(rng.gamma(3, 0.7, count), 4),
        "freq_month": np.round(rng.gamma(3, 0.6, count), 4), "goal": pick(rng, count, ["weight loss", "strength", "endurance", "health"]), "home_gym": pick(rng, count, ["center", "north", "south"]), "friend": pick(rng, count, ["True", "False"]), "bmi": np.round(rng.normal(26, 4, count), 1), "left": (rng.random(count) < 0.27).astype(int),
    })
    return holes(rng, frame, goal=0.08, bmi=0.12, charges=0.03)


def wines(rng, count):
    frame = pd.DataFrame({
        "type": pick(rng, count, ["red", "white", "rose"], [4, 4, 1]), "country": pick(rng, count, ["IT", "FR", "ES", "US", "AR"]), "fixed_acidity": np.round(rng.normal(7.2, 1.2, count), 1), "volatile_acidity": np.round(rng.gamma(4, 0.08, count), 3), "citric": np.round(rng.beta(2, 4, count), 2), "sugar": np.round(rng.lognormal(1, 0.9, count), 1),
        "chlorides": np.round(rng.gamma(3, 0.02, count), 3), "free_so2": rng.integers(1, 80, count), "total_so2": rng.integers(10, 260, count), "alcohol": np.round(rng.normal(10.5, 1.1, count), 1), "label": rng.integers(-2, 3, count), "stars": rng.integers(1, 5, count).astype(float), "cases": rng.integers(0, 9, count),
    })
    return holes(rng, frame, stars=0.25, sugar=0.05, chlorides=0.05, alcohol=0.03)


def appointments(rng, count):
    frame = pd.DataFrame({
        "Gender": pick(rng, count, ["F", "M"], [2, 1]), "Age": rng.integers(-1, 100, count), "Neighbourhood": pick(rng, count, ["CENTRO", "JARDIM CAMBURI", "MARIA ORTIZ", "ITARARE", "ILHA DO BOI"], [3, 5, 4, 3, 1]), "Scholarship": (rng.random(count) < 0.1).astype(int), "Hipertension": (rng.random(count) < 0.2).astype(int),
        "Diabetes": (rng.random(count) < 0.08).astype(int), "Alcoholism": (rng.random(count) < 0.03).astype(int), "Handcap": rng.choice([0, 1, 2], count, p=[0.95, 0.04, 0.01]), "SMS_received": rng.integers(0, 2, count), "WaitDays": np.round(rng.gamma(0.8, 12, count)), "Weekday": pick(rng, count, ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]),
        "Speciality": pick(rng, count, ["physio", "psych", "pediatrics", "occupational"]), "NoShow": pick(rng, count, ["No", "Yes"], [4, 1]),
    })
    return holes(rng, frame, WaitDays=0.03, Speciality=0.15)


def peer_loans(rng, count):
    frame = pd.DataFrame({
        "loan_amnt": rng.integers(10, 400, count) * 100, "term": pick(rng, count, [" 36 months", " 60 months"], [3, 1]), "int_rate": np.round(rng.normal(13, 4, count), 2), "grade": pick(rng, count, list("ABCDEFG"), [3, 5, 5, 3, 2, 1, 1]), "emp_length": pick(rng, count, ["10+ years", "< 1 year", "1 year", "3 years", "5 years", "8 years"], [6, 2, 2, 2, 2, 1]),
        "home_ownership": pick(rng, count, ["RENT", "MORTGAGE", "OWN", "ANY"], [5, 6, 1, 0.3]), "annual_inc": np.round(rng.lognormal(11, 0.5, count), 2), "purpose": pick(rng, count, ["debt_consolidation", "credit_card", "car", "small_business", "other"], [6, 3, 1, 1, 1]), "dti": np.round(rng.normal(17, 8, count), 2), "delinq_2yrs": rng.poisson(0.3, count),
        "open_acc": rng.integers(1, 30, count), "revol_bal": rng.integers(0, 60000, count), "revol_util": np.round(rng.uniform(0, 110, count), 1), "total_acc": rng.integers(2, 60, count), "addr_state": pick(rng, count, ["CA", "NY", "TX", "FL", "OH", "ND"], [5, 4, 4, 3, 2, 0.5]), "bad": (rng.random(count) < 0.2).astype(int),
    })
    return holes(rng, frame, emp_length=0.06, revol_util=0.03, dti=0.02)


def gamers(rng, count):
    frame = pd.DataFrame({
        "uid": rng.integers(1, 10**9, count), "platform": pick(rng, count, ["ios", "android", "web"], [4, 5, 1]), "country": pick(rng, count, ["US", "BR", "JP", "DE", "TR"]), "level": rng.integers(1, 80, count), "sessions": rng.poisson(12, count), "avg_session": np.round(rng.gamma(2, 6, count), 2), "coins": np.round(rng.lognormal(6, 1.5, count)),
        "ads_watched": rng.poisson(3, count), "friends": rng.poisson(2, count), "purchases": rng.poisson(0.3, count), "spent": np.round(rng.gamma(0.5, 6, count), 2), "device": pick(rng, count, ["low", "mid", "high"]), "source": pick(rng, count, ["organic", "facebook", "google", "unity"]), "retained": rng.integers(0, 2, count),
    })
    return holes(rng, frame, avg_session=0.07, coins=0.04, source=0.1)


TARGETS = {
    "motor_claims": "claim", "meter_readings": "reading", "promotions": "is_promoted", "bank_calls": "y", "credit_lines": "SeriousDlq", "courier_orders": "late", "flats": "price", "ward_stays": "readmitted",
    "players": "value", "baskets": "sales", "phone_usage": "churned", "fields": "yield_t", "used_cars": "Price", "wells": "potable", "exams": "final", "flights": "delayed",
    "subscriptions": "churn", "returns": "returned", "solar": "kw", "gym": "left", "wines": "cases", "appointments": "NoShow", "peer_loans": "bad", "gamers": "retained",
}

SCORED = {
    "motor_claims": odd(brand="Lada", fuel="Electric"), "meter_readings": odd(building_type="church"), "promotions": odd(region="region_34"), "bank_calls": odd(job="astronaut"), "credit_lines": odd(Employment="gig"),
    "courier_orders": odd(depot="EDI", service="drone"), "flats": odd(district="Wawer", condition="luxury"), "ward_stays": odd(ward="Neuro", insulin="Stop"), "players": odd(league="POR"), "baskets": odd(city="Manta", supplier=999),
    "phone_usage": odd(state="AK", plan="family"), "fields": odd(crop="oats", fertilizer="compost"), "used_cars": odd(Name="Lamborghini Urus", Fuel_Type="LPG"), "wells": odd(source="rain", lab="C9"), "exams": odd(school_type="home"),
    "flights": odd(carrier="F9", dest="PDX"), "subscriptions": odd(country="JP", plan="legacy"), "returns": odd(item_color="lilac", brand_id=77), "solar": odd(panel="perovskite"), "gym": odd(home_gym="west"), "wines": odd(country="GE"),
    "appointments": odd(Neighbourhood="AEROPORTO"), "peer_loans": odd(purpose="wedding", addr_state="AK"), "gamers": odd(source="tiktok", country="NG"),
}

LOOKUPS = {"courier_orders": {"depots.csv": depots}, "fields": {"weather.csv": weather}}
