"""scikit-learn's isolation forest on the rows that the benchmarks hand over.

Arguments: a file of float64 rows, one behind the other; numbers in a row; and what to do:

time ROUNDS            fit and score all rows; prints {"fit_ms": [...], "score_ms": [...], "scores": [...]}
roll WARM WINDOW STEP  as the agent does it: after WARM rows fit to the last WINDOW rows, score the next
                       STEP, and so on; prints {"scores": [...]}, null before WARM rows
"""
import json
import sys
import time

import numpy
from sklearn.ensemble import IsolationForest


def forest(seed):
    return IsolationForest(n_estimators=100, max_samples=256, random_state=seed)


def timed(rows, rounds):
    answer = {"fit_ms": [], "score_ms": []}
    for seed in range(rounds):
        begun = time.perf_counter()
        trained = forest(seed).fit(rows)
        fitted = time.perf_counter()
        scores = -trained.score_samples(rows)
        ended = time.perf_counter()
        answer["fit_ms"].append((fitted - begun) * 1e3)
        answer["score_ms"].append((ended - fitted) * 1e3)
    answer["scores"] = scores.tolist()
    return answer


def rolling(rows, warm, window, step):
    scores = [None] * warm
    for at in range(warm, len(rows), step):
        trained = forest(at).fit(rows[max(0, at - window):at])
        scores += (-trained.score_samples(rows[at:at + step])).tolist()
    return {"scores": scores}


path, width, task, *numbers = sys.argv[1:]
data = numpy.fromfile(path, dtype=numpy.float64).reshape(-1, int(width))
work = timed if task == "time" else rolling
json.dump(work(data, *map(int, numbers)), sys.stdout)
