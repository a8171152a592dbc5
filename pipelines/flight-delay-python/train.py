"""Learns with scikit-learn, and exports the whole pipeline as one ONNX file that takes the raw columns."""

import json
import os

import numpy
import pyarrow.parquet as parquet
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

inputs, outputs = os.environ["LOCKSTEP_INPUTS"], os.environ["LOCKSTEP_OUTPUTS"]
with open(os.environ["LOCKSTEP_PARAMS"]) as file:
    params = json.load(file)

texts = ["origin", "destination", "hour", "weekday"]
numbers = ["distance"]
table = parquet.read_table(os.path.join(inputs, "train.parquet"))
# A column each, as the served model takes them: names and order are those of model.yaml.
rows = numpy.column_stack(
    [numpy.array(table[name].to_pylist(), dtype=object) for name in texts]
    + [table[name].to_numpy().astype(numpy.float32) for name in numbers]
)
late = table["late"].to_numpy().astype(int)

split = len(texts)
transform = ColumnTransformer(
    [
        ("texts", OneHotEncoder(handle_unknown="ignore"), list(range(split))),
        ("numbers", StandardScaler(), list(range(split, split + len(numbers)))),
    ]
)
model = LogisticRegression(C=params["c"], max_iter=params["iterations"], random_state=params["seed"])
pipeline = Pipeline([("transform", transform), ("model", model)]).fit(rows, late)

with open(os.environ["LOCKSTEP_METRICS"], "a") as file:
    file.write(json.dumps({"train_accuracy": pipeline.score(rows, late)}) + "\n")

types = [(name, StringTensorType([None, 1])) for name in texts] + [(name, FloatTensorType([None, 1])) for name in numbers]
graph = to_onnx(pipeline, initial_types=types, options={id(pipeline): {"zipmap": False}}, target_opset={"": 20, "ai.onnx.ml": 3})
with open(os.path.join(outputs, "model.onnx"), "wb") as file:
    file.write(graph.SerializeToString(deterministic=True))
print(f"{model.coef_.size} weights from {len(late)} flights, {model.n_iter_[0]} iterations")
