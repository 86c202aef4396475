"""Tables of films, flats, presses, donors, borrowers, students, bikes and claims, for the scripts beside this file."""
import numpy as np
import pandas as pd

TARGETS = {
    "films": ["revenue"], "flats": ["price"], "presses": ["fault"], "donors": ["gave"], "borrowers": ["bad"], "students": [],
    "bikes": ["price"], "claims": ["fraud"],
}


def pick(rng, values, count, shares=None):
    return [values[place] for place in rng.choice(len(values), count, p=shares)]


def holes(rng, values, share=0.07):
    series = pd.Series(values, dtype=object)
    series[rng.random(len(series)) < share] = None
    return series


def days(rng, first, span, count, form):
    return (pd.Timestamp(first) + pd.to_timedelta(rng.integers(0, span, count), "D")).strftime(form)


def films(rng, count):
    def dicts(names, number, first):
        chosen = [str(name) for name in rng.choice(names, number, replace=False)]
        keys = ["id", "name"] if first else ["name", "id"]
        return str([{key: name if key == "name" else int(rng.integers(1, 9999)) for key in keys} for name in chosen])

    genres = ["Drama", "Comedy", "Thriller", "Action", "Romance", "Family", "Science Fiction"]
    companies = ["Paramount", "Lion's Gate", "Warner", "Toho"]
    titles = ["The Long Road", "Night 2", "Don't Look Now", "Rocky II", "Amélie", "Part of Me", "Alien: Resurrection"]
    return pd.DataFrame({
        "id": range(count), "title": pick(rng, titles, count),
        "budget": np.where(rng.random(count) < 0.2, 0, rng.lognormal(16, 1, count).round()),
        "genres": holes(rng, [dicts(genres, int(k), True) for k in rng.integers(1, 4, count)], 0.04),
        "companies": holes(rng, [dicts(companies, int(k), False) for k in rng.integers(1, 4, count)], 0.08),
        "collection": holes(rng, pick(rng, ["[{'name': 'X'}]"], count), 0.8),
        "homepage": holes(rng, pick(rng, ["http://a.example"], count), 0.6),
        "language": pick(rng, ["en", "fr", "ja", "hi"], count, [0.7, 0.1, 0.1, 0.1]),
        "popularity": rng.gamma(2, 4, count).round(6),
        "release": holes(rng, days(rng, "1978-01-01", 14600, count, "%m/%d/%y"), 0.01),
        "runtime": holes(rng, rng.normal(108, 20, count).round(), 0.03), "revenue": rng.lognormal(16, 1.5, count).round(),
    })


def flats(rng, count):
    titles = ["Bright 3-room flat near park!", "Studio in the CENTER", "Two rooms, quiet", "LUXURY Penthouse!!", "4 room family flat", "Altbau one bedroom", "Loft"]
    features = ["Balcony", "elevator", "Garden", "parking", "cellar", "fitted kitchen", "balcony "]
    streets = ["Hauptstr.", "Karl-Marx-Allee", "Alexanderplatz", "Am Ufer", "Lindenstraße"]
    area = [f"{a:.0f} m2" if unit == 0 else f"~{a:.1f} sqm".replace(".", ",") if unit == 1 else f"{a * 10.76:.0f} sqft" for a, unit in zip(rng.gamma(9, 9, count) + 18, rng.integers(0, 3, count))]
    address = [f"{street} {number}, {code} Berlin" if rng.random() > 0.05 else f"{street}, Berlin" for street, number, code in zip(pick(rng, streets, count), rng.integers(1, 200, count), pick(rng, ["10115", "10178", "10405", "12043", "13353"], count))]
    return pd.DataFrame({
        "id": range(count), "title": holes(rng, pick(rng, titles, count), 0.03), "area": holes(rng, area, 0.05),
        "floor": holes(rng, pick(rng, ["1/5", "3/4", "5/5", "ground", "2", "Ground floor", "10/12", "attic"], count), 0.06),
        "features": holes(rng, [", ".join(pick(rng, features, int(k))) for k in rng.integers(1, 6, count)], 0.06), "address": address,
        "built": holes(rng, pick(rng, ["1905", "ca. 1930", "1972", "1998 (renov. 2015)", "2019", "unknown"], count), 0.06),
        "lat": holes(rng, rng.normal(52.52, 0.05, count).round(5), 0.04), "lon": rng.normal(13.4, 0.08, count).round(5),
        "price": holes(rng, rng.lognormal(12.6, 0.4, count).round(-3), 0.02),
    })


def presses(rng, count):
    read = pd.Timestamp("2022-03-01") + pd.to_timedelta(rng.integers(0, 90 * 1440, count), "min")
    serviced = read - pd.to_timedelta(rng.integers(0, 200 * 24, count), "h")
    return pd.DataFrame({
        "machine": [f"{line}-{number}" for line, number in zip(pick(rng, ["PM", "PM", "MP"], count), rng.integers(1, 40, count))],
        "type": pick(rng, ["hydraulic", "servo", "toggle"], count), "shift": holes(rng, pick(rng, ["early", "late", "night"], count), 0.03),
        "read_at": read.strftime("%Y-%m-%dT%H:%M"), "serviced": holes(rng, serviced.strftime("%Y-%m-%d"), 0.08),
        "temp_c": holes(rng, rng.normal(70, 20, count).round(1), 0.05), "vibration": holes(rng, rng.gamma(2, 2, count).round(2), 0.04),
        "pressure": holes(rng, rng.normal(6, 2, count).round(2), 0.03), "rpm": holes(rng, rng.normal(1500, 600, count).round(), 0.03),
        "error_codes": ["|".join(pick(rng, ["E1", "E9", "E12", "W3"], int(k))) for k in rng.integers(0, 4, count)],
        "fault": (rng.random(count) < 0.2).astype(int),
    })


def donors(rng, count):
    names = [f"{last}, {title}. {first}" for last, title, first in zip(pick(rng, ["Smith", "van Dyk", "Lee", "O'Hara"], count), pick(rng, ["Mr", "Mrs", "Miss", "Ms", "Dr", "Master", "Sir", "Mlle"], count), pick(rng, ["Jo", "Ann", "Bill"], count))]
    given = np.where(rng.random(count) < 0.15, 0, rng.gamma(1.2, 300, count).round(2))
    return pd.DataFrame({
        "name": names, "state": holes(rng, pick(rng, ["NY", "CA", "TX", "OH"], count), 0.04),
        "zip": pick(rng, ["02139", "10001", "94110", "60601", "501", "73301"], count), "age": holes(rng, rng.integers(18, 90, count), 0.06),
        "income": holes(rng, rng.lognormal(10.8, 0.5, count).round(), 0.12),
        "last_gift": holes(rng, pick(rng, ["20180503", "20151224", "20170230", "20161111", "20120101"], count), 0.08),
        "n_gifts": np.where(given == 0, 0, rng.integers(1, 12, count)), "total_given": given, "adults": rng.integers(1, 4, count),
        "children": holes(rng, rng.integers(0, 5, count), 0.1), "channel": pick(rng, ["Mail", "EMAIL", "phone", "Street"], count),
        "gave": rng.integers(0, 2, count),
    })


def borrowers(rng, count):
    return pd.DataFrame({
        "income": np.where(rng.random(count) < 0.06, 999999, rng.lognormal(10.7, 0.5, count).round()),
        "limit": np.where(rng.random(count) < 0.05, -1, rng.integers(0, 20, count) * 500),
        "balance": np.where(rng.random(count) < 0.05, 9999, rng.gamma(2, 1200, count).round(2)),
        "emp_length": holes(rng, pick(rng, ["< 1 year", "3 years", "10+ years", "1 year", "n/a", "2.5 Years"], count), 0.05),
        "pay_status": holes(rng, ["".join(pick(rng, list("0000012C"), int(k))) for k in rng.integers(0, 9, count)], 0.05),
        "purpose": holes(rng, pick(rng, ["Car", "Debt Consolidation", "home!", "Medical", "car"], count), 0.05),
        "opened": holes(rng, days(rng, "1998-01-01", 8000, count, "%b-%y"), 0.04), "monthly_debt": rng.gamma(3, 250, count).round(2),
        "bad": (rng.random(count) < 0.3).astype(int),
    })


def students(rng, count):
    levels = ["None", "Primary", "secondary", "Bachelor", "MASTER", "PhD"]
    grades = [" ".join(pick(rng, ["A", "A-", "B+", "B", "C+", "C-", "D", "F", "E"], int(k))) for k in rng.integers(1, 7, count)]
    return pd.DataFrame({
        "mother_edu": holes(rng, pick(rng, levels, count), 0.05), "father_edu": holes(rng, pick(rng, levels, count), 0.08),
        "attendance": holes(rng, [f"{share:.0f}%" for share in rng.uniform(30, 100, count)], 0.05), "grades": holes(rng, grades, 0.06),
        "scholarship": pick(rng, ["yes", "no"], count), "enrolled": days(rng, "2016-01-01", 1500, count, "%d/%m/%Y"),
        "born": days(rng, "1990-01-01", 3000, count, "%Y-%m-%d"),
        "dist_km": holes(rng, pick(rng, ["3,5", "12km", "0.8", "25,0 km", "far"], count), 0.05), "fees": rng.gamma(4, 700, count).round(2),
        "work_hours": holes(rng, rng.integers(0, 40, count), 0.3), "outcome": pick(rng, ["dropout", "graduate"], count, [0.35, 0.65]),
    })


def bikes(rng, count):
    names = ["Royal Enfield Classic 350 ABS", "Bajaj Pulsar NS-200 ABS", "Honda CB Shine 125", "hero splendor 100", " KTM Duke 390", "Yamaha FZ-S 150", "Bajaj Avenger", "TVS Apache RTR 160 4V abs"]
    driven = [f"{km:,} Km" if long else f"{km}km" for km, long in zip(rng.integers(100, 90000, count), rng.integers(0, 2, count))]
    return pd.DataFrame({
        "name": pick(rng, names, count), "model_year": rng.integers(2004, 2022, count), "kms_driven": holes(rng, driven, 0.04),
        "mileage": holes(rng, pick(rng, ["35 kmpl", "60kmpl", "28 mpl", "", "47.5 Kmpl", "Liquid Cooled"], count), 0.06),
        "power": holes(rng, pick(rng, ["19 bhp", "24.16 bhp", "8.6bhp", "n.a.", "34 BHP"], count), 0.05),
        "owner": pick(rng, ["first owner", "Second owner", "third owner", "fourth owner or more"], count),
        "city": pick(rng, ["Delhi", "Mumbai", "Pune", "Chennai"], count), "price": rng.lognormal(11, 0.5, count).round(-2),
    })


def claims(rng, count):
    loss = pd.Timestamp("2019-01-01") + pd.to_timedelta(rng.integers(0, 700, count), "D")
    return pd.DataFrame({
        "claim_id": range(count), "loss_date": loss.strftime("%Y-%m-%d"),
        "report_date": (loss + pd.to_timedelta(rng.integers(0, 60, count), "D")).strftime("%Y-%m-%d"),
        "claim": rng.lognormal(8, 1, count).round(2), "paid": holes(rng, rng.lognormal(7, 1, count).round(2), 0.06),
        "insured_sum": rng.integers(10, 90, count) * 1000, "age": holes(rng, rng.integers(18, 88, count), 0.05),
        "passengers": holes(rng, rng.integers(0, 5, count), 0.1), "hour": rng.integers(0, 24, count),
        "region": holes(rng, pick(rng, ["north", "south", "east", "west", "isles"], count, [0.3, 0.3, 0.2, 0.17, 0.03]), 0.04),
        "car_make": pick(rng, ["VW", "BMW", "Fiat", "Lada"], count, [0.4, 0.3, 0.27, 0.03]),
        "police_report": holes(rng, pick(rng, ["yes", "no"], count), 0.15), "severity": pick(rng, ["minor", "major", "total"], count),
        "fraud": pick(rng, ["Y", "N"], count, [0.25, 0.75]),
    })


def unseen(**values):
    """Some scoring rows hold what training never did."""
    def change(rng, frame):
        for column, value in values.items():
            frame[column] = frame[column].where(rng.random(len(frame)) > 0.06, value)
        return frame

    return change


SCORED = {
    "films": unseen(language="xx", genres="[{'id': 37, 'name': 'Western'}]", title="Ocean's Twelve Part 3"),
    "flats": unseen(address="Neue Gasse 1, 14109 Berlin", built="MCMXC", floor="7"),
    "presses": unseen(type="manual", error_codes="E20|X"), "donors": unseen(state="AK", zip="99950", name="Nobody"),
    "borrowers": unseen(purpose="Wedding", emp_length="unknown"), "bikes": unseen(name="Ducati Scrambler 800", city="Goa", owner="test ride"),
    "claims": unseen(region="abroad", car_make="Tesla", severity="unclear"),
}
