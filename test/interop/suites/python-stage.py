"""A train stage as a stranger would write it: nothing of Lockstep but its variables and three files."""

import csv
import json
import os
import sys

import numpy
from sklearn.linear_model import LogisticRegression

inputs, outputs = os.environ["LOCKSTEP_INPUTS"], os.environ["LOCKSTEP_OUTPUTS"]
with open(os.environ["LOCKSTEP_PARAMS"]) as file:
    params = json.load(file)


def read(name):
    with open(os.path.join(inputs, name), newline="") as file:
        rows = list(csv.DictReader(file))
    features = [[float(row["income"]), float(row["debt"]), row["city"] == "Oslo"] for row in rows]
    return [row["id"] for row in rows], numpy.array(features), [row["late"] for row in rows]


_, train, labels = read("train.csv")
ids, judged, _ = read("test.csv")
model = LogisticRegression(C=params["c"], random_state=params["seed"]).fit(train, labels)
scores = model.predict_proba(judged)[:, list(model.classes_).index("yes")]

with open(os.environ["LOCKSTEP_METRICS"], "a") as file:
    file.write(json.dumps({"step": 1, "train_accuracy": model.score(train, labels)}) + "\n")
with open(os.path.join(outputs, "predictions.csv"), "w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["row_id", "fold", "score"])
    writer.writerows([row_id, 0, repr(float(score))] for row_id, score in zip(ids, scores))
print("trained in", sys.prefix)
