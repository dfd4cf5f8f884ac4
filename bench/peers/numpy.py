"""NumPy by hand: dense, relu, softmax and cross-entropy from the logits, updates in place."""
import pathlib
import sys

import numpy as np

sys.path.append(str(pathlib.Path(__file__).parent.parent))
from data import batches, data, weights


def sgd(parameters, gradients, rate):
    for p, g in zip(parameters, gradients):
        g *= rate
        p -= g


def adam_of(parameters):
    ms = [np.zeros_like(p) for p in parameters]
    vs = [np.zeros_like(p) for p in parameters]
    powers = [1.0, 1.0]

    def adam(parameters, gradients, rate):
        powers[0] *= 0.9
        powers[1] *= 0.999
        scale = 1 / (1 - powers[1]) ** 0.5
        rate = rate / (1 - powers[0])
        for p, g, m, v in zip(parameters, gradients, ms, vs):
            m *= 0.9
            m += 0.1 * g
            v *= 0.999
            g *= g
            g *= 0.001
            v += g
            d = np.sqrt(v)
            d *= scale
            d += 1e-8
            p -= rate * m / d

    return adam


def prepare(workload):
    ws = weights(workload)
    bs = [np.zeros(len(w), w.dtype) for w in ws]
    x, t = data(workload)
    hot = np.eye(workload["sizes"][-1], dtype=workload["dtype"])[t]
    turn = batches(workload, x, hot)
    parameters = ws + bs
    update = adam_of(parameters) if workload.get("optimizer") == "adam" else sgd
    rate, last = workload.get("learningRate"), len(ws) - 1

    def forward(a):
        values = [a]
        for i, (w, b) in enumerate(zip(ws, bs)):
            z = a @ w.T
            z += b
            a = np.maximum(z, 0, out=z) if i < last else z
            values.append(a)
        p = values[-1]
        p -= p.max(axis=1, keepdims=True)
        np.exp(p, out=p)
        p /= p.sum(axis=1, keepdims=True)
        return values

    def step():
        xs, ts = next(turn)
        values = forward(xs)
        d = values[-1]
        d -= ts
        d /= len(xs)
        dws, dbs = [None] * len(ws), [None] * len(ws)
        for i in range(last, -1, -1):
            dws[i], dbs[i] = d.T @ values[i], d.sum(axis=0)
            if i:
                d = d @ ws[i]
                d *= values[i] > 0
        update(parameters, dws + dbs, rate)

    def loss():
        return float(-np.log((forward(x)[-1] * hot).sum(axis=1)).mean())

    if workload["call"] == "predict":
        return np.__version__, workload["batch"], lambda: forward(next(turn)[0]), lambda: float(forward(x)[-1][0, 0])
    return np.__version__, workload["batch"], step, loss
