"""Golden numbers of adversarial trainings by PyTorch in float64: losses, critics' accuracies and last parameters.

    python Tests/Golden/torch_critics.py        writes torch_critics.json beside itself

Data and first weights come from closed formulas that both sides compute; draws from Philox4x32-10 (Salmon et al.
2011), seed 5, by the step, the stream and the place. Every step sees all 16 samples in their order. In a step the
critic has its turns, each followed by its update; then the autoencoder has its own.
"""

import json
import math
import pathlib
import platform

import numpy
import torch
from torch.nn import functional

torch.set_num_threads(1)
SAMPLES, STEPS, SEED, TURNS = 16, 8, 5, 2
WIDTHS, UNITS = [6, 4, 3, 4, 6], 7
# The streams of draws: those of the critic's turns, and of the autoencoder's.
CRITIC, AUTOENCODER = 0x10000, 0x1000

FORMULAS = {
    "network": "widths 6-4-3-4-6; dense, tanh, dense, dense, tanh, dense; y = x W + b with W [inputs, units]",
    "critic": "dense 7, leaky rectifier of slope 0.2, dense 1",
    "data": "x[r, c] = 0.5 + 0.5 sin(1.3 i), i = 6 r + c; 16 rows",
    "weight": "layer k, the critic's being 4 and 5: W[a, b] = sin(0.7 i + 0.3 + 1.1 k) / sqrt(inputs), i = units a + b",
    "bias": "layer k: b[j] = 0.1 sin(0.9 j + 0.5 + 1.1 k)",
}


def bits(stream, step, block):
    counter = [block & 0xFFFFFFFF, block >> 32, step, stream]
    key = [SEED & 0xFFFFFFFF, SEED >> 32]
    for _ in range(10):
        first, second = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [
            (second >> 32) ^ counter[1] ^ key[0], second & 0xFFFFFFFF, (first >> 32) ^ counter[3] ^ key[1],
            first & 0xFFFFFFFF]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return counter


def uniform(stream, step, count):
    return torch.tensor([(bits(stream, step, p >> 2)[p & 3] >> 8) * 2.0**-24 for p in range(count)]).double()


def normal(stream, step, count):
    draws = []
    for position in range(count):
        words = bits(stream, step, position >> 2)
        first, second = words[position & 2], words[(position & 2) + 1]
        radius = math.sqrt(-2 * math.log(((first >> 8) + 1) * 2.0**-24))
        angle = 2 * math.pi * (second >> 8) * 2.0**-24
        draws.append(radius * (math.sin(angle) if position & 1 else math.cos(angle)))
    return torch.tensor(draws, dtype=torch.float64)


def first_parameters(subject):
    sizes = list(zip(WIDTHS, WIDTHS[1:])) + [(3 if subject == "codes" else 6, UNITS), (UNITS, 1)]
    parameters = []
    for k, (inputs, units) in enumerate(sizes):
        i, j = (torch.arange(n, dtype=torch.float64) for n in (inputs * units, units))
        parameters.append((torch.sin(0.7 * i + 0.3 + 1.1 * k) / math.sqrt(inputs)).reshape(inputs, units))
        parameters.append(0.1 * torch.sin(0.9 * j + 0.5 + 1.1 * k))
    return [p.requires_grad_() for p in parameters]


class Training:
    def __init__(self, subject, objective, optimizer, reconstruction):
        self.subject, self.objective, self.reconstruction = subject, objective, reconstruction
        self.p = first_parameters(subject)
        self.own, self.critics = self.p[:8], self.p[8:]
        made = {
            "sgd": lambda p, rate: torch.optim.SGD(p, lr=rate, momentum=0.9),
            "adam": lambda p, rate: torch.optim.Adam(p, lr=rate)}[optimizer]
        rate = {"sgd": 0.05, "adam": 0.01}[optimizer]
        self.turns = made(self.own, rate), made(self.critics, rate / 2)

    def encode(self, x):
        return torch.tanh(x @ self.p[0] + self.p[1]) @ self.p[2] + self.p[3]

    def decode(self, z):
        return torch.tanh(z @ self.p[4] + self.p[5]) @ self.p[6] + self.p[7]

    def score(self, x):
        return (functional.leaky_relu(x @ self.p[8] + self.p[9], 0.2) @ self.p[10] + self.p[11]).squeeze(1)

    def rivals(self, x, stream, step):
        """What is held against samples, and the next stream of draws."""
        drawn = self.decode(normal(stream, step, SAMPLES * 3).reshape(SAMPLES, 3))
        return [drawn] if self.reconstruction == 0 else [self.decode(self.encode(x)), drawn]

    def critic_turn(self, x, step):
        stream = CRITIC + 1
        with torch.no_grad():
            if self.subject == "codes":
                real, made = normal(stream, step, SAMPLES * 3).reshape(SAMPLES, 3), [self.encode(x)]
            else:
                real, made = x, self.rivals(x, stream, step)
        scores = [self.score(m) for m in made]
        r = self.score(real)
        if self.objective == "nonSaturating":
            loss = functional.softplus(-r) + sum(functional.softplus(m) for m in scores) / len(made)
        elif self.objective == "hinge":
            loss = functional.relu(1 - r) + sum(functional.relu(1 + m) for m in scores) / len(made)
        else:
            loss = sum(scores) / len(made) - r
            for m in made:
                stream += 1
                u = uniform(stream, step, SAMPLES)[:, None]
                between = (m + u * (real - m)).requires_grad_()
                slope = torch.autograd.grad(self.score(between).sum(), between, create_graph=True)[0]
                loss = loss + 10 * ((slope**2).sum(1).sqrt() - 1) ** 2 / len(made)
        self.turns[1].zero_grad()
        loss.mean().backward(inputs=self.critics)
        self.turns[1].step()
        return sum((r > m).double().mean().item() for m in scores) / len(made)

    def own_turn(self, x, step):
        z = self.encode(x)
        told = self.reconstruction * ((self.decode(z) - x) ** 2).mean()
        made = [z] if self.subject == "codes" else self.rivals(x, AUTOENCODER + 1, step)
        scores = [self.score(m) for m in made]
        if self.objective == "nonSaturating":
            part = sum(functional.softplus(-m) for m in scores) / len(made)
        else:
            part = -sum(scores) / len(made)
        self.turns[0].zero_grad()
        (told + 3 * part.mean() / 6).backward(inputs=self.own if self.reconstruction else self.own[4:])
        self.turns[0].step()
        return told.item()


def run(subject, objective, optimizer="sgd", reconstruction=1.0):
    training = Training(subject, objective, optimizer, reconstruction)
    i = torch.arange(SAMPLES * 6, dtype=torch.float64)
    x = (0.5 + 0.5 * torch.sin(1.3 * i)).reshape(SAMPLES, 6)
    losses, accuracies = [], []
    for step in range(STEPS):
        for turn in range(1, TURNS + 1):
            accuracies.append(training.critic_turn(x, step * TURNS + turn))
        losses.append(training.own_turn(x, step + 1))
    return {
        "subject": subject, "objective": objective, "optimizer": optimizer, "reconstruction": reconstruction,
        "losses": losses, "accuracy": float(numpy.mean(accuracies)),
        "parameters": [[float(f"{v:.9g}") for v in p.flatten().tolist()] for p in training.p]}


def main():
    cases = [run(s, o) for s in ("codes", "outputs") for o in ("nonSaturating", "hinge", "wasserstein")]
    cases += [run("outputs", "hinge", reconstruction=0.0), run("codes", "nonSaturating", "adam")]
    cases.append(run("codes", "hinge", reconstruction=0.25))
    document = {
        "made_by": "Tests/Golden/torch_critics.py",
        "versions": {"torch": torch.__version__, "python": platform.python_version()},
        "formulas": FORMULAS, "turns": TURNS, "steps": STEPS, "cases": cases}
    text = json.dumps(document, separators=(",", ":")).replace('{"subject"', '\n{"subject"')
    pathlib.Path(__file__).with_suffix(".json").write_text(text + "\n")


main()
