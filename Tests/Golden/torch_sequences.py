"""Golden values and gradients of the layers of sequences, by PyTorch in float64.

    python Tests/Golden/torch_sequences.py        writes torch_sequences.json beside itself

Values are v(n) = sin(1.7 n + 0.3 n mod 7) rounded to 1/256 for inputs (two samples) and weights, each from its own
start, so that nothing random is shared. Weights stand in the order of our own layers, matrices [inputs, outputs].
`output` is the last layer's, `input_gradient` and `gradients` are those of the sum of the squares of the output over
all samples. Where `presence` is given, steps with 0 are missing: their input is 0 and they are the
`key_padding_mask` of the attention.
"""

import json
import math
import pathlib
import platform

import torch
from torch import nn
from torch.func import functional_call

SAMPLES = 2


def values(count, start):
    return [round(256 * math.sin(1.7 * n + 0.3 * (n % 7))) / 256 for n in range(start, start + count)]


def tensor(shape, start):
    data = torch.tensor(values(math.prod(shape), start), dtype=torch.float64)
    return data.reshape(shape).requires_grad_(True)


def told(numbers):
    """With nine digits, which a comparison of floats needs."""
    return [float(f"{number:.9g}") for number in numbers.flatten().tolist()]


class Weights:
    """Values by the names of our layers, drawn as they are asked for."""

    def __init__(self):
        self.named = {}

    def __call__(self, name, shape):
        self.named[name] = tensor(shape, 5 + 4 * len(self.named))
        return self.named[name]


def attended(weights, prefix, x, heads, missing):
    features = x.shape[-1]
    parts = {}
    for part in ("query", "key", "value", "output"):
        parts[part] = (
            weights(f"{prefix}{part}.weight", [features, features]), weights(f"{prefix}{part}.bias", [features]))
    module = nn.MultiheadAttention(features, heads, batch_first=True, dtype=torch.float64)
    state = {
        "in_proj_weight": torch.cat([parts[p][0].T for p in ("query", "key", "value")]),
        "in_proj_bias": torch.cat([parts[p][1] for p in ("query", "key", "value")]),
        "out_proj.weight": parts["output"][0].T, "out_proj.bias": parts["output"][1]}
    return functional_call(module, state, (x, x, x), {"key_padding_mask": missing, "need_weights": False})[0]


def case(layers, shape, run, presence=None, x=None):
    weights = Weights()
    x = tensor([SAMPLES, *shape], 1) if x is None else x
    missing = None
    given = x
    if presence is not None:
        missing = torch.tensor(presence) == 0
        given = x.masked_fill(missing[..., None], 0)
    y = run(weights, given, missing)
    sources = list(weights.named.values())
    if x.requires_grad:
        sources.append(x)
    gradients = [told(g) for g in torch.autograd.grad((y * y).sum(), sources)] if sources else []
    result = {"layers": layers, "input": shape, "samples": told(x)}
    if presence is not None:
        result["presence"] = presence
    result["output"] = told(y)
    result["weights"] = {name: told(w) for name, w in weights.named.items()}
    result["gradients"] = dict(zip(weights.named, gradients))
    if x.requires_grad and presence is None:
        result["input_gradient"] = gradients[-1]
    return result


def attention_case(shape, heads, presence=None):
    return case(
        [{"attention": {"heads": heads}}], shape, lambda w, x, m: attended(w, "0.", x, heads, m), presence)


def block_case(shape, heads, width, presence=None):
    """A block as `nn.TransformerEncoderLayer(norm_first=True, activation="gelu")` has it."""
    features = shape[1]
    layers = [
        {"residual": {"layers": [{"layerNorm": {}}, {"attention": {"heads": heads}}]}},
        {"residual": {"layers": [
            {"layerNorm": {}}, {"densePerStep": {"units": width}}, {"gelu": {}},
            {"densePerStep": {"units": features}}]}}]

    def run(w, x, missing):
        names = {}
        names["norm1.weight"], names["norm1.bias"] = w("0.0.scale", [features]), w("0.0.shift", [features])
        parts = [
            (w(f"0.1.{p}.weight", [features, features]), w(f"0.1.{p}.bias", [features]))
            for p in ("query", "key", "value", "output")]
        names["self_attn.in_proj_weight"] = torch.cat([p[0].T for p in parts[:3]])
        names["self_attn.in_proj_bias"] = torch.cat([p[1] for p in parts[:3]])
        names["self_attn.out_proj.weight"], names["self_attn.out_proj.bias"] = parts[3][0].T, parts[3][1]
        names["norm2.weight"], names["norm2.bias"] = w("1.0.scale", [features]), w("1.0.shift", [features])
        names["linear1.weight"], names["linear1.bias"] = w("1.1.weight", [features, width]).T, w("1.1.bias", [width])
        names["linear2.weight"] = w("1.3.weight", [width, features]).T
        names["linear2.bias"] = w("1.3.bias", [features])
        module = nn.TransformerEncoderLayer(
            features, heads, width, dropout=0.0, activation="gelu", batch_first=True, norm_first=True,
            dtype=torch.float64)
        return functional_call(module, names, (x,), {"src_key_padding_mask": missing})

    return case(layers, shape, run, presence)


def embedding_case(steps, entries, features):
    numbers = [[(3 * sample + 2 * step * step) % entries for step in range(steps)] for sample in range(SAMPLES)]
    x = torch.tensor(numbers)

    def run(w, x, _):
        module = nn.Embedding(entries, features, dtype=torch.float64)
        return functional_call(module, {"weight": w("0.weight", [entries, features])}, (x,))

    return case([{"embedding": {"entries": entries, "features": features}}], [steps], run, x=x)


def linear_case(shape, units):
    def run(w, x, _):
        return nn.functional.linear(x, w("0.weight", [shape[1], units]).T, w("0.bias", [units]))

    return case([{"densePerStep": {"units": units}}], shape, run)


def encoding_case(shape):
    """Vaswani et al. 2017, section 3.5, as PyTorch's tutorial on transformers writes it, for even widths."""
    steps, features = shape

    def run(w, x, _):
        place = torch.arange(steps, dtype=torch.float64)[:, None]
        rate = torch.exp(torch.arange(0, features, 2, dtype=torch.float64) * (-math.log(10000.0) / features))
        table = torch.zeros(steps, features, dtype=torch.float64)
        table[:, 0::2], table[:, 1::2] = torch.sin(place * rate), torch.cos(place * rate)
        return x + table

    return case([{"positionalEncoding": {}}], shape, run)


def main():
    some = [[1, 1, 0, 1, 0], [0, 1, 1, 1, 1]]
    tail = [[1] * 6 + [0] * 3, [1] * 2 + [0] * 7]
    cases = [
        attention_case([5, 6], 1), attention_case([5, 6], 2), attention_case([9, 4], 4), attention_case([1, 3], 3),
        attention_case([20, 34], 2), attention_case([5, 6], 2, some), attention_case([9, 4], 1, tail),
        block_case([5, 6], 3, 8), block_case([5, 6], 2, 7, some), embedding_case(7, 4, 3),
        embedding_case(3, 9, 5), linear_case([4, 3], 5), encoding_case([40, 6]), encoding_case([2, 2])]
    document = {
        "made_by": "Tests/Golden/torch_sequences.py",
        "versions": {"torch": torch.__version__, "python": platform.python_version()},
        "samples": SAMPLES, "cases": cases}
    text = json.dumps(document, separators=(",", ":"))
    text = text.replace('{"layers":[{"att', '\n{"layers":[{"att').replace('{"layers":[{"res', '\n{"layers":[{"res')
    pathlib.Path(__file__).with_suffix(".json").write_text(text + "\n")


main()
