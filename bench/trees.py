"""HistGradientBoosting on a problem of the size of trees.ts: name, processor seconds, peak MB. Arguments: rows columns"""

import resource
import sys
import time

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

rows, columns = map(int, sys.argv[1:])
generator = np.random.default_rng(1)
x = generator.uniform(-1, 1, (rows, columns)).astype(np.float32)
score = 2 * x[:, 0] * x[:, 1] + np.abs(x[:, 2]) - 0.5 + np.where(x[:, 3] > 0, x[:, 4], -x[:, 5])
y = score + generator.uniform(-0.5, 0.5, rows) > 0
for name, given in [
    ("scikit-learn, depth 6 (64 leaves), one thread", {"max_depth": 6, "max_leaf_nodes": 64}),
    ("scikit-learn, by default (31 leaves)", {}),
]:
    started = time.process_time()
    HistGradientBoostingClassifier(early_stopping=False, **given).fit(x, y)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{name}\t{time.process_time() - started:.2f}\t{peak:.0f}")
