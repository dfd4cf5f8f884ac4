"""scikit-learn's MLPClassifier: partial_fit on all rows, cut into batches by itself, in order; no penalty, no momentum."""
import pathlib
import sys

import numpy as np
import sklearn
from sklearn.neural_network import MLPClassifier

sys.path.append(str(pathlib.Path(__file__).parent.parent))
from data import data, weights


def prepare(workload):
    x, t = data(workload)
    model = MLPClassifier(
        hidden_layer_sizes=workload["sizes"][1:-1],
        activation="relu",
        solver=workload["optimizer"],
        alpha=0,
        batch_size=workload["batch"],
        learning_rate_init=workload["learningRate"],
        shuffle=False,
        momentum=0,
        nesterovs_momentum=False,
    )
    classes = list(range(workload["sizes"][-1]))
    model.partial_fit(x[: workload["batch"]], t[: workload["batch"]], classes)  # builds it
    for at, weight in zip(model.coefs_, weights(workload)):
        at[:] = weight.T
    for bias in model.intercepts_:
        bias[:] = 0

    def loss():
        return float(-np.log(model.predict_proba(x)[range(len(t)), t]).mean())

    return sklearn.__version__, len(x), lambda: model.partial_fit(x, t), loss
