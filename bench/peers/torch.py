"""PyTorch: nn.Sequential and torch.optim, one thread; inference traced and frozen. The loss is not read in between."""
import pathlib
import sys

import torch
from torch import nn

sys.path.append(str(pathlib.Path(__file__).parent.parent))
from data import batches, data, weights

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}
OPTIMIZERS = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam}
LOSSES = {"crossEntropy": nn.CrossEntropyLoss, "meanSquaredError": nn.MSELoss}


def prepare(workload):
    torch.set_num_threads(1)
    layers = []
    for weight, activation in zip(weights(workload), workload["activations"]):
        dense = nn.Linear(*reversed(weight.shape))
        with torch.no_grad():
            dense.weight.copy_(torch.from_numpy(weight))
            dense.bias.zero_()
        layers += [dense, ACTIVATIONS[activation]()] if activation in ACTIVATIONS else [dense]
    model = nn.Sequential(*layers)
    x, t = map(torch.from_numpy, data(workload))
    turn = batches(workload, x, t)
    if workload["call"] == "predict":
        return predict(model, x, turn, workload["batch"])

    criterion = LOSSES[workload["loss"]]()
    optimizer = OPTIMIZERS[workload["optimizer"]](model.parameters(), lr=workload["learningRate"])

    def step():
        xs, ts = next(turn)
        optimizer.zero_grad(set_to_none=True)
        criterion(model(xs), ts).backward()
        optimizer.step()

    def loss():
        with torch.no_grad():
            return criterion(model(x), t).item()

    return torch.__version__, workload["batch"], step, loss


def predict(model, x, turn, batch):
    with torch.inference_mode():
        model = nn.Sequential(*model, nn.Softmax(dim=1)).eval()
        traced = torch.jit.freeze(torch.jit.trace(model, x[:batch]))

    def step():
        with torch.inference_mode():
            traced(next(turn)[0])

    return torch.__version__, batch, step, lambda: traced(x[:batch])[0, 0].item()
