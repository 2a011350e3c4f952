"""Golden numbers of whole trainings by PyTorch: ten losses of a small network, in float64 and float32.

    python Tests/Golden/torch_losses.py        writes torch_losses.json beside itself

Data and first weights come from closed formulas that both sides compute, so nothing random is shared. Each
case names its reconstruction term, activation, optimizer with every setting, and what is added to them. Loss
number t is the loss of the batch of step t before that step's update. What PyTorch has no class for is written
here from its paper.
"""

import json
import math
import pathlib
import platform

import torch
from torch.nn import functional

torch.set_num_threads(1)
WIDTHS = [6, 5, 3, 5, 6]
SAMPLES, STEPS = 16, 10

FORMULAS = {
    "network": "widths 6-5-3-5-6; dense, activation, dense, activation (the code), dense, activation, "
    "dense, output "
    "activation; y = x W + b with W [inputs, units]",
    "data": "x[r, c] = 0.5 + 0.5 sin(1.3 i), i = 6 r + c; 16 rows",
    "data summing to one": "each row of the data divided by its sum",
    "weight": "layer k = 0…3: W[a, b] = sin(0.7 i + 0.3 + 1.1 k) / sqrt(inputs), i = units a + b",
    "bias": "layer k: b[j] = 0.1 sin(0.9 j + 0.5 + 1.1 k)",
    "precision": "formulas in float64, rounded to float32 for the float32 losses",
    "losses": "loss of the batch of each of ten steps, before the step's update; the target is the input",
    "batches": "rows in their order; batch 16 is all of them, a smaller batch goes round and the last of a "
    "round is short",
    "gaussian": "mean over all values of (y - x)^2",
    "laplace": "mean over all values of |y - x|",
    "huber": "mean over all values of r^2/2 where |r| <= delta, else delta (|r| - delta/2)",
    "bernoulli": "y are logits; mean over all values of -x log s(y) - (1-x) log(1 - s(y))",
    "categorical": "y are logits; mean over samples of -sum over features of x log softmax(y)",
    "first_gradient_norm": "Euclidean norm of the gradient of all parameters at step 0, before any clipping",
    "last_parameter_norm": "Euclidean norm of all trained parameters after the ten updates",
    "totals": "loss plus penalty, where there is a penalty; `losses` is the reconstruction term alone",
    "prelu": "one slope a layer, x where x > 0 else slope x; per unit: one slope a unit",
    "decayed": "all: biases too; weights: the matrices alone",
    "penalty l1": "factor times the sum of |w| over the matrices, added to the loss",
    "penalty l2": "factor times the sum of w^2 over the matrices, added to the loss",
    "penalty activity l1": "factor times the mean over samples of the sum of |h| over the code h, added to "
    "the loss",
    "penalty activity l2": "factor times the mean over samples of the sum of h^2 over the code h, added to "
    "the loss",
    "clip norm": "all gradients times min(1, limit / (norm + 1e-6)), norm over all parameters together",
    "clip value": "each gradient clamped to [-limit, limit]",
    "maximum norm": "after each update each column of W (the weights into one unit) times min(1, limit / "
    "its norm)",
    "batch normalisation": "between dense and activation of the three hidden layers; scale 1, shift 0, "
    "epsilon 1e-5; "
    "running = 0.9 running + 0.1 batch, the running variance from the unbiased one (n - 1), the step from "
    "the biased",
    "layer normalisation": "between dense and activation of the three hidden layers; scale 1, shift 0, "
    "epsilon 1e-5, "
    "biased variance",
    "sgd": "m = momentum m + g (the first m is g); w -= rate m; nesterov: w -= rate (g + momentum m)",
    "adagrad": "s += g^2; w -= rate g / (sqrt(s) + epsilon)",
    "adadelta": "s = rho s + (1-rho) g^2; d = g sqrt(u + epsilon) / sqrt(s + epsilon); "
    "u = rho u + (1-rho) d^2; w -= rate d",
    "rmsprop": "s = rho s + (1-rho) g^2; centered: a = rho a + (1-rho) g and s - a^2 in place of s; "
    "d = g / (sqrt(s) + epsilon); with momentum b = momentum b + d in place of d; w -= rate d",
    "adam": "m = b1 m + (1-b1) g; v = b2 v + (1-b2) g^2; "
    "w -= rate (m / (1-b1^t)) / (sqrt(v / (1-b2^t)) + epsilon), t from 1; amsgrad: the largest v so far",
    "adamw": "w -= rate decay w, then adam's update",
    "nadam": "mu(t) = b1 (1 - 0.96^(t momentum_decay) / 2), t from 1, P(t) = mu(1) … mu(t); m, v as adam's; "
    "w -= rate (mu(t+1) m / (1 - P(t+1)) + (1 - mu(t)) g / (1 - P(t))) / (sqrt(v / (1-b2^t)) + epsilon); "
    "PyTorch keeps P in float32, so its float64 losses are good to 1e-9",
    "decay in the others": "g += decay w before all else",
    "schedule-free": "Defazio et al. 2024, algorithm 1, z and x begin at w: the gradient is taken at y = (1-b1) z + b1 x; "
    "v = b2 v + (1-b2) g^2; z -= rate g / (sqrt(v / (1-b2^t)) + epsilon) + rate decay y; "
    "x = (1 - 1/t) x + z / t; the last parameters are x",
    "muon": "Jordan 2024 with the factor of Liu et al. 2025: m = mu m + (1-mu) g; u = (1-mu) g + mu m; "
    "o = five rounds of x = 3.4445 x + (-4.7750 s + 2.0315 s s) x, s = x x' from x = u / (|u| + 1e-7), of the "
    "transpose where there are more rows than columns; w = (1 - rate decay) w - 0.2 sqrt(max(rows, columns)) rate o; "
    "biases follow adam at the same rate",
    "soap": "Vyas et al. 2024, algorithm 3; the first gradient only begins l = (1-b2) g g', r = (1-b2) g' g, whose "
    "bases come of four rounds from the identity; then t from 1: g' = ql' g qr; m = b1 m + (1-b1) g; "
    "v = b2 v + (1-b2) g'^2; w -= rate ql ((ql' m qr / (1-b1^t)) / (sqrt(v / (1-b2^t)) + epsilon)) qr'; "
    "l = b2 l + (1-b2) g g', r alike; every so many t a round: q's columns (and v's rows or columns) by the diagonal "
    "of q' l q, the largest first, then q = qr(l q); sides longer than `side` keep the identity; biases follow "
    "adam with the same numbers",
    "lion": "Chen et al. 2023: c = b1 m + (1-b1) g; w = w - rate (sign(c) + decay w); m = b2 m + (1-b2) g",
}


def plain_data():
    i = torch.arange(SAMPLES * WIDTHS[0], dtype=torch.float64)
    return (0.5 + 0.5 * torch.sin(1.3 * i)).reshape(SAMPLES, WIDTHS[0])


def first_parameters():
    """Weights and biases of the four dense layers in turn."""
    parameters = []
    for k, (inputs, units) in enumerate(zip(WIDTHS, WIDTHS[1:])):
        i = torch.arange(inputs * units, dtype=torch.float64)
        j = torch.arange(units, dtype=torch.float64)
        parameters.append((torch.sin(0.7 * i + 0.3 + 1.1 * k) / math.sqrt(inputs)).reshape(inputs, units))
        parameters.append(0.1 * torch.sin(0.9 * j + 0.5 + 1.1 * k))
    return parameters


ACTIVATIONS = {
    "linear": lambda x, slope: x,
    "relu": lambda x, slope: torch.relu(x),
    "leaky relu": lambda x, slope: functional.leaky_relu(x, 0.01),
    "prelu": lambda x, slope: torch.where(x > 0, x, slope * x),
    "elu": lambda x, slope: functional.elu(x, 1.0),
    "gelu": lambda x, slope: functional.gelu(x),
    "sigmoid": lambda x, slope: torch.sigmoid(x),
    "tanh": lambda x, slope: torch.tanh(x),
    "softplus": lambda x, slope: torch.logaddexp(x, torch.zeros_like(x)),
}

RECONSTRUCTIONS = {
    "gaussian": lambda y, x, delta: functional.mse_loss(y, x),
    "laplace": lambda y, x, delta: functional.l1_loss(y, x),
    "huber": lambda y, x, delta: functional.huber_loss(y, x, delta=delta),
    "bernoulli": lambda y, x, delta: functional.binary_cross_entropy_with_logits(y, x),
    "categorical": lambda y, x, delta: functional.cross_entropy(y, x),
}


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, algorithm 2, from the paper."""

    def __init__(self, parameters, lr, betas, weight_decay):
        super().__init__(parameters, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            first, second = group["betas"]
            for parameter in group["params"]:
                moment = self.state[parameter].setdefault("moment", torch.zeros_like(parameter))
                direction = torch.sign(first * moment + (1 - first) * parameter.grad)
                parameter -= group["lr"] * (direction + group["weight_decay"] * parameter)
                moment.mul_(second).add_(parameter.grad, alpha=1 - second)


class Matrices(torch.optim.Optimizer):
    """What Muon and SOAP share: matrices by `matrix`, the rest by Adam; decay is decoupled."""

    def __init__(self, parameters, lr, betas, eps, weight_decay=0.0, **numbers):
        super().__init__(parameters, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})
        self.numbers, self.steps = numbers, 0

    @torch.no_grad()
    def step(self):
        self.steps += 1
        for group in self.param_groups:
            for w in group["params"]:
                state = self.state[w]
                if not state:
                    state.update(m=torch.zeros_like(w), v=torch.zeros_like(w))
                if w.dim() == 2:
                    direction = self.matrix(w.grad, state, group)
                else:
                    direction = self.adam(w.grad, w.grad, state, group, self.steps)
                if direction is not None:
                    w.mul_(1 - group["lr"] * group["weight_decay"]).sub_(direction, alpha=group["lr"])

    def adam(self, g, turned, state, group, t, turn=lambda x: x):
        first, second = group["betas"]
        state["m"].mul_(first).add_(g, alpha=1 - first)
        state["v"].mul_(second).add_(turned**2, alpha=1 - second)
        m, v = turn(state["m"]) / (1 - first**t), state["v"] / (1 - second**t)
        return m / (v.sqrt() + group["eps"])


class Muon(Matrices):
    def matrix(self, g, state, group):
        mu = self.numbers["momentum"]
        m = state["m"].mul_(mu).add_(g, alpha=1 - mu)
        u = (1 - mu) * g + mu * m
        x = u / (u.norm() + 1e-7)
        x = x.T if x.shape[0] > x.shape[1] else x
        for _ in range(5):
            s = x @ x.T
            x = 3.4445 * x + (-4.7750 * s + 2.0315 * s @ s) @ x
        x = x.T if g.shape[0] > g.shape[1] else x
        return 0.2 * math.sqrt(max(g.shape)) * x


class Soap(Matrices):
    def turn_basis(self, state, axis):
        mean, basis = state["means"][axis], state["bases"][axis]
        order = torch.argsort((basis * (mean @ basis)).sum(0), descending=True, stable=True)
        state["bases"][axis] = torch.linalg.qr(mean @ basis[:, order])[0]
        return order

    def matrix(self, g, state, group):
        first, second = group["betas"]
        axes = [axis for axis in (0, 1) if g.shape[axis] <= self.numbers["side"]]
        products = {0: g @ g.T, 1: g.T @ g}
        if "means" not in state:
            state["means"] = {axis: (1 - second) * products[axis] for axis in axes}
            state["bases"] = {axis: torch.eye(g.shape[axis], dtype=g.dtype) for axis in axes}
            for axis in axes * 4:
                self.turn_basis(state, axis)
            return None
        left, right = (state["bases"].get(axis, torch.eye(g.shape[axis], dtype=g.dtype)) for axis in (0, 1))
        t = self.steps - 1
        step = left @ self.adam(g, left.T @ g @ right, state, group, t, lambda x: left.T @ x @ right) @ right.T
        for axis in axes:
            state["means"][axis].mul_(second).add_(products[axis], alpha=1 - second)
            if t % self.numbers["every"] == 0:
                state["v"] = state["v"].index_select(axis, self.turn_basis(state, axis))
        return step


class ScheduleFree(torch.optim.Optimizer):
    """Defazio et al. 2024, algorithm 1 at a constant rate, from the paper. The parameters are y until `finish`."""

    def __init__(self, parameters, lr, betas, eps, weight_decay=0.0):
        super().__init__(parameters, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})
        self.steps = 0

    @torch.no_grad()
    def step(self):
        self.steps += 1
        for group in self.param_groups:
            first, second = group["betas"]
            for y in group["params"]:
                state = self.state[y]
                if not state:
                    state.update(z=y.clone(), x=y.clone(), v=torch.zeros_like(y))
                z, x, v = state["z"], state["x"], state["v"]
                v.mul_(second).add_(y.grad**2, alpha=1 - second)
                corrected = v / (1 - second**self.steps)
                z -= group["lr"] * (y.grad / (corrected.sqrt() + group["eps"]) + group["weight_decay"] * y)
                x.lerp_(z, 1 / self.steps)
                y.copy_((1 - first) * z + first * x)

    @torch.no_grad()
    def finish(self):
        for group in self.param_groups:
            for y in group["params"]:
                y.copy_(self.state[y]["x"])


def optimizer_of(settings, weights, others):
    """PyTorch's optimizer; a decay of `weights` reaches the matrices alone."""
    name, decay = settings["name"], settings.get("decay", 0.0)
    rest = 0.0 if settings.get("decayed") == "weights" else decay
    groups = [{"params": weights, "weight_decay": decay}, {"params": others, "weight_decay": rest}]
    kinds = {
        "sgd": (torch.optim.SGD, {"momentum": "momentum", "nesterov": "nesterov"}),
        "adagrad": (torch.optim.Adagrad, {"epsilon": "eps"}),
        "adadelta": (torch.optim.Adadelta, {"rho": "rho", "epsilon": "eps"}),
        "rmsprop": (
            torch.optim.RMSprop,
            {"rho": "alpha", "epsilon": "eps", "momentum": "momentum", "centered": "centered"}),
        "adam": (torch.optim.Adam, {"epsilon": "eps", "amsgrad": "amsgrad"}),
        "adamw": (torch.optim.AdamW, {"epsilon": "eps"}),
        "nadam": (torch.optim.NAdam, {"epsilon": "eps", "momentum_decay": "momentum_decay"}),
        "lion": (Lion, {}),
        "schedule-free": (ScheduleFree, {"epsilon": "eps"}),
        "muon": (Muon, {"epsilon": "eps", "momentum": "momentum"}),
        "soap": (Soap, {"epsilon": "eps", "every": "every", "side": "side"}),
    }
    kind, renamed = kinds[name]
    options = {theirs: settings[ours] for ours, theirs in renamed.items() if ours in settings}
    if "beta1" in settings:
        options["betas"] = (settings["beta1"], settings["beta2"])
    return kind(groups, lr=settings["rate"], **({"weight_decay": 0.0} if name == "lion" else {}), **options)


class Training:
    """One case in one precision."""

    def __init__(self, case, precision):
        self.case = case
        x = plain_data()
        if case["data"] == "data summing to one":
            x = x / x.sum(dim=1, keepdim=True)
        self.x = x.to(precision)
        self.dense = [p.to(precision).requires_grad_() for p in first_parameters()]
        self.slopes, self.norms = [], []
        for units in WIDTHS[1:-1]:
            if case["activation"] == "prelu":
                count = units if case["slopes"] == "per unit" else 1
                self.slopes.append(torch.full((count,), 0.25, dtype=precision, requires_grad=True))
            kind = {"batch": torch.nn.BatchNorm1d, "layer": torch.nn.LayerNorm}.get(case.get("normalisation"))
            if kind:
                self.norms.append(kind(units, dtype=precision))
        others = self.dense[1::2] + self.slopes + [p for norm in self.norms for p in norm.parameters()]
        self.parameters = self.dense[0::2] + others
        self.optimizer = optimizer_of(case["optimizer"], self.dense[0::2], others)

    def forward(self, x):
        """The output and the code."""
        activate = ACTIVATIONS[self.case["activation"]]
        for k in range(3):
            x = x @ self.dense[2 * k] + self.dense[2 * k + 1]
            x = self.norms[k](x) if self.norms else x
            x = activate(x, self.slopes[k] if self.slopes else None)
            code = x if k == 1 else (code if k > 1 else None)
        return ACTIVATIONS[self.case["output_activation"]](x @ self.dense[6] + self.dense[7], None), code

    def loss(self, x):
        y, code = self.forward(x)
        error = RECONSTRUCTIONS[self.case["reconstruction"]](y, x, self.case.get("delta"))
        penalty = self.case.get("penalty")
        if not penalty:
            return error, error
        sums = {
            "l1": lambda: sum(w.abs().sum() for w in self.dense[0::2]),
            "l2": lambda: sum((w * w).sum() for w in self.dense[0::2]),
            "activity l1": lambda: code.abs().sum(dim=1).mean(),
            "activity l2": lambda: (code * code).sum(dim=1).mean(),
        }
        return error, error + penalty["factor"] * sums[penalty["name"]]()

    def clip(self):
        clip = self.case.get("clip")
        if clip and clip["name"] == "norm":
            torch.nn.utils.clip_grad_norm_(self.parameters, clip["limit"])
        elif clip:
            torch.nn.utils.clip_grad_value_(self.parameters, clip["limit"])

    @torch.no_grad()
    def constrain(self):
        limit = self.case.get("maximum_norm")
        for weight in self.dense[0::2] if limit else []:
            weight *= torch.clamp(limit / weight.norm(dim=0), max=1)

    def batches(self):
        while True:
            yield from self.x.split(self.case["batch"])

    def run(self):
        """Losses, totals and norms of ten steps."""
        losses, totals, first_norm = [], [], None
        for _, batch in zip(range(STEPS), self.batches()):
            self.optimizer.zero_grad()
            error, total = self.loss(batch)
            total.backward()
            if first_norm is None:
                first_norm = math.sqrt(sum(float((p.grad.double() ** 2).sum()) for p in self.parameters))
            self.clip()
            self.optimizer.step()
            self.constrain()
            losses.append(error.item())
            totals.append(total.item())
        if hasattr(self.optimizer, "finish"):
            self.optimizer.finish()
        last_norm = math.sqrt(sum(float((p.detach().double() ** 2).sum()) for p in self.parameters))
        return {
            "losses": losses, "totals": totals, "first_gradient_norm": first_norm,
            "last_parameter_norm": last_norm, **self.running()}

    def running(self):
        """Running statistics of batch normalisation, and the loss of all rows in use, which goes by them."""
        if self.case.get("normalisation") != "batch":
            return {}
        for norm in self.norms:
            norm.eval()
        with torch.no_grad():
            in_use = self.loss(self.x)[0].item()
        return {
            "running_means": [norm.running_mean.tolist() for norm in self.norms],
            "running_variances": [norm.running_var.tolist() for norm in self.norms],
            "loss_in_use": in_use}


ADAM = {"name": "adam", "rate": 0.01, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}
# A large epsilon: directions that the gradient hardly has depend on rounding.
SOAP = {"name": "soap", "rate": 0.01, "beta1": 0.95, "beta2": 0.95, "epsilon": 0.1, "side": 256}
SGD = {"name": "sgd", "rate": 0.1, "momentum": 0.0, "nesterov": False}


def case(**changes):
    """A case: what is not named stays as in the first reconstruction case."""
    base = {
        "reconstruction": "gaussian", "activation": "tanh", "output_activation": "linear", "optimizer": ADAM,
        "batch": SAMPLES, "data": "data"}
    return {**base, **changes}


def optimizers():
    adamw = {**ADAM, "name": "adamw", "decay": 0.01, "decayed": "all"}
    rmsprop = {
        "name": "rmsprop", "rate": 0.01, "rho": 0.99, "epsilon": 1e-8, "momentum": 0.0, "centered": False}
    lion = {"name": "lion", "rate": 0.001, "beta1": 0.9, "beta2": 0.99, "decay": 0.0, "decayed": "all"}
    return {
        "sgd": SGD,
        "sgd momentum": {**SGD, "momentum": 0.9},
        "sgd nesterov": {**SGD, "momentum": 0.9, "nesterov": True},
        "adagrad": {"name": "adagrad", "rate": 0.05, "epsilon": 1e-10},
        "adagrad large epsilon": {"name": "adagrad", "rate": 0.05, "epsilon": 0.1},
        "adadelta": {"name": "adadelta", "rate": 1.0, "rho": 0.9, "epsilon": 1e-6},
        "adadelta keras": {"name": "adadelta", "rate": 1.0, "rho": 0.95, "epsilon": 1e-7},
        "rmsprop": rmsprop,
        "rmsprop large epsilon": {**rmsprop, "epsilon": 0.1},
        "rmsprop momentum": {**rmsprop, "momentum": 0.9},
        "rmsprop centered": {**rmsprop, "centered": True},
        "adam": ADAM,
        "adam default rate": {**ADAM, "rate": 0.001},
        "adam large epsilon": {**ADAM, "epsilon": 0.1},
        "adam amsgrad": {**ADAM, "amsgrad": True, "rate": 0.1},
        "adam large rate": {**ADAM, "rate": 0.1},
        "adamw": adamw,
        "adamw weights": {**adamw, "decayed": "weights"},
        "adamw strong": {**adamw, "decay": 0.5},
        "nadam": {**ADAM, "name": "nadam", "momentum_decay": 0.004},
        "schedule-free": {**ADAM, "name": "schedule-free"},
        "schedule-free decay": {**ADAM, "name": "schedule-free", "decay": 0.5, "decayed": "all", "beta1": 0.7},
        "muon": {**ADAM, "name": "muon", "momentum": 0.95},
        "muon decay": {**ADAM, "name": "muon", "momentum": 0.8, "decay": 0.5, "decayed": "all"},
        "soap": {**SOAP, "every": 2},
        "soap decay": {**SOAP, "every": 3, "beta2": 0.9, "decay": 0.5, "decayed": "all"},
        "soap one side": {**SOAP, "every": 2, "side": 5},
        "lion": lion,
        "lion decay": {**lion, "decay": 0.5},
        "lion decay weights": {**lion, "decay": 0.5, "decayed": "weights"},
    }


def groups():
    """Every case by group and name."""
    summing = {"reconstruction": "categorical", "data": "data summing to one"}
    reconstruction = {
        "gaussian": case(),
        "gaussian sigmoid": case(activation="relu", output_activation="sigmoid"),
        "laplace": case(reconstruction="laplace"),
        "huber": case(reconstruction="huber", delta=1.0),
        "huber narrow": case(reconstruction="huber", delta=0.25),
        "bernoulli": case(reconstruction="bernoulli"),
        "categorical": case(**summing),
    }
    activation = {name: case(activation=name) for name in ACTIVATIONS}
    activation["prelu"] = case(activation="prelu", slopes="per layer")
    activation["prelu per unit"] = case(activation="prelu", slopes="per unit")
    batches = {str(size): case(batch=size) for size in [8, 5, 1]}
    optimizer = {name: case(optimizer=settings) for name, settings in optimizers().items()}
    clipping = {
        "norm": case(optimizer=SGD, clip={"name": "norm", "limit": 0.1}),
        "norm that does not bite": case(optimizer=SGD, clip={"name": "norm", "limit": 100.0}),
        "value": case(optimizer=SGD, clip={"name": "value", "limit": 0.02}),
    }
    penalty = {
        name: case(penalty={"name": name, "factor": 0.01})
        for name in ["l1", "l2", "activity l1", "activity l2"]
    }
    decay = {
        "sgd all": case(optimizer={**SGD, "decay": 0.05, "decayed": "all"}),
        "sgd weights": case(optimizer={**SGD, "decay": 0.05, "decayed": "weights"}),
        "adam all": case(optimizer={**ADAM, "decay": 0.05, "decayed": "all"}),
        "adam weights": case(optimizer={**ADAM, "decay": 0.05, "decayed": "weights"}),
    }
    normalisation = {
        "batch": case(normalisation="batch"),
        "batch of 8": case(normalisation="batch", batch=8),
        "layer": case(normalisation="layer"),
    }
    return {
        "reconstruction": reconstruction, "activation": activation, "batches": batches,
        "optimizer": optimizer, "clipping": clipping, "penalty": penalty, "decay": decay,
        "constraint": {"maximum norm": case(optimizer=SGD, maximum_norm=0.8)}, "normalisation": normalisation,
    }


def results():
    """Runs every case in both precisions and adds how far the two part."""
    done = {}
    for group, cases in groups().items():
        for name, one in cases.items():
            wide = Training(one, torch.float64).run()
            narrow = Training(one, torch.float32).run()
            apart = max(abs(a - b) / abs(a) for a, b in zip(wide["losses"], narrow["losses"]))
            done.setdefault(group, {})[name] = {
                **one, "float64": wide, "float32": narrow, "relative_difference": apart}
    return done


# Pairs of cases that are the same on purpose: written twice, or an option that must not bite here.
SAME = [
    {"reconstruction/gaussian", "activation/tanh", "optimizer/adam"},
    {"optimizer/sgd", "clipping/norm that does not bite"},
]


def check(done):
    """Each option must show in the losses, or a test against them could not fail."""
    last = {f"{g}/{n}": one["float64"]["losses"][-1] for g, cases in done.items() for n, one in cases.items()}
    names = sorted(last, key=last.get)
    for a, b in zip(names, names[1:]):
        if abs(last[a] - last[b]) < 1e-5 * last[a] and not any({a, b} <= same for same in SAME):
            print(f"too close to tell apart: {a} and {b}: {last[a]:.8f} {last[b]:.8f}")
    for group, cases in done.items():
        for name, one in cases.items():
            losses = one["float64"]["losses"]
            apart = f"{one['relative_difference']:.1e}"
            print(f"{group + '/' + name:40} {losses[0]:.8f} … {losses[-1]:.8f}   {apart}")


def main():
    done = results()
    check(done)
    names = [f"layer {k} {kind}" for k in range(4) for kind in ("weight", "bias")]
    initial = [p.flatten().tolist() for p in first_parameters()]
    document = {
        "made_by": "Tests/Golden/torch_losses.py",
        "versions": {"torch": torch.__version__, "python": platform.python_version()},
        "formulas": FORMULAS, "widths": WIDTHS, "samples": SAMPLES, "steps": STEPS,
        "data": plain_data().flatten().tolist(), "parameters": dict(zip(names, initial)), "groups": done,
    }
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(document, indent=1) + "\n")


main()
