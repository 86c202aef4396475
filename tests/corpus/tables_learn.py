"""Made-up tables for scripts that end in a scikit-learn model: each function gives `count` rows with a target, the same for the same seed."""
import numpy as np
import pandas as pd

from tables import holes


def hearts(rng, count):
    age, chol = rng.integers(29, 78, count), np.round(rng.normal(246, 50, count))
    pain = rng.choice(["ASY", "NAP", "ATA", "TA"], count, p=[0.5, 0.25, 0.2, 0.05])
    risk = (age - 50) / 12 + (pain == "ASY") * 1.2 + (chol - 246) / 120
    frame = pd.DataFrame({
        "Age": age, "Sex": rng.choice(["M", "F"], count, p=[0.7, 0.3]), "ChestPainType": pain, "RestingBP": rng.integers(94, 180, count), "Cholesterol": chol,
        "FastingBS": rng.integers(0, 2, count), "RestingECG": rng.choice(["Normal", "ST", "LVH"], count, p=[0.6, 0.2, 0.2]), "MaxHR": rng.integers(80, 202, count),
        "ExerciseAngina": rng.choice(["Y", "N"], count), "Oldpeak": np.round(rng.exponential(1, count), 1),
        "HeartDisease": (rng.random(count) < 1 / (1 + np.exp(-risk))).astype(int),
    })
    return holes(rng, frame, Cholesterol=0.12, Oldpeak=0.05, RestingECG=0.04)


def wines(rng, count):
    alcohol = np.round(rng.normal(10.5, 1.1, count), 1)
    frame = pd.DataFrame({
        "fixed acidity": np.round(rng.normal(8.3, 1.7, count), 1), "volatile acidity": np.round(rng.gamma(6, 0.09, count), 3), "citric acid": np.round(rng.beta(2, 5, count), 2),
        "residual sugar": np.round(rng.lognormal(0.8, 0.4, count), 1), "chlorides": np.round(rng.lognormal(-2.5, 0.3, count), 3), "pH": np.round(rng.normal(3.3, 0.15, count), 2),
        "sulphates": np.round(rng.gamma(15, 0.044, count), 2), "alcohol": alcohol, "type": rng.choice(["red", "white"], count),
    })
    frame["quality"] = np.clip(np.round(5.6 + 0.5 * (alcohol - 10.5) - 1.5 * (frame["volatile acidity"] - 0.5) + rng.normal(0, 0.6, count)), 3, 8).astype(int)
    return holes(rng, frame, pH=0.06, sulphates=0.04, **{"citric acid": 0.08})


def calls(rng, count):
    job = rng.choice(["admin.", "blue-collar", "technician", "services", "management", "retired", "student", "unknown"], count, p=[0.25, 0.22, 0.17, 0.1, 0.1, 0.07, 0.05, 0.04])
    frame = pd.DataFrame({
        "id": np.arange(5000, 5000 + count), "age": rng.integers(18, 90, count), "job": job, "marital": rng.choice(["married", "single", "divorced"], count),
        "education": rng.choice(["primary", "secondary", "tertiary", "unknown"], count), "default": rng.choice(["no", "yes"], count, p=[0.97, 0.03]),
        "balance": np.round(rng.normal(1300, 2500, count)).astype(int), "housing": rng.choice(["yes", "no"], count), "month": rng.choice(["may", "jun", "jul", "aug", "nov", "apr"], count),
        "campaign": rng.geometric(0.4, count), "pdays": np.where(rng.random(count) < 0.8, -1, rng.integers(1, 400, count)), "poutcome": rng.choice(["unknown", "failure", "success", "other"], count, p=[0.75, 0.12, 0.08, 0.05]),
    })
    frame["y"] = np.where(rng.random(count) < np.where(frame["poutcome"] == "success", 0.65, 0.2), "yes", "no")
    return frame


def crops(rng, count):
    rain, crop = np.round(rng.gamma(6, 150, count), 1), rng.choice(["Maize", "Wheat", "Rice, paddy", "Soybeans", "Cassava"], count)
    base = pd.Series(crop).map({"Maize": 40, "Wheat": 30, "Rice, paddy": 45, "Soybeans": 18, "Cassava": 110}).to_numpy()
    frame = pd.DataFrame({
        "Area": rng.choice(["India", "Brazil", "Kenya", "Spain", "Japan", "Mexico"], count), "Item": crop, "Year": rng.integers(1990, 2014, count), "rain_mm": rain,
        "pesticides_t": np.round(rng.lognormal(8, 1.4, count), 2), "avg_temp": np.round(rng.normal(20, 6, count), 2), "irrigated": rng.choice([True, False], count),
        "yield_t": np.round(base + rain / 60 + rng.normal(0, 6, count), 2),
    })
    return holes(rng, frame, rain_mm=0.07, avg_temp=0.1)


def phones(rng, count):
    brand = rng.choice(["Samsung", "Huawei", "LG", "Others", "Xiaomi", "Nokia", "Apple"], count)
    new = np.round(rng.lognormal(5.4, 0.5, count), 2)
    frame = pd.DataFrame({
        "brand_name": brand, "os": np.where(brand == "Apple", "iOS", rng.choice(["Android", "Windows", "Others"], count, p=[0.93, 0.04, 0.03])), "screen_size": np.round(rng.normal(13.7, 3.5, count), 2),
        "4g": rng.choice(["yes", "no"], count, p=[0.7, 0.3]), "main_camera_mp": rng.choice([5.0, 8.0, 13.0, 16.0, 12.0], count), "int_memory": rng.choice([16.0, 32.0, 64.0, 128.0], count), "ram": rng.choice([2.0, 3.0, 4.0, 6.0], count),
        "battery": rng.integers(1500, 6000, count).astype(float), "weight": np.round(rng.normal(180, 40, count), 1), "release_year": rng.integers(2013, 2021, count), "days_used": rng.integers(90, 1100, count),
        "normalized_new_price": np.round(np.log(new), 6), "normalized_used_price": np.round(np.log(new) * 0.8 + rng.normal(0, 0.2, count), 6),
    })
    return holes(rng, frame, main_camera_mp=0.06, battery=0.02, weight=0.02, int_memory=0.01)


def payments(rng, count):
    kind = rng.choice(["PAYMENT", "CASH_OUT", "TRANSFER", "CASH_IN", "DEBIT"], count, p=[0.35, 0.33, 0.15, 0.14, 0.03])
    amount, old = np.round(rng.lognormal(9, 1.5, count), 2), np.round(rng.lognormal(9.5, 2, count) * (rng.random(count) < 0.7), 2)
    fraud = (np.isin(kind, ["CASH_OUT", "TRANSFER"]) & (rng.random(count) < 0.25)).astype(int)
    return pd.DataFrame({
        "step": rng.integers(1, 744, count), "type": kind, "amount": amount, "nameOrig": [f"C{v}" for v in rng.integers(10**8, 10**9, count)], "oldbalanceOrg": old,
        "newbalanceOrig": np.where(fraud == 1, 0.0, np.round(np.maximum(old - amount, 0), 2)), "nameDest": [f"{rng.choice(['C', 'M'])}{v}" for v in rng.integers(10**8, 10**9, count)],
        "oldbalanceDest": np.round(rng.lognormal(10, 2, count), 2), "newbalanceDest": np.round(rng.lognormal(10.5, 2, count), 2), "isFraud": fraud,
    })


def buildings(rng, count):
    compact = rng.choice([0.98, 0.9, 0.86, 0.82, 0.79, 0.76, 0.74, 0.71, 0.69, 0.66], count)
    frame = pd.DataFrame({
        "Relative_Compactness": compact, "Surface_Area": np.round(500 + (1 - compact) * 900, 1), "Wall_Area": rng.choice([245.0, 294.0, 318.5, 343.0, 416.5], count), "Overall_Height": np.where(compact > 0.75, 7.0, 3.5),
        "Orientation": rng.integers(2, 6, count), "Glazing_Area": rng.choice([0.0, 0.1, 0.25, 0.4], count), "Glazing_Area_Distribution": rng.integers(0, 6, count),
    })
    frame["Heating_Load"] = np.round(10 + 20 * (frame["Overall_Height"] > 5) + 15 * frame["Glazing_Area"] + rng.normal(0, 2, count), 2)
    frame["Cooling_Load"] = np.round(frame["Heating_Load"] * 0.95 + 3 + rng.normal(0, 2, count), 2)
    return holes(rng, frame, Wall_Area=0.05, Surface_Area=0.03)


def flyers(rng, count):
    frame = pd.DataFrame({
        "id": rng.integers(10**4, 10**5, count), "Gender": rng.choice(["Male", "Female"], count), "Customer Type": rng.choice(["Loyal Customer", "disloyal Customer"], count, p=[0.8, 0.2]),
        "Age": rng.integers(7, 85, count), "Type of Travel": rng.choice(["Business travel", "Personal Travel"], count), "Class": rng.choice(["Eco", "Eco Plus", "Business"], count, p=[0.45, 0.1, 0.45]),
        "Flight Distance": rng.integers(60, 4500, count), "Inflight wifi service": rng.integers(0, 6, count), "Online boarding": rng.integers(0, 6, count), "Seat comfort": rng.integers(1, 6, count),
        "Cleanliness": rng.integers(0, 6, count), "Departure Delay in Minutes": rng.poisson(12, count), "Arrival Delay in Minutes": rng.poisson(13, count).astype(float),
    })
    good = frame["Online boarding"] + frame["Inflight wifi service"] + rng.normal(0, 1.5, count) > 5.5
    frame["satisfaction"] = np.where(good, "satisfied", "neutral or dissatisfied")
    return holes(rng, frame, **{"Arrival Delay in Minutes": 0.06})


def waters(rng, count):
    frame = pd.DataFrame({
        "ph": rng.normal(7.1, 1.5, count).round(6), "Hardness": rng.normal(196, 33, count).round(4), "Solids": rng.gamma(6, 3600, count).round(3), "Chloramines": rng.normal(7.1, 1.6, count).round(5),
        "Sulfate": rng.normal(334, 41, count).round(4), "Conductivity": rng.normal(426, 80, count).round(3), "Organic_carbon": rng.normal(14, 3.3, count).round(4), "Trihalomethanes": rng.normal(66, 16, count).round(4), "Turbidity": rng.normal(4, 0.8, count).round(4),
    })
    frame["Potability"] = ((np.abs(frame["ph"] - 7) < 1.2) & (rng.random(count) < 0.7)).astype(int)
    return holes(rng, frame, ph=0.15, Sulfate=0.22, Trihalomethanes=0.05)


def courses(rng, count):
    grade = np.round(rng.normal(12, 3, count).clip(0, 20), 2)
    frame = pd.DataFrame({
        "Marital_status": rng.integers(1, 5, count), "Application_mode": rng.choice([1, 17, 18, 39, 43, 44], count), "Course": rng.choice([9085, 9147, 9238, 9500, 9773], count), "Daytime": rng.integers(0, 2, count),
        "Admission_grade": np.round(rng.normal(127, 14, count), 1), "Mother_job": rng.choice(["clerk", "farmer", "teacher", "nurse", "engineer", "none"], count), "Debtor": rng.integers(0, 2, count), "Tuition_up_to_date": rng.integers(0, 2, count),
        "Scholarship": rng.integers(0, 2, count), "Age_at_enrollment": rng.integers(17, 50, count), "Units_1st_approved": rng.integers(0, 8, count), "Units_1st_grade": grade, "Units_2nd_approved": rng.integers(0, 8, count), "GDP": rng.choice([1.74, 0.79, -3.12, 2.02, -0.92], count),
    })
    score = grade + frame["Units_2nd_approved"] + 2 * frame["Tuition_up_to_date"] + rng.normal(0, 2, count)
    frame["Target"] = np.select([score < 15, score < 18], ["Dropout", "Enrolled"], "Graduate")
    return holes(rng, frame, Mother_job=0.1, Units_1st_grade=0.05)


def machines(rng, count):
    air = np.round(rng.normal(300, 2, count), 1)
    frame = pd.DataFrame({
        "UDI": np.arange(1, count + 1), "Product ID": [f"{t}{v}" for t, v in zip(rng.choice(list("LLLMMH"), count), rng.integers(14000, 60000, count))], "Air temperature [K]": air, "Process temperature [K]": np.round(air + rng.normal(10, 1, count), 1),
        "Rotational speed [rpm]": rng.integers(1200, 2800, count), "Torque [Nm]": np.round(rng.normal(40, 10, count), 1), "Tool wear [min]": rng.integers(0, 250, count),
    })
    frame.insert(2, "Type", frame["Product ID"].str[0])
    frame["Machine failure"] = ((frame["Tool wear [min]"] > 190) & (frame["Torque [Nm]"] > 38) | (rng.random(count) < 0.04)).astype(int)
    return holes(rng, frame, **{"Torque [Nm]": 0.04, "Air temperature [K]": 0.02})


def seekers(rng, count):
    frame = pd.DataFrame({
        "enrollee_id": rng.integers(1, 33000, count), "city": rng.choice([f"city_{n}" for n in (103, 21, 16, 114, 160, 136, 67, 75, 102, 9)], count), "city_development_index": rng.choice([0.92, 0.624, 0.91, 0.926, 0.767, 0.897], count),
        "gender": rng.choice(["Male", "Female", "Other"], count, p=[0.85, 0.12, 0.03]), "relevent_experience": rng.choice(["Has relevent experience", "No relevent experience"], count), "enrolled_university": rng.choice(["no_enrollment", "Full time course", "Part time course"], count, p=[0.7, 0.2, 0.1]),
        "education_level": rng.choice(["Graduate", "Masters", "High School", "Phd", "Primary School"], count), "experience": rng.choice(["<1", ">20"] + [str(n) for n in range(1, 21)], count), "company_size": rng.choice(["<10", "10/49", "50-99", "100-500", "10000+"], count),
        "last_new_job": rng.choice(["never", "1", "2", "3", "4", ">4"], count), "training_hours": rng.integers(1, 336, count),
    })
    frame["target"] = (rng.random(count) < np.where(frame["city_development_index"] < 0.8, 0.55, 0.15)).astype(float)
    return holes(rng, frame, gender=0.2, company_size=0.3, education_level=0.03, experience=0.01, last_new_job=0.02, enrolled_university=0.02)


def concretes(rng, count):
    cement, water = np.round(rng.normal(281, 100, count).clip(100), 1), np.round(rng.normal(181, 20, count), 1)
    return pd.DataFrame({
        "cement": cement, "slag": np.round(rng.gamma(1, 70, count) * (rng.random(count) < 0.5), 1), "flyash": np.round(rng.normal(110, 20, count) * (rng.random(count) < 0.45), 1), "water": water, "superplasticizer": np.round(rng.gamma(2, 3, count), 1),
        "coarseaggregate": np.round(rng.normal(972, 77, count), 1), "fineaggregate": np.round(rng.normal(773, 80, count), 1), "age": rng.choice([1, 3, 7, 14, 28, 56, 90, 365], count), "csMPa": np.round(cement / water * 18 + rng.normal(0, 6, count), 2),
    })


def stars(rng, count):
    kind = rng.choice(["GALAXY", "QSO", "STAR"], count, p=[0.6, 0.18, 0.22])
    shift = np.where(kind == "STAR", rng.normal(0, 0.0005, count), np.where(kind == "QSO", rng.gamma(5, 0.35, count), rng.gamma(4, 0.1, count)))
    u = rng.normal(22, 2, count)
    return pd.DataFrame({
        "obj_ID": np.arange(10**6, 10**6 + count), "alpha": rng.uniform(0, 360, count).round(6), "delta": rng.uniform(-18, 83, count).round(6), "u": u.round(5), "g": (u - rng.gamma(3, 0.4, count)).round(5), "r": (u - rng.gamma(4, 0.5, count)).round(5),
        "i": (u - rng.gamma(5, 0.5, count)).round(5), "z": np.where(rng.random(count) < 0.01, -9999.0, (u - rng.gamma(6, 0.5, count)).round(5)), "class": kind, "redshift": shift.round(7), "plate": rng.integers(266, 12547, count),
    })


def songs(rng, count):
    frame = pd.DataFrame({
        "track_name": rng.choice(["Lost", "Home", "Fire (Remix)", "Blue - Live", "Señorita", "Run"], count), "artist_genre": rng.choice(["pop", "rock", "rap", "latin", "edm", "folk"], count), "duration_ms": rng.integers(90000, 420000, count), "explicit": rng.choice([True, False], count, p=[0.2, 0.8]),
        "danceability": rng.beta(5, 3, count).round(3), "energy": rng.beta(5, 2, count).round(3), "key": rng.integers(0, 12, count), "loudness": rng.normal(-8, 4, count).round(3), "mode": rng.integers(0, 2, count), "speechiness": rng.beta(1, 9, count).round(4), "tempo": rng.normal(121, 28, count).round(3), "release": [f"{y}-{m:02d}-{d:02d}" for y, m, d in zip(rng.integers(1970, 2023, count), rng.integers(1, 13, count), rng.integers(1, 29, count))],
    })
    frame["popularity"] = np.clip(30 + 40 * frame["danceability"] + rng.normal(0, 12, count), 0, 100).round().astype(int)
    return holes(rng, frame, artist_genre=0.05, tempo=0.04, loudness=0.03)


def mushrooms(rng, count):
    odor = rng.choice(list("nfasly"), count, p=[0.45, 0.2, 0.1, 0.1, 0.1, 0.05])
    return pd.DataFrame({
        "class": np.where((odor == "f") | (rng.random(count) < 0.1), "p", "e"), "cap-shape": rng.choice(list("xfbks"), count), "cap-color": rng.choice(list("nygwe"), count), "bruises": rng.choice(["t", "f"], count), "odor": odor, "gill-size": rng.choice(["b", "n"], count),
        "stalk-root": rng.choice(list("be?cr"), count), "ring-number": rng.choice(["o", "t", "n"], count, p=[0.9, 0.08, 0.02]), "population": rng.choice(list("vysnac"), count), "habitat": rng.choice(list("dgplmuw"), count),
    })


def cards(rng, count):
    frame = pd.DataFrame({
        "A1": rng.choice(["a", "b"], count), "A2": rng.gamma(8, 4, count).round(2), "A3": rng.gamma(1.5, 3, count).round(3), "A4": rng.choice(["u", "y", "l"], count, p=[0.75, 0.23, 0.02]), "A5": rng.choice(["g", "p"], count), "A6": rng.choice(["c", "q", "w", "i", "aa", "ff", "k", "cc"], count),
        "A8": rng.exponential(2, count).round(3), "A9": rng.choice(["t", "f"], count), "A11": rng.poisson(2, count), "A14": [f"{v:05d}" for v in rng.integers(0, 900, count)], "A15": rng.lognormal(4, 2, count).round().astype(int),
    })
    frame["A16"] = np.where((frame["A9"] == "t") & (rng.random(count) < 0.8), "+", "-")
    for column, share in (("A1", 0.02), ("A2", 0.03), ("A6", 0.02), ("A14", 0.03)):
        frame[column] = frame[column].astype(str).mask(rng.random(count) < share, "?")
    return frame


def diamonds(rng, count):
    carat = rng.lognormal(-0.4, 0.5, count).round(2)
    side = (carat * 165) ** (1 / 3)
    frame = pd.DataFrame({
        "carat": carat, "cut": rng.choice(["Fair", "Good", "Very Good", "Premium", "Ideal"], count, p=[0.03, 0.09, 0.22, 0.26, 0.4]), "color": rng.choice(list("DEFGHIJ"), count), "clarity": rng.choice(["I1", "SI2", "SI1", "VS2", "VS1", "VVS2", "VVS1", "IF"], count),
        "depth": rng.normal(61.7, 1.4, count).round(1), "table": rng.normal(57.5, 2.2, count).round(), "x": (side * 1.02).round(2), "y": (side * 1.02 + rng.normal(0, 0.03, count)).round(2), "z": (side * 0.63).round(2) * (rng.random(count) > 0.01),
    })
    frame["price"] = (carat**1.7 * 4500 * rng.lognormal(0, 0.15, count)).round().astype(int)
    return frame


def penguins(rng, count):
    species = rng.choice(["Adelie", "Chinstrap", "Gentoo"], count, p=[0.44, 0.2, 0.36])
    at = pd.Series(species).map({"Adelie": 0, "Chinstrap": 1, "Gentoo": 2}).to_numpy()
    frame = pd.DataFrame({
        "species": species, "island": np.where(at == 2, "Biscoe", rng.choice(["Biscoe", "Dream", "Torgersen"], count)), "bill_length_mm": (np.array([38.8, 48.8, 47.5])[at] + rng.normal(0, 3, count)).round(1), "bill_depth_mm": (np.array([18.3, 18.4, 15.0])[at] + rng.normal(0, 1.1, count)).round(1),
        "flipper_length_mm": (np.array([190, 196, 217])[at] + rng.normal(0, 6.5, count)).round(), "body_mass_g": (np.array([3700, 3733, 5076])[at] + rng.normal(0, 400, count)).round(-1), "sex": rng.choice(["MALE", "FEMALE", "."], count, p=[0.5, 0.49, 0.01]),
    })
    return holes(rng, frame, bill_length_mm=0.02, bill_depth_mm=0.02, flipper_length_mm=0.03, body_mass_g=0.02, sex=0.03)


def flights(rng, count):
    frame = pd.DataFrame({
        "Airline": rng.choice(["Indigo", "Air India", "Vistara", "SpiceJet", "GO FIRST"], count), "Source": rng.choice(["Delhi", "Mumbai", "Kolkata", "Chennai"], count), "Total_Stops": rng.choice(["non-stop", "1 stop", "2 stops"], count, p=[0.3, 0.6, 0.1]),
        "Class": rng.choice(["Economy", "Business"], count, p=[0.7, 0.3]), "Duration": [f"{h}h {m}m" for h, m in zip(rng.integers(1, 30, count), rng.integers(0, 60, count))], "Days_left": rng.integers(1, 50, count), "Dep_hour": rng.integers(0, 24, count),
    })
    frame["Price"] = (4000 + 30000 * (frame["Class"] == "Business") + 2000 * (frame["Total_Stops"] != "non-stop") - 40 * frame["Days_left"] + rng.normal(0, 1200, count)).round().clip(lower=1500)
    return holes(rng, frame, Total_Stops=0.03, Dep_hour=0.05)


def visits(rng, count):
    income = rng.normal(55000, 13000, count).round(2)
    frame = pd.DataFrame({
        "Daily Time Spent on Site": rng.normal(65, 16, count).round(2), "Age": rng.integers(19, 62, count), "Area Income": income, "Daily Internet Usage": rng.normal(180, 44, count).round(2),
        "Ad Topic Line": rng.choice(["Cloned 5th generation orchestration", "Monitored national standardization", "Organic bottom-line service-desk", "Reactive local challenge"], count), "Male": rng.integers(0, 2, count), "Country": rng.choice(["Tunisia", "Nauru", "Italy", "Iceland", "Norway", "Australia", "Fiji", "Peru"], count),
        "Timestamp": (pd.Timestamp("2016-01-01") + pd.to_timedelta(rng.integers(0, 200 * 86400, count), unit="s")).strftime("%Y-%m-%d %H:%M:%S"),
    })
    frame["Clicked on Ad"] = (frame["Daily Internet Usage"] + frame["Daily Time Spent on Site"] + rng.normal(0, 30, count) < 245).astype(int)
    return holes(rng, frame, **{"Area Income": 0.04, "Age": 0.02})


def patients_in(rng, count):
    frame = pd.DataFrame({
        "encounter": rng.integers(10**5, 10**6, count), "race": rng.choice(["Caucasian", "AfricanAmerican", "Hispanic", "?"], count, p=[0.7, 0.2, 0.06, 0.04]), "age": rng.choice([f"[{a}-{a + 10})" for a in range(20, 100, 10)], count), "admission_type_id": rng.integers(1, 7, count), "time_in_hospital": rng.integers(1, 15, count),
        "num_lab_procedures": rng.integers(1, 100, count), "num_medications": rng.integers(1, 50, count), "number_inpatient": rng.poisson(0.7, count), "diag_1": rng.choice(["428", "414", "786", "V58", "E909", "250.83", "?"], count), "A1Cresult": rng.choice([">7", ">8", "Norm"], count), "insulin": rng.choice(["No", "Up", "Down", "Steady"], count), "change": rng.choice(["Ch", "No"], count),
    })
    frame["readmitted"] = np.where(rng.random(count) < 0.2 + 0.1 * np.minimum(frame["number_inpatient"], 4), "<30", rng.choice(["NO", ">30"], count))
    return holes(rng, frame, A1Cresult=0.8)


TARGETS = {
    "hearts": "HeartDisease", "wines": "quality", "calls": "y", "crops": "yield_t", "phones": "normalized_used_price", "payments": "isFraud", "buildings": ["Heating_Load", "Cooling_Load"],
    "flyers": "satisfaction", "waters": "Potability", "courses": "Target", "machines": "Machine failure", "seekers": "target", "concretes": "csMPa", "stars": "class", "songs": "popularity",
    "mushrooms": "class", "cards": "A16", "diamonds": "price", "penguins": "species", "flights": "Price", "visits": "Clicked on Ad", "patients_in": "readmitted",
}
