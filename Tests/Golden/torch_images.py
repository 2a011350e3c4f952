"""Golden values and gradients of the layers of images on random shapes, by PyTorch in float64.

    python Tests/Golden/torch_images.py        writes torch_images.json beside itself

Values are v(n) = sin(1.7 n + 0.3 n mod 7) rounded to 1/256 for inputs (two samples), weights and biases, each from
its own start, so that nothing random is shared. `output` is the layer's, `input_gradient`, `weight_gradient` and
`bias_gradient` are those of the sum of the squares of the output over all samples.
"""

import json
import math
import pathlib
import platform
import random

import torch
from torch.nn import functional

SAMPLES = 2


def values(count, start):
    return [round(256 * math.sin(1.7 * n + 0.3 * (n % 7))) / 256 for n in range(start, start + count)]


def tensor(shape, start):
    data = torch.tensor(values(math.prod(shape), start), dtype=torch.float64)
    return data.reshape(shape).requires_grad_(True)


def told(numbers):
    """With nine digits, which a comparison of floats needs."""
    return [float(f"{number:.9g}") for number in numbers.flatten().tolist()]


def convolution(draw, axes, transposed):
    """A layer that exists, drawn by chance, and its answer; None where nothing would be left."""
    sides = [draw.randint(4, 9) for _ in range(axes)]
    kernel = [draw.randint(1, 4) for _ in range(axes)]
    stride = [draw.randint(1, 3) for _ in range(axes)]
    dilation = [draw.randint(1, 2) for _ in range(axes)]
    groups = draw.choice([1, 1, 2, 3])
    given, made = groups * draw.randint(1, 3), groups * draw.randint(1, 3)
    padding = [draw.randint(0, d * (k - 1)) for k, d in zip(kernel, dilation)]
    added = [draw.randint(0, max(s, d) - 1) for s, d in zip(stride, dilation)]
    layer = {
        "channels": made, "kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation,
        "groups": groups}
    x = tensor([SAMPLES, given, *sides], 1)
    weight = tensor([given, made // groups, *kernel] if transposed else [made, given // groups, *kernel], 5)
    bias = tensor([made], 9)
    name = f"conv{'_transpose' if transposed else ''}{axes}d"
    extra = {"output_padding": added} if transposed else {}
    if transposed:
        layer["outputPadding"] = added
    try:
        y = getattr(functional, name)(
            x, weight, bias, stride=stride, padding=padding, dilation=dilation, groups=groups, **extra)
    except RuntimeError:
        return None
    return {"deconv" if transposed else "conv": layer}, x, y, weight, bias


def pooling(draw, axes, kind):
    sides = [draw.randint(4, 9) for _ in range(axes)]
    window = [draw.randint(1, 3) for _ in range(axes)]
    stride = [draw.randint(1, 3) for _ in range(axes)]
    padding = [draw.randint(0, w // 2) for w in window]
    x = tensor([SAMPLES, draw.randint(1, 3), *sides], 1)
    numbers = {"window": window, "stride": stride, "padding": padding}
    if kind == "maxPool":
        y = getattr(functional, f"max_pool{axes}d")(x, window, stride, padding)
    else:
        y = getattr(functional, f"avg_pool{axes}d")(x, window, stride, padding, count_include_pad=False)
    return {kind: numbers}, x, y, None, None


def upsampling(draw, axes, mode):
    factor = [draw.randint(1, 4) for _ in range(axes)]
    x = tensor([SAMPLES, draw.randint(1, 3), *[draw.randint(1, 6) for _ in range(axes)]], 1)
    word = {"nearest": "nearest", "bilinear": "linear" if axes == 1 else "bilinear"}[mode]
    more = {} if mode == "nearest" else {"align_corners": False}
    y = functional.interpolate(x, scale_factor=[float(f) for f in factor], mode=word, **more)
    return {"upsample": {"factor": factor, "by": mode}}, x, y, None, None


def normalisation(draw, axes):
    x = tensor([SAMPLES, draw.randint(1, 4), *[draw.randint(2, 5) for _ in range(axes)]], 1)
    weight, bias = tensor([x.shape[1]], 5), tensor([x.shape[1]], 9)
    y = functional.batch_norm(x, None, None, weight, bias, training=True)
    return {"batchNorm": {}}, x, y, weight, bias


def main():
    draw = random.Random(11)
    makers = []
    for axes in (2, 2, 2, 1):
        makers += [lambda a=axes: convolution(draw, a, False), lambda a=axes: convolution(draw, a, True)]
    for axes in (2, 1):
        makers += [lambda a=axes, k=kind: pooling(draw, a, k) for kind in ("maxPool", "averagePool")]
        makers += [lambda a=axes, m=mode: upsampling(draw, a, m) for mode in ("nearest", "bilinear")]
        makers.append(lambda a=axes: normalisation(draw, a))
    cases = []
    for make in makers * 3:
        made = None
        while made is None:
            made = make()
        layer, x, y, weight, bias = made
        sources = [source for source in (x, weight, bias) if source is not None]
        gradients = [told(g) for g in torch.autograd.grad((y * y).sum(), sources)]
        case = {
            "layer": layer, "input": list(x.shape[1:]), "output_shape": list(y.shape[1:]),
            "output": told(y), "input_gradient": gradients[0]}
        if weight is not None:
            case["weight_gradient"], case["bias_gradient"] = gradients[1:]
        cases.append(case)
    document = {
        "made_by": "Tests/Golden/torch_images.py",
        "versions": {"torch": torch.__version__, "python": platform.python_version()},
        "samples": SAMPLES, "cases": cases}
    text = json.dumps(document, separators=(",", ":"))
    text = text.replace('{"layer"', '\n{"layer"')
    pathlib.Path(__file__).with_suffix(".json").write_text(text + "\n")


main()
