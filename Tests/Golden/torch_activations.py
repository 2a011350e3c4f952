"""Golden values of every activation and its first two derivatives on a grid, by PyTorch in float64.

    python Tests/Golden/torch_activations.py        writes torch_activations.json beside itself

Compare with an absolute and a relative tolerance: far from zero a derivative is a difference of nearly equal
numbers. At 0 the derivative is the one from the left for relu, leaky relu and prelu, and 1 for elu.
"""

import json
import pathlib
import platform

import torch
from torch.nn import functional

FORMULAS = {
    "linear": "x",
    "relu": "max(x, 0)",
    "leaky relu": "x where x > 0, else 0.01 x",
    "prelu": "x where x > 0, else 0.25 x",
    "elu": "x where x > 0, else exp(x) - 1",
    "gelu": "x (1 + erf(x / sqrt 2)) / 2",
    "sigmoid": "1 / (1 + exp(-x))",
    "tanh": "tanh x",
    "softplus": "log(1 + exp(x))",
}

FUNCTIONS = {
    "linear": lambda x: x * 1,
    "relu": torch.relu,
    "leaky relu": lambda x: functional.leaky_relu(x, 0.01),
    "prelu": lambda x: functional.prelu(x, torch.tensor([0.25], dtype=x.dtype)),
    "elu": functional.elu,
    "gelu": functional.gelu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softplus": lambda x: torch.logaddexp(x, torch.zeros_like(x)),
}


def derivative(y, x):
    """dy/dx by element; zero where y does not depend on x."""
    if not y.requires_grad:
        return torch.zeros_like(x)
    slope = torch.autograd.grad(y.sum(), x, create_graph=True, allow_unused=True)[0]
    return torch.zeros_like(x) if slope is None else slope


def main():
    near = [i / 4 for i in range(-24, 25)]
    points = sorted(near + [s * v for s in (-1, 1) for v in (1e-8, 1e-3, 9.0, 20.0, 50.0, 100.0)])
    found = {}
    for name, function in FUNCTIONS.items():
        x = torch.tensor(points, dtype=torch.float64, requires_grad=True)
        y = function(x)
        first = derivative(y, x)
        second = derivative(first, x)
        found[name] = {
            "formula": FORMULAS[name], "values": y.tolist(), "derivatives": first.tolist(),
            "second_derivatives": second.tolist()}
    document = {
        "made_by": "Tests/Golden/torch_activations.py",
        "versions": {"torch": torch.__version__, "python": platform.python_version()},
        "points": points, "activations": found,
    }
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(document, indent=1) + "\n")


main()
