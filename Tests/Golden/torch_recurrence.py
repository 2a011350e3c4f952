"""LSTM and GRU on random shapes: outputs and gradients by PyTorch in float64.

    Benchmarks/.venv/bin/python Tests/Golden/torch_recurrence.py

The values of inputs and weights come from a closed formula, in the order input, weight, recurrentWeight, bias of
the first way, then of the second. What is differentiated is the sum of the squares of the outputs. PyTorch has
two biases for every sum, of which only that of the GRU's candidate makes a difference: the others of its second
bias are 0 here, and its weights are transposed.
"""

import json
import math
import pathlib

import torch

SAMPLES = 3
torch.set_default_dtype(torch.float64)


def values(count, start):
    """Rounded to 1 / 256, so that float32 holds them."""
    return [round(256 * math.sin(1.7 * i + 0.3 * (i % 7))) / 256 for i in range(start, start + count)]


def shown(tensor):
    """Nine figures, which is all that a float32 is held against."""
    return [float(f"{value:.9g}") for value in tensor.flatten().tolist()]


def cell(kind, inputs, units, bidirectional, start):
    sums = 4 if kind == "lstm" else 3
    module = (torch.nn.LSTM if kind == "lstm" else torch.nn.GRU)(
        inputs, units, batch_first=True, bidirectional=bidirectional)
    ours = []
    for suffix in ["", "_reverse"][: 2 if bidirectional else 1]:
        def draw(*shape):
            nonlocal start
            count = math.prod(shape)
            start += count
            return torch.tensor(values(count, start - count)).reshape(shape)
        weight, state, bias = draw(inputs, sums * units), draw(units, sums * units), draw(4 * units)
        second = torch.zeros(sums * units)
        if kind == "gru":
            second[2 * units:] = bias[3 * units:]
        with torch.no_grad():
            getattr(module, "weight_ih_l0" + suffix).copy_(weight.T)
            getattr(module, "weight_hh_l0" + suffix).copy_(state.T)
            getattr(module, "bias_ih_l0" + suffix).copy_(bias[: sums * units])
            getattr(module, "bias_hh_l0" + suffix).copy_(second)
        ours.append(suffix)
    return module, ours


def gradients(module, kind, units, suffix):
    bias = getattr(module, "bias_ih_l0" + suffix).grad
    if kind == "gru":
        bias = torch.cat([bias, getattr(module, "bias_hh_l0" + suffix).grad[2 * units:]])
    weight = getattr(module, "weight_ih_l0" + suffix).grad.T
    state = getattr(module, "weight_hh_l0" + suffix).grad.T
    return [shown(part) for part in [weight, state, bias]]


def case(kind, steps, inputs, units, direction, output):
    count = SAMPLES * steps * inputs
    x = torch.tensor(values(count, 0)).reshape(SAMPLES, steps, inputs).requires_grad_()
    module, ways = cell(kind, inputs, units, direction == "both", count)
    read = x.flip(1) if direction == "backward" else x
    states, _ = module(read)
    if direction == "backward":
        states = states.flip(1)
    if output == "last":
        forward = states[:, 0 if direction == "backward" else -1, :units]
        states = torch.cat([forward, states[:, 0, units:]], 1) if direction == "both" else forward
    (states ** 2).sum().backward()
    layer = {"units": units, "direction": direction, "output": output}
    return {
        "layer": {kind: layer}, "input": [steps, inputs], "output": shown(states),
        "input_gradient": shown(x.grad),
        "weight_gradients": [part for way in ways for part in gradients(module, kind, units, way)],
    }


def main():
    cases = [
        case(kind, steps, inputs, units, direction, output)
        for kind in ["lstm", "gru"]
        for steps, inputs, units, direction, output in [
            (5, 3, 4, "forward", "sequence"), (5, 3, 4, "forward", "last"), (4, 2, 17, "forward", "sequence"),
            (6, 1, 3, "backward", "sequence"), (6, 2, 3, "backward", "last"), (4, 3, 5, "both", "sequence"),
            (4, 3, 2, "both", "last"), (1, 4, 3, "both", "sequence"), (9, 5, 33, "forward", "last"),
        ]
    ]
    text = {"made_by": f"torch {torch.__version__}, float64", "samples": SAMPLES, "cases": cases}
    file = pathlib.Path(__file__).with_suffix(".json")
    file.write_text(json.dumps(text) + "\n")
    print(len(cases), "cases,", file.stat().st_size, "bytes")


main()
