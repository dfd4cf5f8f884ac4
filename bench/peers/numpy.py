"""NumPy by hand: relu, softmax and cross-entropy from the logits; parameters in one array, so that an update is a sweep."""
import pathlib
import sys

import numpy as np

sys.path.append(str(pathlib.Path(__file__).parent.parent))
from data import batches, data, weights


def sgd(p, rate):
    def update(g):
        np.multiply(g, rate, out=g)
        np.subtract(p, g, out=p)

    return update


def adam(p, rate):
    m, v, a, b = (np.zeros_like(p) for _ in range(4))
    power1 = power2 = 1.0

    def update(g):
        nonlocal power1, power2
        power1 *= 0.9
        power2 *= 0.999
        np.multiply(m, 0.9, out=m)
        np.add(m, np.multiply(g, 0.1, out=a), out=m)
        np.multiply(v, 0.999, out=v)
        np.multiply(g, g, out=g)
        np.add(v, np.multiply(g, 0.001, out=g), out=v)
        np.sqrt(v, out=b)
        np.multiply(b, 1 / (1 - power2) ** 0.5, out=b)
        np.add(b, 1e-8, out=b)
        np.multiply(m, rate / (1 - power1), out=a)
        np.subtract(p, np.divide(a, b, out=a), out=p)

    return update


def views(flat, shapes):
    """Stretches of a flat array, in the shapes."""
    ends = np.cumsum([np.prod(shape) for shape in shapes])
    return [flat[end - np.prod(shape) : end].reshape(shape) for shape, end in zip(shapes, ends)]


def prepare(workload):
    start = weights(workload)
    shapes = [w.shape for w in start] + [w.shape[:1] for w in start]
    parameters = np.zeros(sum(np.prod(shape) for shape in shapes), workload["dtype"])
    gradients = np.zeros_like(parameters)
    count = len(start)
    all, d_all = views(parameters, shapes), views(gradients, shapes)
    ws, bs, dws, dbs = all[:count], all[count:], d_all[:count], d_all[count:]
    for w, values in zip(ws, start):
        w[:] = values
    x, t = data(workload)
    hot = np.eye(workload["sizes"][-1], dtype=workload["dtype"])[t]
    turn = batches(workload, x, hot)
    update = {"sgd": sgd, "adam": adam}[workload["optimizer"]](parameters, workload["learningRate"])

    def forward(a):
        values = [a]
        for i, (w, b) in enumerate(zip(ws, bs)):
            z = a @ w.T
            z += b
            a = np.maximum(z, 0, out=z) if i + 1 < count else z
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
        for i in reversed(range(count)):
            np.matmul(d.T, values[i], out=dws[i])
            d.sum(axis=0, out=dbs[i])
            if i:
                d = d @ ws[i]
                d *= values[i] > 0
        update(gradients)

    def loss():
        return float(-np.log((forward(x)[-1] * hot).sum(axis=1)).mean())

    if workload["call"] == "predict":
        return np.__version__, workload["batch"], lambda: forward(next(turn)[0]), lambda: float(forward(x)[-1][0, 0])
    return np.__version__, workload["batch"], step, loss
