# table: tables_text.flights
import pandas as pd
import numpy as np

train_df = pd.read_csv("train.csv")
test_df = pd.read_csv("score.csv")

train_df.dropna(inplace=True)

# journey date
for d in (train_df, test_df):
    d["Journey_day"] = pd.to_datetime(d["Date_of_Journey"], format="%d/%m/%Y").dt.day
    d["Journey_month"] = pd.to_datetime(d["Date_of_Journey"], format="%d/%m/%Y").dt.month
    d.drop(["Date_of_Journey"], axis=1, inplace=True)

    d["Dep_hour"] = pd.to_datetime(d["Dep_Time"], format="%H:%M").dt.hour
    d["Dep_min"] = pd.to_datetime(d["Dep_Time"], format="%H:%M").dt.minute
    d.drop(["Dep_Time"], axis=1, inplace=True)

    d["Arrival_hour"] = d["Arrival_Time"].str.split(" ").str[0].str.split(":").str[0].astype(int)
    d["Arrival_min"] = d["Arrival_Time"].str.split(" ").str[0].str.split(":").str[1].astype(int)
    d["next_day"] = d["Arrival_Time"].apply(lambda x: 1 if len(x.split()) > 1 else 0)
    d.drop(["Arrival_Time"], axis=1, inplace=True)


def minutes(text):
    total = 0
    for piece in text.split():
        if piece.endswith('h'):
            total += int(piece[:-1]) * 60
        elif piece.endswith('m'):
            total += int(piece[:-1])
    return total


def hours_and_mins(duration):
    if len(duration.split()) != 2:
        if "h" in duration:
            duration = duration.strip() + " 0m"
        else:
            duration = "0h " + duration
    return pd.Series([int(duration.split(sep="h")[0]), int(duration.split(sep="m")[0].split()[-1])])


train_df[["Duration_hours", "Duration_mins"]] = train_df["Duration"].apply(hours_and_mins)
test_df[["Duration_hours", "Duration_mins"]] = test_df["Duration"].apply(hours_and_mins)
test_df["Duration_total"] = test_df["Duration"].map(minutes)
test_df["dep_sin"] = np.sin(2 * np.pi * (test_df["Dep_hour"] + test_df["Dep_min"] / 60) / 24)
test_df["dep_cos"] = np.cos(2 * np.pi * (test_df["Dep_hour"] + test_df["Dep_min"] / 60) / 24)

test_df["Route"] = test_df["Route"].fillna("UNK")
test_df["hops"] = test_df["Route"].apply(lambda r: len(r.split("→")) - 2 if "→" in r else 0)
test_df["first_leg"] = test_df["Route"].str.split("→").str[0].str.strip()
test_df["via_bom"] = test_df["Route"].str.contains("BOM", regex=False).astype(int)
test_df["first_leg"] = test_df["first_leg"].map({"BLR": 0, "CCU": 1, "DEL": 2, "MAA": 3}).fillna(-1)

test_df.replace({"non-stop": 0, "1 stop": 1, "2 stops": 2, "3 stops": 3, "4 stops": 4}, inplace=True)
test_df["Total_Stops"] = test_df["Total_Stops"].astype(float)
test_df["premium"] = test_df["Airline"].apply(lambda a: "premium" in a.lower()).astype(int)
test_df["no_info"] = test_df["Additional_Info"].str.lower().eq("no info").astype(int)

freq = train_df["Airline"].value_counts(normalize=True)
test_df["Airline"] = test_df["Airline"].map(freq).fillna(0)
test_df = test_df.drop(columns=["Duration", "Route", "Additional_Info"])
