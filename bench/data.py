"""What every contender starts from: the same numbers as data.js gives, as NumPy arrays of the workload's dtype."""
from itertools import islice
from math import floor

import numpy as np


def lcg(state):
    """Uniform in [0, 1): a linear congruential generator (constants of Numerical Recipes)."""
    while True:
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        yield state / 2**32


def data(workload):
    """Inputs [rows, first size] and targets: class indices [rows], or numbers [rows, last size]."""
    rows, inputs, outputs = workload["rows"], workload["sizes"][0], workload["sizes"][-1]
    draws = lcg(1)
    x = np.fromiter(islice(draws, rows * inputs), float, rows * inputs).reshape(rows, inputs)
    if workload["task"] == "mean":
        t = np.stack([0.1 + 0.8 * x[:, k::outputs].mean(axis=1) for k in range(outputs)], axis=1)
        return x.astype(workload["dtype"]), t.astype(workload["dtype"])
    for n in range(rows):
        shown = x[n, n % outputs :: outputs]
        shown[:] = 0.8 * shown + 0.2
    t = [n % outputs if next(draws) < 0.75 else floor(outputs * next(draws)) for n in range(rows)]
    return x.astype(workload["dtype"]), np.array(t)


def weights(workload):
    """For each dense layer a weight [out, in], uniform in ±√(3 / in); biases are 0."""
    draws = lcg(2)
    shapes = zip(workload["sizes"][1:], workload["sizes"])
    return [
        ((3 / i) ** 0.5 * (2 * np.fromiter(islice(draws, o * i), float, o * i) - 1)).reshape(o, i).astype(workload["dtype"])
        for o, i in shapes
    ]


def batches(workload, *arrays):
    """The arrays' rows in batches, over and over."""
    size = workload["batch"]
    cut = [tuple(a[start : start + size] for a in arrays) for start in range(0, workload["rows"] - size + 1, size)]
    while True:
        yield from cut
