"""Made-up tables of hosts, makers and lenders, as `tables.py` has them of competitions."""
import numpy as np
import pandas as pd

from tables import holes
from tables_business import odd, pick


def stays(rng, count):
    arrival = pd.Timestamp("2023-01-01") + pd.to_timedelta(rng.integers(0, 700, count), unit="D")
    frame = pd.DataFrame({
        "booking_id": [f"INN{n:05d}" for n in range(count)], "adults": rng.integers(1, 5, count), "children": rng.poisson(0.3, count).astype(float), "weekend_nights": rng.integers(0, 4, count), "week_nights": rng.integers(0, 8, count),
        "meal_plan": pick(rng, count, ["Plan 1", "Plan 2", "Not Selected"], [6, 2, 2]), "parking": pick(rng, count, [0, 1], [30, 1]), "room": pick(rng, count, ["Room_Type 1", "Room_Type 4", "Room_Type 6"], [7, 3, 1]), "lead_time": np.round(rng.gamma(1.2, 70, count)).astype(int),
        "arrival": arrival.strftime("%d/%m/%Y"), "market": pick(rng, count, ["Online", "Offline", "Corporate", "Aviation"], [12, 6, 2, 1]), "repeated": pick(rng, count, [0, 1], [30, 1]), "avg_price": np.round(rng.normal(103, 35, count), 2).clip(0),
        "requests": rng.poisson(0.6, count), "status": pick(rng, count, ["Canceled", "Not_Canceled"], [1, 2]),
    })
    return holes(rng, frame, children=0.04, meal_plan=0.03, avg_price=0.02)


def charging(rng, count):
    start = pd.Timestamp("2024-02-01 00:00") + pd.to_timedelta(rng.integers(0, 60 * 24 * 200, count), unit="min")
    minutes = np.round(rng.gamma(2, 60, count)).astype(int) + 3
    end = start + pd.to_timedelta(minutes, unit="min")
    frame = pd.DataFrame({
        "session": rng.integers(10**6, 10**7, count), "station": pick(rng, count, ["ST-01", "ST-02", "ST-07", "ST-11", "ST-19"]), "started_at": start.strftime("%Y-%m-%d %H:%M"), "ended_at": end.strftime("%Y-%m-%d %H:%M"),
        "idle": [f"{m // 60:02d}:{m % 60:02d}:00" for m in rng.integers(0, 300, count)], "plug": pick(rng, count, ["CCS", "Type 2", "CHAdeMO"], [5, 4, 1]), "kwh": np.round(rng.gamma(3, 6, count), 3), "battery_kwh": pick(rng, count, [24.0, 40.0, 58.0, 77.0]),
        "soc_start": rng.integers(3, 80, count).astype(float), "user_type": pick(rng, count, ["subscriber", "guest", "fleet"]), "temp_c": np.round(rng.normal(11, 8, count), 1), "overstay": (rng.random(count) < 0.25).astype(int),
    })
    return holes(rng, frame, soc_start=0.1, idle=0.06, ended_at=0.03, temp_c=0.05, plug=0.02)


def buildings(rng, count):
    return pd.DataFrame({
        "X1": pick(rng, count, [0.62, 0.71, 0.79, 0.86, 0.98]), "X2": np.round(rng.uniform(514, 808, count), 1), "X3": pick(rng, count, [245.0, 294.0, 318.5, 343.0, 416.5]), "X4": pick(rng, count, [110.25, 122.5, 147.0, 220.5]), "X5": pick(rng, count, [3.5, 7.0]),
        "X6": rng.integers(2, 6, count), "X7": pick(rng, count, [0.0, 0.1, 0.25, 0.4]), "X8": rng.integers(0, 6, count), "Y1": np.round(rng.normal(22, 10, count).clip(6), 2), "Y2": np.round(rng.normal(24, 9, count).clip(10), 2),
    })


def cars_bench(rng, count):
    frame = pd.DataFrame({"ID": rng.choice(9000, count, replace=False), "y": np.round(rng.normal(100, 12, count), 2), "X0": pick(rng, count, ["z", "ak", "y", "ay", "t", "x"]), "X1": pick(rng, count, ["aa", "s", "b", "l"]), "X2": pick(rng, count, ["as", "ae", "ai", "m"], [9, 3, 2, 1]), "X3": pick(rng, count, list("cfad"))})
    for n in range(10, 22):
        frame[f"X{n}"] = (rng.random(count) < (0 if n == 11 else n / 50)).astype(int)
    frame["X21"] = frame["X20"]
    return frame


def cards(rng, count):
    frame = pd.DataFrame({
        "app_id": rng.integers(10**6, 10**7, count), "CODE_GENDER": pick(rng, count, ["F", "M", "XNA"], [60, 40, 1]), "FLAG_OWN_CAR": pick(rng, count, ["Y", "N"]), "AMT_INCOME": np.round(rng.lognormal(11.9, 0.5, count), -2), "AMT_CREDIT": np.round(rng.lognormal(13, 0.6, count), -2), "AMT_ANNUITY": np.round(rng.lognormal(10, 0.5, count), 1), "DAYS_BIRTH": -rng.integers(7500, 25000, count), "DAYS_EMPLOYED": np.where(rng.random(count) < 0.18, 365243, -rng.integers(10, 12000, count)),
        "OCCUPATION": pick(rng, count, ["Laborers", "Core staff", "Managers", "Drivers", "Cooking staff"]), "ORGANIZATION": pick(rng, count, ["Business Entity Type 3", "School", "XNA", "Trade: type 7", "Trade: type 2", "Self-employed"]), "EXT_1": np.round(rng.beta(4, 4, count), 6), "EXT_2": np.round(rng.beta(5, 4, count), 6), "EXT_3": np.round(rng.beta(4, 3, count), 6), "FAMILY": rng.integers(1, 6, count).astype(float), "TARGET": (rng.random(count) < 0.15).astype(int),
    })
    return holes(rng, frame, OCCUPATION=0.3, EXT_1=0.5, EXT_2=0.01, EXT_3=0.2, AMT_ANNUITY=0.01)


def subscribers(rng, count):
    frame = pd.DataFrame({
        "customer": [f"C{n:04d}" for n in range(count)], "minutes": np.round(rng.gamma(2, 150, count), 1), "sms": rng.poisson(40, count), "mb": np.round(rng.lognormal(9, 0.8, count)), "device": pick(rng, count, ["iphone 12", "galaxy s10", "pixel 5", "moto g", "IPHONE 8"]), "city": pick(rng, count, ["Austin-Round Rock TX", "New York-Newark NY-NJ-PA", "Boise ID", "Reno NV"]), "reg": (pd.Timestamp("2018-01-01") + pd.to_timedelta(rng.integers(0, 364, count), unit="D")).strftime("%Y-%m-%d"), "age": rng.integers(18, 76, count).astype(float), "plan": pick(rng, count, ["surf", "ultimate"], [7, 3]), "left": (rng.random(count) < 0.2).astype(int),
    })
    return holes(rng, frame, minutes=0.05, mb=0.05, age=0.06, device=0.03)


def phones_used(rng, count):
    frame = pd.DataFrame({
        "listing": np.arange(50000, 50000 + count), "brand": pick(rng, count, ["Samsung", "apple", "Xiaomi", "Nokia", "samsung", "OnePlus"]), "os": pick(rng, count, ["Android", "iOS", "Others"], [8, 3, 1]), "screen": [f'{s:.1f}"' for s in rng.normal(6, 0.6, count)], "ram": pick(rng, count, ["4GB", "6GB", "8 GB", "512MB"], [4, 4, 4, 1]),
        "battery": rng.integers(1800, 6000, count).astype(float), "main_camera_mp": pick(rng, count, [5.0, 8.0, 12.0, 48.0, 64.0]), "weight": np.round(rng.normal(180, 30, count)), "days_used": rng.integers(90, 1100, count), "release_year": rng.integers(2013, 2021, count), "dual_sim": pick(rng, count, ["yes", "no", "Yes"]),
        "price": np.where(rng.random(count) < 0.04, 0, np.round(rng.lognormal(5, 0.6, count), 2)),
    })
    return holes(rng, frame, main_camera_mp=0.06, weight=0.03, battery=0.02, dual_sim=0.03)


TARGETS = {"phones_used": "price", "stays": "status", "charging": "overstay", "buildings": ["Y1", "Y2"], "cars_bench": "y", "cards": "TARGET", "subscribers": "left"}
SCORED = {
    "stays": odd(market="Complementary", room="Room_Type 7"),
    "charging": odd(station="ST-44", plug="Tesla", idle="00:00:00"),
    "cars_bench": odd(X0="av", X2="ab"),
    "cards": odd(OCCUPATION="IT staff", ORGANIZATION="Trade: type 9"),
    "subscribers": odd(city="Fresno CA", device=""),
}
