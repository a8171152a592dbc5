"""Checks model.onnx and scores rows.json with it; prints the scores. Arguments: model.onnx rows.json"""

import json
import sys

import numpy as np
import onnx
import onnxruntime

model, rows = sys.argv[1:]
onnx.checker.check_model(onnx.load(model), full_check=True)
columns = json.load(open(rows))
session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
feeds = {}
for entry in session.get_inputs():
    values = columns[entry.name]
    if entry.type == "tensor(string)":
        feeds[entry.name] = np.array([[value or ""] for value in values], dtype=object)
    else:
        numbers = [[np.nan if value is None else value] for value in values]
        feeds[entry.name] = np.array(numbers, dtype=np.float32)
(scores,) = session.run(["score"], feeds)
print(json.dumps({"inputs": sorted(feeds), "scores": scores[:, 0].astype(float).tolist()}))
