"""Golden numbers of trainings with missing values and weights by PyTorch: ten losses in float64 and float32.

    python Tests/Golden/torch_missing.py        writes torch_missing.json beside itself

Data, first weights, gaps and weights of samples come from closed formulas that both sides compute. Every step
sees all samples; loss number t is that before the update of step t.
"""

import json
import math
import pathlib
import platform

import torch
from torch.nn import functional

torch.set_num_threads(1)
WIDTHS = [6, 4, 6]
SAMPLES, STEPS, RATE = 16, 10, 0.1

FORMULAS = {
    "network": "widths 6-4-6; dense, tanh, dense; y = x W + b with W [inputs, units]",
    "data": "x[r, c] = 0.5 + 0.5 sin(1.3 i), i = 6 r + c; 16 rows; categorical: each row divided by its sum",
    "missing": "value i where 7 i mod 5 = 0, and all of row 3",
    "input": "0 where a value is missing",
    "weight of row r": "(r mod 4) / 2; 0 for row 3",
    "share": "weight times 16 / the sum of all weights",
    "weight": "layer k = 0, 1: W[a, b] = sin(0.7 i + 0.3 + 1.1 k) / sqrt(inputs), i = units a + b",
    "bias": "layer k: b[j] = 0.1 sin(0.9 j + 0.5 + 1.1 k)",
    "loss of a row": "sum over the values that are there of the term, divided by their number (0 for none); "
    "categorical: -sum of x log softmax(y) over them, times 6, divided by their number",
    "loss": "sum over rows of share times loss, divided by 16; unweighted: shares 1, row 3 left out by a "
    "share of 0 and the others 16 / 15",
    "optimizer": "w -= 0.1 g",
}

TERMS = {
    "gaussian": lambda y, x: (y - x) ** 2,
    "laplace": lambda y, x: (y - x).abs(),
    "huber": lambda y, x: functional.huber_loss(y, x, delta=0.25, reduction="none"),
    "bernoulli": lambda y, x: functional.binary_cross_entropy_with_logits(y, x, reduction="none"),
    "categorical": lambda y, x: -x * functional.log_softmax(y, dim=1) * x.shape[1],
}


def first_parameters():
    parameters = []
    for k, (inputs, units) in enumerate(zip(WIDTHS, WIDTHS[1:])):
        i = torch.arange(inputs * units, dtype=torch.float64)
        j = torch.arange(units, dtype=torch.float64)
        parameters.append((torch.sin(0.7 * i + 0.3 + 1.1 * k) / math.sqrt(inputs)).reshape(inputs, units))
        parameters.append(0.1 * torch.sin(0.9 * j + 0.5 + 1.1 * k))
    return parameters


def run(term, weighted, precision):
    i = torch.arange(SAMPLES * WIDTHS[0])
    x = (0.5 + 0.5 * torch.sin(1.3 * i.double())).reshape(SAMPLES, WIDTHS[0])
    if term == "categorical":
        x = x / x.sum(dim=1, keepdim=True)
    there = ((7 * i) % 5 != 0).reshape(SAMPLES, WIDTHS[0])
    there[3] = False
    weights = (torch.arange(SAMPLES) % 4).double() / 2 if weighted else torch.ones(SAMPLES).double()
    weights[3] = 0
    shares = (weights * SAMPLES / weights.sum()).to(precision)
    x, mask = torch.where(there, x, 0.0).to(precision), there.to(precision)
    parameters = [p.to(precision).requires_grad_() for p in first_parameters()]
    losses = []
    for _ in range(STEPS):
        y = torch.tanh(x @ parameters[0] + parameters[1]) @ parameters[2] + parameters[3]
        rows = (TERMS[term](y, x) * mask).sum(dim=1) / mask.sum(dim=1).clamp(min=1)
        loss = (shares * rows).sum() / SAMPLES
        losses.append(loss.item())
        gradients = torch.autograd.grad(loss, parameters)
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients):
                parameter -= RATE * gradient
    return losses, [p.flatten().tolist() for p in parameters]


def main():
    cases = {}
    for term in TERMS:
        for weighted in [False, True]:
            wide, parameters = run(term, weighted, torch.float64)
            narrow, _ = run(term, weighted, torch.float32)
            apart = max(abs(a - b) / abs(a) for a, b in zip(wide, narrow))
            name = f"{term}{' weighted' if weighted else ''}"
            cases[name] = {
                "losses": wide, "relative_difference": apart, "last_parameters": sum(parameters, [])}
            print(f"{name:22} {wide[0]:.8f} … {wide[-1]:.8f}   {apart:.1e}")
    document = {
        "made_by": "Tests/Golden/torch_missing.py",
        "versions": {"torch": torch.__version__, "python": platform.python_version()},
        "formulas": FORMULAS, "cases": cases,
    }
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(document, indent=1) + "\n")


main()
