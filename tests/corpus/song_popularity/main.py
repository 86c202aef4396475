# table: tables_learn.songs
import pandas as pd
from config import CONFIG
from preprocessing import Preprocessor
from models import get_model

train_df = pd.read_csv(CONFIG["paths"]["train"])
test_df = pd.read_csv(CONFIG["paths"]["test"])

pre = Preprocessor(**CONFIG["preprocessing"])
X_train = pre.fit_transform(train_df)
X_test = pre.transform(test_df)
y_train = train_df[CONFIG["target"]]

preds = {}
for name in CONFIG["models"]:
    model = get_model(name)
    model.fit(X_train, y_train)
    preds[name] = model.predict(X_test)

submission = pd.DataFrame(preds)
submission["blend"] = submission[list(CONFIG["models"])].mean(axis=1)
submission["popularity"] = submission["blend"].clip(0, 100).round().astype(int)
submission.insert(0, "track", test_df["track_name"])
