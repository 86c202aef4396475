"""Made-up tables whose cells must be read: texts, codes, moments, durations, log lines. The same for the same seed.

A table of fewer than 200 rows is taken for one to be scored: it also has words and forms that the long ones never have.
"""
import numpy as np
import pandas as pd


def holes(rng, frame, **shares):
    for column, share in shares.items():
        frame.loc[rng.random(len(frame)) < share, column] = None
    return frame


def fresh(count):
    return count < 200


def pick(rng, count, words, odd=(), weights=None):
    words = list(words)
    cells = rng.choice(words, count, p=weights)
    if fresh(count) and odd:
        cells = np.where(rng.random(count) < 0.08, rng.choice(list(odd), count), cells)
    return [str(cell) for cell in cells]


def moments(rng, count, first, days, unit="s"):
    return pd.Timestamp(first) + pd.to_timedelta(rng.integers(0, days * 86400, count), unit=unit)


def fines(rng, count):
    plate = ["".join(rng.choice(list("ABCDEFGHJK"), 3)) + rng.choice(["-", " ", ""]) + str(rng.integers(100, 9999)) for _ in range(count)]
    frame = pd.DataFrame({
        "ticket_no": np.arange(70001, 70001 + count), "plate": plate, "state": pick(rng, count, ["NY", "nj", "CT ", "PA"], ["99", "ON"]),
        "fine": [f"${v:,.2f}" for v in rng.choice([35, 45, 65, 115, 1030.5], count)], "issued": moments(rng, count, "2022-03-01", 400).strftime("%Y-%m-%d %H:%M:%S"),
        "violation": pick(rng, count, ["NO PARKING-STREET CLEANING", "Expired Meter", "FIRE HYDRANT", "double parking", "No Standing - Bus Stop"], ["BLOCKING PED RAMP"]),
        "paid_late": (rng.random(count) < 0.3).astype(int),
    })
    return holes(rng, frame, state=0.03, violation=0.04)


def visits(rng, count):
    pounds = rng.random(count) < 0.3
    feet = rng.random(count) < 0.3
    frame = pd.DataFrame({
        "PatientID": [f"P{n:05d}" for n in rng.integers(1, 99999, count)], "DOB": (pd.Timestamp("1935-01-01") + pd.to_timedelta(rng.integers(0, 28000, count), unit="D")).strftime("%d/%m/%Y"),
        "VisitDate": (pd.Timestamp("2021-01-01") + pd.to_timedelta(rng.integers(0, 900, count), unit="D")).strftime("%Y-%m-%d"),
        "BP": [f"{rng.integers(95, 180)}/{rng.integers(55, 110)}" for _ in range(count)],
        "Weight": [f"{rng.integers(100, 280)}lb" if p else f"{rng.uniform(45, 130):.1f} kg" for p in pounds],
        "Height": [f"{rng.integers(4, 7)}'{rng.integers(0, 12)}\"" if f else f"{rng.integers(145, 200)} cm" for f in feet],
        "Smoker": pick(rng, count, ["Y", "N", "yes", "No", "never "], ["ex-smoker", "?"]), "Referral": pick(rng, count, ["GP", "Self", "ER"], ["Online"]),
        "Readmitted": (rng.random(count) < 0.25).astype(int),
    })
    return holes(rng, frame, BP=0.05, Weight=0.04, Height=0.04, Smoker=0.03)


def sessions(rng, count):
    agents = ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/118.0.5993.88 Safari/537.36", "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) Version/16.6 Mobile/15E148 Safari/604.1",
              "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/118.0", "Mozilla/5.0 (Linux; Android 13; SM-S901B) Chrome/112.0.0.0 Mobile Safari/537.36"]
    hosts = ["https://www.example.com", "http://shop.example.org", "https://m.example.com", "example.net"]
    paths = ["/", "/products/shoes/red-runner-42", "/cart?step=2&voucher=SUMMER", "/blog/2023/05/how-to-run?utm_source=mail&utm_campaign=may", "/checkout/", "/search?q=trail+shoes"]
    mails = [f"{rng.choice(['anna.b', 'j_smith', 'Max', 'li.wei99', 'info'])}{rng.integers(1, 99)}@{rng.choice(['gmail.com', 'Yahoo.co.uk', 'acme-corp.io', 'uni.edu'])}" for _ in range(count)]
    frame = pd.DataFrame({
        "session": [f"{rng.integers(0, 2**32):08x}" for _ in range(count)], "ua": pick(rng, count, agents, ["Googlebot/2.1 (+http://www.google.com/bot.html)", "curl/8.1"]),
        "landing": [h + p for h, p in zip(rng.choice(hosts, count), rng.choice(paths, count))], "email": mails, "referrer": pick(rng, count, ["https://www.google.com/", "https://t.co/abc", "android-app://com.slack", "direct"], ["http://baidu.com/s?wd=x"]),
        "started": moments(rng, count, "2023-05-01", 120).strftime("%Y-%m-%dT%H:%M:%SZ"), "pages": rng.integers(1, 40, count), "bought": (rng.random(count) < 0.2).astype(int),
    })
    return holes(rng, frame, email=0.2, referrer=0.1, ua=0.02)


def flights(rng, count):
    minutes = rng.integers(55, 900, count)
    length = [f"{m // 60}h {m % 60}m" if m % 60 else f"{m // 60}h" for m in minutes]
    frame = pd.DataFrame({
        "Airline": pick(rng, count, ["IndiGo", "Air India", "Jet Airways", "SpiceJet", "Vistara Premium economy"], ["Trujet"]), "Date_of_Journey": moments(rng, count, "2019-03-01", 100).strftime("%-d/%m/%Y"),
        "Route": pick(rng, count, ["BLR → DEL", "CCU → IXR → BBI → BLR", "DEL → LKO → BOM → COK", "MAA → CCU"], ["BOM → DED → DEL → HYD"]), "Dep_Time": moments(rng, count, "2019-01-01", 1).strftime("%H:%M"),
        "Arrival_Time": [t + (f" {d} Mar" if r < 0.4 else "") for t, d, r in zip(moments(rng, count, "2019-01-01", 1).strftime("%H:%M"), rng.integers(1, 29, count), rng.random(count))],
        "Duration": length, "Total_Stops": pick(rng, count, ["non-stop", "1 stop", "2 stops"], ["4 stops"]), "Additional_Info": pick(rng, count, ["No info", "In-flight meal not included", "No Info"], ["Red-eye flight"]),
        "Price": np.round(rng.lognormal(9, 0.4, count)),
    })
    return holes(rng, frame, Route=0.01, Total_Stops=0.01)


def deliveries(rng, count):
    ordered = moments(rng, count, "2022-02-11", 50)
    picked = ordered + pd.to_timedelta(rng.choice([5, 10, 15], count), unit="min")
    frame = pd.DataFrame({
        "ID": [f"0x{rng.integers(0, 65536):x} " for _ in range(count)], "Delivery_person_ID": [f"{rng.choice(['INDORES', 'BANGRES', 'COIMBRES'])}{rng.integers(1, 20):02d}DEL{rng.integers(1, 4):02d} " for _ in range(count)],
        "Delivery_person_Age": [str(a) if r > 0.05 else "NaN " for a, r in zip(rng.integers(20, 40, count), rng.random(count))],
        "Restaurant_latitude": np.round(rng.uniform(11, 23, count), 6), "Restaurant_longitude": np.round(rng.uniform(72, 80, count), 6), "Order_Date": ordered.strftime("%d-%m-%Y"),
        "Time_Orderd": [t if r > 0.06 else "NaN " for t, r in zip(ordered.strftime("%H:%M:%S"), rng.random(count))], "Time_Order_picked": picked.strftime("%H:%M:%S"),
        "Weatherconditions": pick(rng, count, ["conditions Sunny", "conditions Stormy", "conditions Fog", "conditions NaN"], ["conditions Hail"]), "Road_traffic_density": pick(rng, count, ["High ", "Jam ", "Low ", "Medium "], ["NaN "]),
        "multiple_deliveries": pick(rng, count, ["0", "1", "2"], ["NaN "]), "City": pick(rng, count, ["Urban ", "Metropolitian ", "Semi-Urban "], ["NaN "]), "Time_taken(min)": [f"(min) {m}" for m in rng.integers(10, 55, count)],
    })
    return frame


def adverts(rng, count):
    size = [f"{rng.integers(280, 2200):,} sq ft" if r < 0.5 else f"{rng.integers(25, 200)} m2" if r < 0.8 else f"{rng.integers(25, 200)}sqm approx." for r in rng.random(count)]
    frame = pd.DataFrame({
        "ref": [f"RX-{n}" for n in rng.integers(10000, 99999, count)], "title": [f"{rng.integers(1, 6)} {rng.choice(['bed', 'bedroom', 'Bed'])} {rng.choice(['flat', 'terraced house', 'semi-detached house', 'Studio'])} {rng.choice(['for sale', 'to rent'])}" for _ in range(count)],
        "price": [f"£{rng.integers(6, 30) * 100:,} pcm" if r < 0.5 else f"£{rng.integers(100, 900) * 1000:,}" if r < 0.92 else "POA" for r in rng.random(count)], "size": size,
        "address": [f"{rng.integers(1, 200)} {rng.choice(['High St', 'Mill Lane', 'King Road'])}, {rng.choice(['London', 'Leeds', 'Bath'])}, {rng.choice(['SW1A 2AA', 'LS6 3HN', 'BA1 5EB', 'e14 9gu'])}" for _ in range(count)],
        "description": pick(rng, count, ["Spacious with garden and parking.", "NO CHAIN! Close to station; balcony, lift.", "Period features. Garden. Needs modernisation", "Newly refurbished, parking available - must see!!"], ["Ex-council; chain free", ""]),
        "tenure": pick(rng, count, ["Freehold", "Leasehold (99 years)", "leasehold - 125 yrs remaining"], ["Share of freehold"]), "days_to_sell": rng.integers(3, 200, count),
    })
    return holes(rng, frame, size=0.12, description=0.05, tenure=0.1)


def tickets(rng, count):
    subject = pick(rng, count, ["URGENT: cannot log in!!", "Refund for order #10234", "How do I change my password?", "app crashes on start", "Re: Re: invoice 2021-11", "Feature request: dark mode", "billing error $45 charged twice"], ["¿Dónde está mi pedido?", "PLEASE HELP ME NOW", "???"])
    frame = pd.DataFrame({
        "id": np.arange(count), "subject": subject, "body_chars": rng.integers(5, 3000, count), "created_at": moments(rng, count, "2023-01-01", 365).strftime("%m/%d/%Y %I:%M %p"),
        "product": pick(rng, count, ["Pro-2.1", "Pro-2.0", "Lite-1.4", "Enterprise-3"], ["Beta"]), "tags": [rng.choice(["", "billing", "login,urgent", "billing, vip", "mobile,crash,ios"]) for _ in range(count)],
        "escalated": (rng.random(count) < 0.2).astype(int),
    })
    return holes(rng, frame, product=0.05)


def meters(rng, count):
    when = pd.Timestamp("2022-01-01") + pd.to_timedelta(15 * rng.integers(0, 4 * 24 * 720, count), unit="min")
    return holes(rng, pd.DataFrame({
        "meter": pick(rng, count, ["M-001/A", "M-002/A", "M-013/B"], ["M-999/Z"]), "timestamp": when.strftime("%Y-%m-%d %H:%M"), "temp": [f"{t:.1f}°C" for t in rng.normal(14, 8, count)],
        "wind": [f"{d} {rng.integers(0, 40)}km/h" for d in rng.choice(["N", "NE", "SW", "W"], count)], "load_kw": np.round(rng.gamma(3, 4, count), 3),
    }), temp=0.04, wind=0.04)


def apps(rng, count):
    frame = pd.DataFrame({
        "App": [f"{rng.choice(['Photo Editor', 'Zen Garden', 'QR-Scan 2', 'U Launcher Lite', 'Sudoku'])} {rng.choice(['Pro', 'Free', '– FREE', '(2018)', ''])}".strip() for _ in range(count)], "Category": pick(rng, count, ["ART_AND_DESIGN", "GAME", "TOOLS", "HEALTH_AND_FITNESS"], ["1.9"]),
        "Reviews": [str(n) if n % 17 else f"{n / 1e6:.1f}M" for n in rng.integers(10, 4_000_000, count)], "Size": [f"{v:.1f}M" if r < 0.6 else f"{int(v * 10)}k" if r < 0.8 else "Varies with device" for v, r in zip(rng.uniform(1, 99, count), rng.random(count))],
        "Installs": pick(rng, count, ["10,000+", "500,000+", "1,000,000+", "50+"], ["0", "Free"]), "Type": pick(rng, count, ["Free", "Paid"], weights=[0.9, 0.1]), "Price": pick(rng, count, ["0", "$4.99", "$1.99"], ["Everyone"], weights=[0.8, 0.1, 0.1]),
        "Genres": pick(rng, count, ["Art & Design", "Art & Design;Creativity", "Tools", "Puzzle;Brain Games", "Health & Fitness"], ["Role Playing;Action & Adventure"]), "Last Updated": moments(rng, count, "2016-01-01", 950).strftime("%B %-d, %Y"),
        "Android Ver": pick(rng, count, ["4.0.3 and up", "4.1 and up", "Varies with device", "2.3 and up"], ["8.0 and up", "5.0 - 8.0"]), "Rating": np.round(rng.uniform(2, 5, count), 1),
    })
    return holes(rng, frame, **{"Android Ver": 0.02, "Size": 0.01})


def logs(rng, count):
    lines = []
    for when in moments(rng, count, "2024-02-01", 30):
        ip = ".".join(str(n) for n in rng.integers(1, 255, 4))
        path = rng.choice(["/index.html", "/api/v1/users/42", "/api/v2/orders?page=3&size=50", "/static/img/logo.png", "/login", "/wp-admin/setup.php"])
        lines.append(f'{ip} - {rng.choice(["-", "bob", "svc_batch"])} [{when.strftime("%d/%b/%Y:%H:%M:%S +0000")}] "{rng.choice(["GET", "POST", "HEAD"])} {path} HTTP/1.{rng.integers(0, 2)}" {rng.choice([200, 200, 200, 301, 404, 500])} {rng.integers(0, 90000)} {rng.integers(1, 4000)}ms')
    if fresh(count):
        for row in np.flatnonzero(rng.random(count) < 0.08):
            lines[row] = rng.choice(["-", "corrupt line", "10.0.0.1 - - [01/Feb/2024:00:00:01 +0000] \"-\" 408 -"])
    return pd.DataFrame({"line": lines, "host": pick(rng, count, ["web-01.eu", "web-02.eu", "api-01.us"], ["db-07.ap"]), "attack": (rng.random(count) < 0.1).astype(int)})


def loans(rng, count):
    frame = pd.DataFrame({
        "term": pick(rng, count, [" 36 months", " 60 months"]), "int_rate": [f"{v:.2f}%" for v in rng.uniform(5, 28, count)], "emp_length": pick(rng, count, ["10+ years", "< 1 year", "1 year", "3 years", "7 years"], ["n/a"]),
        "emp_title": pick(rng, count, ["Teacher", "registered nurse", "Truck Driver ", "owner", "RN"], ["Zoologist"]), "earliest_cr_line": (pd.Timestamp("1985-01-01") + pd.to_timedelta(30 * rng.integers(0, 300, count), unit="D")).strftime("%b-%Y"),
        "issue_d": (pd.Timestamp("2014-01-01") + pd.to_timedelta(30 * rng.integers(0, 30, count), unit="D")).strftime("%b-%Y"), "zip_code": [f"{z:03d}xx" for z in rng.choice([100, 331, 606, 770, 940, 11], count)],
        "grade": pick(rng, count, ["A1", "B3", "C5", "D2"], ["G5"]), "revol_util": [f"{v:.1f}%" for v in rng.uniform(0, 110, count)], "amount": rng.integers(1000, 40000, count), "default": (rng.random(count) < 0.2).astype(int),
    })
    return holes(rng, frame, emp_length=0.05, emp_title=0.08, revol_util=0.02)


def movies(rng, count):
    runtime = [f"{m // 60}h {m % 60:02d}min" if r < 0.7 else f"{m} min" for m, r in zip(rng.integers(70, 200, count), rng.random(count))]
    frame = pd.DataFrame({
        "title": [f"{rng.choice(['The Last', 'A Quiet', 'Return of the', 'Dark'])} {rng.choice(['River', 'Knight', 'House', 'Sea'])} ({y})" for y in rng.integers(1960, 2020, count)], "genres": pick(rng, count, ["Drama", "Action|Adventure|Sci-Fi", "Comedy|Romance", "(no genres listed)", "Drama|Thriller"], ["Film-Noir", "Western|Musical"]),
        "runtime": runtime, "released": moments(rng, count, "1990-01-01", 10000).strftime("%d %b %Y"), "cast": [", ".join(rng.choice(["Tom Hale", "Ana Ruiz", "J. R. Cole", "Mei Lin", "Omar Said"], rng.integers(1, 5), replace=False)) for _ in range(count)],
        "budget": [f"${rng.uniform(0.5, 200):.1f}M" if r < 0.6 else f"{rng.integers(100, 900)}K" if r < 0.8 else str(rng.integers(10 ** 5, 10 ** 8)) for r in rng.random(count)], "language": pick(rng, count, ["English", "english, French", "Hindi", "Spanish, English"], ["Klingon"]), "hit": (rng.random(count) < 0.3).astype(int),
    })
    return holes(rng, frame, budget=0.15, cast=0.03, runtime=0.02)


def parts(rng, count):
    sku = [f"{rng.choice(['AB', 'kx', 'ZR'])}-{rng.integers(0, 9999):04d}-{rng.choice(['XL', 'S', 'M'])}-{rng.integers(1, 13):02d}{rng.choice(['', 'R', '/B'])}" for _ in range(count)]
    if fresh(count):
        sku = [rng.choice(["AB1234", "", "ZR-12a4-M-05"]) if rng.random() < 0.06 else code for code in sku]
    frame = pd.DataFrame({
        "sku": sku, "barcode": [f"{rng.integers(10**11, 10**13 - 1)}" for _ in range(count)], "dims": [f"{rng.integers(5, 90)}x{rng.integers(5, 90)}x{rng.uniform(1, 40):.1f}{rng.choice(['cm', ' cm', 'mm'])}" for _ in range(count)],
        "batch": [f"L{y % 100:02d}{w:02d}" for y, w in zip(rng.integers(2015, 2024, count), rng.integers(1, 53, count))], "colour": pick(rng, count, ["red", "Navy Blue", "#ff8800", "GREEN"], ["#0af", "unknown"]), "failed": (rng.random(count) < 0.1).astype(int),
    })
    frame["barcode"] = "B" + frame["barcode"]
    return holes(rng, frame, dims=0.04, colour=0.05)


def members(rng, count):
    joined = moments(rng, count, "2018-01-05", 1500)
    return holes(rng, pd.DataFrame({
        "member": [f"{n:06d}-{rng.choice(list('ABC'))}" for n in rng.integers(1, 999999, count)], "joined": joined.strftime("%d/%m/%Y"), "last_visit": (joined + pd.to_timedelta(rng.integers(1, 500, count), unit="D")).strftime("%d/%m/%Y"),
        "birth_year": rng.integers(1950, 2006, count), "phone": [rng.choice(["+44 7{0}", "07{0}", "(020) {0}", "0044-7{0}"]).format(rng.integers(100000000, 999999999)) for _ in range(count)], "plan": pick(rng, count, ["Gold (12m)", "Silver (6m)", "Basic", "Gold (24m)"], ["Trial (1m)", "Staff"]),
        "slots": [rng.choice(["Mon 18:00-19:30", "Tue 07:15-08:00", "Sat 10:00-12:00"]) for _ in range(count)], "fee": [f"{v:.2f}".replace(".", ",") + " EUR" for v in rng.uniform(9, 99, count)], "churned": (rng.random(count) < 0.3).astype(int),
    }), last_visit=0.08, phone=0.06)


def claims(rng, count):
    bind = moments(rng, count, "1991-01-01", 8000)
    return holes(rng, pd.DataFrame({
        "policy_bind_date": bind.strftime("%Y-%m-%d"), "policy_csl": pick(rng, count, ["250/500", "100/300", "500/1000"]), "incident_date": moments(rng, count, "2015-01-01", 60).strftime("%d-%b-%y"), "incident_hour": rng.integers(0, 24, count),
        "insured_zip": rng.integers(430000, 620000, count), "insured_sex": pick(rng, count, ["MALE", "FEMALE", "F", "m"], ["X"]), "collision_type": pick(rng, count, ["Rear Collision", "Side Collision", "?", "Front Collision"]), "auto_model": pick(rng, count, ["92x", "E400", "RAM", "Wrangler", "F150", "3 Series"], ["X6"]),
        "witness_note": pick(rng, count, ["saw driver on phone", "no witness", "2 witnesses, statement taken", "Police called at 18:40"], ["n.a."]), "police_report_available": pick(rng, count, ["YES", "NO", "?"]), "total_claim": [f"{v:,}" for v in rng.integers(100, 90000, count)], "fraud_reported": pick(rng, count, ["Y", "N"]),
    }), witness_note=0.08)


def voyagers(rng, count):
    frame = pd.DataFrame({
        "PassengerId": [f"{n:04d}_{k:02d}" for n, k in zip(rng.integers(1, 9300, count), rng.integers(1, 6, count))], "HomePlanet": pick(rng, count, ["Earth", "Europa", "Mars"], ["Titan"]), "Cabin": [f"{rng.choice(list('ABCDEFG'))}/{rng.integers(0, 1800)}/{rng.choice(['P', 'S'])}" for _ in range(count)],
        "Name": [f"{rng.choice(['Maham', 'Juanna', 'Willy', 'Sandie'])} {rng.choice(['Ofracculy', 'Vines', 'Santantines', 'O’Dorn'])}" for _ in range(count)], "Ticket": [f"{rng.choice(['A/5. ', 'PC ', 'STON/O2. ', ''])}{rng.integers(1000, 999999)}" for _ in range(count)],
        "Age": rng.integers(0, 79, count).astype(float), "VIP": rng.random(count) < 0.05, "RoomService": np.round(rng.exponential(200, count)), "Spa": np.round(rng.exponential(300, count)), "Transported": rng.random(count) < 0.5,
    })
    return holes(rng, frame, Cabin=0.05, Name=0.04, Age=0.03, HomePlanet=0.03, RoomService=0.02)


def pickups(rng, count):
    start = moments(rng, count, "2023-12-20", 40)
    end = start + pd.to_timedelta(rng.integers(60, 7200, count), unit="s")
    return holes(rng, pd.DataFrame({
        "START_DATE": start.strftime("%Y-%m-%d %H:%M:%S"), "END_DATE": end.strftime("%Y-%m-%d %H:%M:%S"), "CATEGORY": pick(rng, count, ["Business", "Personal"]), "START": pick(rng, count, ["Fort Pierce", "Cary", "Morrisville", "Unknown Location"], ["R?walpindi"]), "STOP": pick(rng, count, ["Cary", "Durham", "Morrisville"], ["Noorpur Shahan"]),
        "MILES": np.round(rng.exponential(10, count), 1), "PURPOSE": pick(rng, count, ["Meeting", "Meal/Entertain", "Errand/Supplies", "Customer Visit"], ["Moving"]),
    }), PURPOSE=0.3, END_DATE=0.02)


def recipes(rng, count):
    items = ["salt", "2 eggs", "olive oil", "200g flour", "1/2 cup sugar", "black pepper", "garlic (3 cloves)", "butter"]
    return holes(rng, pd.DataFrame({
        "name": pick(rng, count, ["Easy Chicken Soup", "best-ever BROWNIES", "Vegan chili", "Grandma's Apple Pie"], ["Crème brûlée", "Pho"]), "cook_time": [rng.choice(["PT45M", "PT1H30M", "PT2H", "PT24H15M", "PT5M"]) for _ in range(count)], "ingredients": ["; ".join(rng.choice(items, rng.integers(2, 7), replace=False)) for _ in range(count)],
        "servings": pick(rng, count, ["4", "serves 6", "2-3", "12 cookies"], ["many"]), "posted": moments(rng, count, "2012-06-01", 3000).strftime("%B %d, %Y"), "calories": [f"{v} kcal" if r < 0.8 else f"{v * 4}kJ" for v, r in zip(rng.integers(80, 1200, count), rng.random(count))], "stars": rng.integers(1, 6, count),
    }), cook_time=0.1, servings=0.06, calories=0.05)


def cars(rng, count):
    return holes(rng, pd.DataFrame({
        "name": pick(rng, count, ["Maruti Swift Dzire VDI", "Hyundai i20 Sportz Diesel", "Honda City 2017-2020 EXi", "Skoda Rapid 1.5 TDI Ambition"], ["Land Rover Discovery 2.0 SE"]), "year": rng.integers(2003, 2021, count), "km_driven": [f"{v:,} kms" for v in rng.integers(1000, 200000, count)], "fuel": pick(rng, count, ["Diesel", "Petrol", "CNG"], ["Electric"]), "owner": pick(rng, count, ["First Owner", "Second Owner", "Fourth & Above Owner"], ["Test Drive Car"]),
        "mileage": [f"{v:.2f} {u}" for v, u in zip(rng.uniform(9, 28, count), rng.choice(["kmpl", "km/kg"], count, p=[0.9, 0.1]))], "engine": [f"{v} CC" for v in rng.choice([1197, 1248, 1498, 2179], count)], "max_power": [f"{v:.1f} bhp" if r > 0.03 else " bhp" for v, r in zip(rng.uniform(35, 180, count), rng.random(count))],
        "torque": pick(rng, count, ["190Nm@ 2000rpm", "250Nm@ 1500-2500rpm", "12.7@ 2,700(kgm@ rpm)", "22.4 kgm at 1750-2750rpm"], ["380Nm(38.7kgm)@ 2500rpm"]), "seats": rng.choice([4, 5, 7], count).astype(float), "selling_price": rng.integers(40, 2000, count) * 1000,
    }), mileage=0.03, engine=0.03, max_power=0.03, torque=0.03, seats=0.03)


def transactions(rng, count):
    description = [f"{rng.choice(['POS', 'ATM WITHDRAWAL', 'DIRECT DEBIT', 'CARD PAYMENT'])} {rng.choice(['TESCO STORES 3217', 'AMAZON.CO.UK*2K3', 'Netflix.com', 'UBER   *TRIP', 'SALARY ACME LTD'])} {rng.choice(['', 'REF 88231', 'ON 12/03', '**** 4821'])}".rstrip() for _ in range(count)]
    return holes(rng, pd.DataFrame({
        "tx_id": [f"{rng.integers(0, 2**40):010X}" for _ in range(count)], "when": moments(rng, count, "2023-01-01", 365).strftime("%Y%m%d%H%M%S"), "description": description, "amount": [f"{'-' if r < 0.7 else ''}{c}{v:,.2f}" if r < 0.9 else f"({c}{v:,.2f})" for v, r, c in zip(rng.lognormal(4, 1, count), rng.random(count), rng.choice(["£", "$", "€"], count))],
        "card": [f"{rng.choice(['4', '5', '37'])}{'x' * 8}{rng.integers(1000, 9999)}" for _ in range(count)], "country": pick(rng, count, ["GB", "gb", "US", "DE"], ["NG", "??"]), "is_fraud": (rng.random(count) < 0.1).astype(int),
    }), card=0.1, country=0.05)


def jobs(rng, count):
    salary = [f"${a}k-${b}k" if r < 0.4 else f"${a},000 - ${b},000 a year" if r < 0.7 else f"${a / 2:.2f} an hour" if r < 0.85 else "Competitive" for a, b, r in zip(rng.integers(40, 90, count), rng.integers(90, 200, count), rng.random(count))]
    return holes(rng, pd.DataFrame({
        "job_title": pick(rng, count, ["Senior Data Scientist", "Jr. Data Analyst (Remote)", "ML Engineer II", "Lead Data Engineer - NYC", "Data scientist"], ["Head of AI", "Werkstudent Daten"]), "company": [f"{c}\n{r:.1f}" for c, r in zip(rng.choice(["Acme", "Initech", "Umbrella Corp"], count), rng.uniform(1, 5, count))], "location": pick(rng, count, ["New York, NY", "San Jose, CA", "Remote", "Austin, TX 78701"], ["London"]),
        "salary": salary, "posted": pick(rng, count, ["Today", "3 days ago", "30+ days ago", "1 day ago", "Just posted"]), "experience": pick(rng, count, ["5+ years", "2-4 yrs", "no experience", "at least 3 years"], ["PhD"]), "skills": [", ".join(rng.choice(["Python", "SQL", "Excel", "AWS", "Spark", "C++"], rng.integers(1, 5), replace=False)) for _ in range(count)], "applied": (rng.random(count) < 0.4).astype(int),
    }), salary=0.15, experience=0.1, location=0.02)


def air(rng, count):
    when = moments(rng, count, "2004-03-10", 380)
    number = lambda values: [f"{v:.1f}".replace(".", ",") for v in values]
    return holes(rng, pd.DataFrame({
        "Date": when.strftime("%d/%m/%Y"), "Time": when.strftime("%H.00.00"), "CO": number(np.where(rng.random(count) < 0.05, -200, rng.gamma(2, 1, count))), "NOx": rng.choice([-200, 120, 166, 231, 480], count), "T": number(rng.normal(18, 8, count)), "RH": number(rng.uniform(10, 90, count)),
        "station": pick(rng, count, ["IT-0123A urban", "IT-0456B rural", "IT-0789A Traffic"], ["FR-04034 urban"]), "benzene": np.round(rng.gamma(2, 5, count), 1),
    }), T=0.03)


TARGETS = {
    "fines": "paid_late", "visits": "Readmitted", "sessions": "bought", "flights": "Price", "deliveries": "Time_taken(min)", "adverts": "days_to_sell", "tickets": "escalated", "meters": "load_kw", "apps": "Rating", "logs": "attack", "loans": "default",
    "movies": "hit", "parts": "failed", "members": "churned", "claims": "fraud_reported", "voyagers": "Transported", "pickups": "MILES", "recipes": "stars", "cars": "selling_price", "transactions": "is_fraud", "jobs": "applied", "air": "benzene",
}
