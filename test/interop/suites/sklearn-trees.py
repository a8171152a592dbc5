"""Draws tables (`tables FOLDER`), or scores HistGradientBoosting with its defaults on the rows and folds that our
trees were scored on (`score LIST`, a JSON file of {table, predictions, target, positive}); prints JSON."""

import json
import sys

import numpy as np
import pandas as pd
from sklearn import datasets
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import r2_score, roc_auc_score

rng = np.random.default_rng(20260101)


def numbers(rows, columns):
    return pd.DataFrame(rng.normal(size=(rows, columns)).round(4), columns=[f"f{i}" for i in range(columns)])


def classes(score):
    return np.where(score + rng.logistic(size=len(score)) > 0, "yes", "no")


def interactions():
    d = numbers(3000, 8)
    return d.assign(y=classes(2 * d.f0 * d.f1 + np.sin(2 * d.f2) * d.f3 + d.f4))


def friedman():
    x, y = datasets.make_friedman1(2500, 10, noise=1, random_state=1)
    return pd.DataFrame(x.round(5), columns=[f"f{i}" for i in range(10)]).assign(y=y.round(4))


def cities():
    """Two text columns, one of 400 levels, most of them rare."""
    d = numbers(3000, 2)
    city = np.minimum(rng.geometric(1 / 100, len(d)), 400) - 1
    kind = rng.integers(0, 20, len(d))
    score = rng.normal(size=400)[city] * 1.5 + rng.normal(size=20)[kind] * d.f0
    return d.assign(city=[f"city {i}" for i in city], kind=[f"kind {i}" for i in kind], y=classes(score))


def seasons():
    """A date that carries a trend, a year's cycle and a week's."""
    day = pd.date_range("2018-01-01", periods=1500)
    t = np.arange(1500)
    y = t / 300 + 3 * np.sin(2 * np.pi * t / 365.25) + (day.weekday > 4) * 2 + rng.normal(size=1500) * 0.7
    return pd.DataFrame({"day": day.strftime("%Y-%m-%d"), "y": y.round(4)})


def holes():
    """A third of the cells is missing, some of them because of what they held."""
    d = numbers(3000, 6)
    y = classes(d.f0 + d.f1 * d.f2 + 2 * (d.f4 > 0.4))
    gaps = rng.uniform(size=d.shape) < 0.33
    gaps[:, 4] = d.f4 > 0.4
    return d.mask(gaps).assign(y=y)


def breast_cancer():
    d = datasets.load_breast_cancer(as_frame=True).frame
    return d.rename(columns={"target": "y"}).assign(y=d.target.map({0: "malignant", 1: "benign"}))


def diabetes():
    return datasets.load_diabetes(as_frame=True).frame.rename(columns={"target": "y"})


TABLES = [interactions, friedman, cities, seasons, holes, breast_cancer, diabetes]


def encoded(table):
    """Texts as categories (ordinal where there are more than 255), dates as days and their parts."""
    columns = {}
    for name in table.columns:
        values = table[name]
        if pd.api.types.is_numeric_dtype(values):
            columns[name] = values
        elif values.dropna().str.fullmatch(r"\d{4}-\d\d-\d\d").all():
            day = pd.to_datetime(values)
            columns[name] = (day - pd.Timestamp(0)).dt.days
            for part in ["year", "month", "day", "dayofweek"]:
                columns[f"{name} {part}"] = getattr(day.dt, part)
        else:
            category = values.astype("category")
            columns[name] = category if category.cat.categories.size <= 255 else category.cat.codes
    return pd.DataFrame(columns)


def score(table, predictions, target, positive, seed):
    rows = pd.read_parquet(table)
    ours = pd.read_parquet(predictions).set_index("row_id").loc[rows.row_id]
    x = encoded(rows.drop(columns=[target, "row_id", "fold"]))
    y = (rows[target] == positive).astype(int) if positive else rows[target]
    theirs = np.zeros(len(rows))
    make = HistGradientBoostingClassifier if positive else HistGradientBoostingRegressor
    for fold in sorted(set(ours.fold)):
        test = ours.fold.to_numpy() == fold
        model = make(categorical_features="from_dtype", random_state=seed).fit(x[~test], y[~test])
        theirs[test] = model.predict_proba(x[test])[:, 1] if positive else model.predict(x[test])
    metric = roc_auc_score if positive else r2_score
    return {"ours": metric(y, ours.score), "theirs": metric(y, theirs)}


if sys.argv[1] == "tables":
    for make in TABLES:
        make().to_csv(f"{sys.argv[2]}/{make.__name__.replace('_', '-')}.csv", index=False)
    print(json.dumps([make.__name__.replace("_", "-") for make in TABLES]))
else:
    print(json.dumps([score(**one) for one in json.load(open(sys.argv[2]))]))
