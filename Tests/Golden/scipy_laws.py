"""Golden numbers of the laws of fields by SciPy, float64.

    python Tests/Golden/scipy_laws.py        writes scipy_laws.json beside itself

Of every law, at parameters written out here: the log-likelihood of some values, mean, quantiles and entropy; and
of columns of values the greatest mean log-likelihood that any constant parameters reach.
"""

import json
import math
import pathlib
import platform

import numpy
import scipy
from scipy import integrate, optimize, special, stats

PROBABILITIES = [0.001, 0.05, 0.25, 0.5, 0.8, 0.975, 0.9999]


def softplus(x):
    return numpy.logaddexp(0, x)


class Huber(stats.rv_continuous):
    """Density and distribution by numerical integration of e^-h, from nothing but h."""

    def __init__(self, delta, location):
        super().__init__()
        self.delta, self.location = delta, location
        self.whole = integrate.quad(self.height, -numpy.inf, -delta)[0] * 2
        self.whole += integrate.quad(self.height, -delta, delta)[0]

    def height(self, d):
        inside = abs(d) <= self.delta
        return math.exp(-(d * d / 2 if inside else self.delta * (abs(d) - self.delta / 2)))

    def logpdf(self, x):
        return math.log(self.height(x - self.location)) - math.log(self.whole)

    def cdf(self, x):
        edges = sorted({-self.delta, self.delta, x - self.location})
        edges = [-100 / self.delta] + [e for e in edges if e <= x - self.location]
        return sum(integrate.quad(self.height, a, b, epsabs=1e-14)[0] for a, b in zip(edges, edges[1:])) / self.whole

    def mean(self):
        return self.location

    def ppf(self, p):
        return optimize.brentq(lambda x: self.cdf(x) - p, -40, 40, xtol=1e-13)

    def entropy(self):
        def part(d):
            height = self.height(d) / self.whole
            return -height * math.log(height)
        return 2 * (integrate.quad(part, 0, self.delta)[0] + integrate.quad(part, self.delta, 100 / self.delta)[0])


class Mixture:
    def __init__(self, shares, means, deviations):
        self.shares, self.parts = shares, [stats.norm(m, s) for m, s in zip(means, deviations)]

    def logpdf(self, x):
        return special.logsumexp([p.logpdf(x) for p in self.parts], b=self.shares)

    def cdf(self, x):
        return sum(w * p.cdf(x) for w, p in zip(self.shares, self.parts))

    def mean(self):
        return sum(w * p.mean() for w, p in zip(self.shares, self.parts))

    def ppf(self, p):
        return optimize.brentq(lambda x: self.cdf(x) - p, -60, 60, xtol=1e-13)

    def entropy(self):
        grid = numpy.linspace(-40, 40, 800001)
        log = numpy.array(special.logsumexp([p.logpdf(grid) for p in self.parts], axis=0, b=[[w] for w in self.shares]))
        return float(integrate.simpson(-log * numpy.exp(log), x=grid))


class Discrete:
    """Of probabilities on 0, 1, ..."""

    def __init__(self, probabilities):
        self.probabilities = numpy.asarray(probabilities)

    def logpmf(self, x):
        return math.log(self.probabilities[int(x)])

    def mean(self):
        return float(self.probabilities @ numpy.arange(len(self.probabilities)))

    def ppf(self, p):
        return int(numpy.searchsorted(numpy.cumsum(self.probabilities), p))

    def entropy(self):
        return float(special.entr(self.probabilities).sum())


def negative_binomial(log_mean, log_theta):
    mean, theta = math.exp(log_mean), math.exp(log_theta)
    return stats.nbinom(theta, theta / (theta + mean))


def zero_inflated(log_mean, log_theta, logit, most=20000):
    inner = negative_binomial(log_mean, log_theta).pmf(numpy.arange(most))
    zero = special.expit(logit)
    inner = inner * (1 - zero)
    inner[0] += zero
    return Discrete(inner)


def cumulative(parameters):
    cuts = numpy.cumsum([parameters[0]] + [softplus(y) for y in parameters[1:]])
    return Discrete(numpy.diff(numpy.concatenate([[0], special.expit(cuts), [1]])))


def laws():
    reals = [-7.5, -1, -0.3, 0, 0.2, 1.75, 30]
    counts = [0, 1, 2, 5, 17, 100, 1000]
    positives = [1e-3, 0.2, 1, 2.5, 40]
    yield "gaussian", [0.7], stats.norm(0.7, 1), reals
    for m, s in [(0.7, 0.0), (-2.0, 3.1), (0.25, -4.0)]:
        yield "normal", [m, s], stats.norm(m, math.exp(s / 2)), reals
    yield "laplace", [0.7], stats.laplace(0.7), reals
    for delta in [0.25, 1, 3]:
        yield f"huber:{delta}", [0.5], Huber(delta, 0.5), reals[:-1]
    for degrees, m, s in [(4, 0.3, 0.0), (1.5, -1.0, 1.2), (30, 0.3, -2.0)]:
        yield f"student-t:{degrees}", [m, s], stats.t(degrees, m, math.exp(s)), reals
    w, m, s = [0.2, -1.0, 0.4], [-3.0, 0.0, 2.0], [0.5, -2.0, 1.0]
    yield "mixture:3", w + m + s, Mixture(special.softmax(w), m, numpy.exp(numpy.array(s) / 2)), reals
    for m, c in [(0.5, 0.3), (2.0, -1.5), (-1.0, 4.0)]:
        shape = math.exp(c)
        yield "gamma", [m, c], stats.gamma(shape, scale=math.exp(m) / shape), positives
    for m in [-1.5, 1.2, 4.6]:
        yield "poisson", [m], stats.poisson(math.exp(m)), counts
    for m, t in [(1.2, 0.3), (4.6, -1.2), (-0.5, 2.0), (5.0, 9.0)]:
        yield "negative-binomial", [m, t], negative_binomial(m, t), counts
    for m, t, z in [(1.2, 0.3, -0.5), (3.0, -0.6, 1.1), (-0.5, 2.0, 0.0)]:
        yield "zero-inflated-negative-binomial", [m, t, z], zero_inflated(m, t, z), counts[:-2]
    for y in [-3.0, 0.4]:
        yield "bernoulli", [y], stats.bernoulli(special.expit(y)), [0, 1]
    y = [0.3, -1.2, 2.0, 0.0]
    yield "categorical:4", y, Discrete(special.softmax(y)), [0, 1, 2, 3]
    for y in [[-1.0, 0.5, -2.0, 1.5], [0.4], [3.0, -3.0, -3.0]]:
        yield f"cumulative:{len(y) + 1}", y, cumulative(y), list(range(len(y) + 1))


def forms():
    """Mean log-likelihood of values at parameters, for the fits."""
    def inflated(p, x):
        inner = negative_binomial(p[0], p[1]).logpmf(x)
        zero = numpy.where(x == 0, -softplus(-p[2]), -numpy.inf)
        return numpy.logaddexp(zero, inner - softplus(p[2]))

    return {
        "gaussian": (lambda p, x: stats.norm(p[0]).logpdf(x), [0.1]),
        "normal": (lambda p, x: stats.norm(p[0], math.exp(p[1] / 2)).logpdf(x), [0.1, 0.1]),
        "laplace": (lambda p, x: stats.laplace(p[0]).logpdf(x), [0.1]),
        "student-t:4": (lambda p, x: stats.t(4, p[0], math.exp(p[1])).logpdf(x), [0.1, 0.1]),
        "gamma": (lambda p, x: stats.gamma(math.exp(p[1]), scale=math.exp(p[0] - p[1])).logpdf(x), [0.1, 0.1]),
        "poisson": (lambda p, x: stats.poisson(math.exp(p[0])).logpmf(x), [0.1]),
        "negative-binomial": (lambda p, x: negative_binomial(*p).logpmf(x), [0.1, 0.1]),
        "zero-inflated-negative-binomial": (inflated, [0.1, 0.1, -0.5]),
    }


def columns():
    """Columns of values by closed formulas."""
    i = numpy.arange(60)
    reals = numpy.sin(1.3 * i) + 0.02 * (i % 7) ** 2 - 0.4
    reals[5], reals[31] = 8.0, -6.5
    counts = (numpy.floor(numpy.exp(1.5 + 1.4 * numpy.sin(0.9 * i + 0.2 * i * i))) * (i % 4 != 1)).astype(float)
    return {"reals": reals, "positives": numpy.exp(0.8 * reals), "counts": counts}


def fit(function, start, values):
    def cost(p):
        return -float(numpy.mean(function(p, values)))

    best = optimize.minimize(cost, start, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-14, "maxiter": 20000})
    again = optimize.minimize(cost, best.x, method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-14, "maxiter": 20000})
    return again.x, again.fun


def main():
    cases = []
    for law, parameters, form, values in laws():
        is_discrete = isinstance(form, Discrete) or isinstance(getattr(form, "dist", None), stats.rv_discrete)
        log = form.logpmf if is_discrete else form.logpdf
        if law in ("negative-binomial", "poisson"):
            entropy = float(special.entr(form.pmf(numpy.arange(30000))).sum())
        else:
            entropy = float(form.entropy())
        cases.append({
            "law": law, "parameters": parameters, "values": values,
            "log_likelihoods": [float(log(x)) for x in values], "mean": float(form.mean()),
            "quantiles": [float(form.ppf(p)) for p in PROBABILITIES], "entropy": entropy,
        })
    data, fits = columns(), []
    kind = {"gamma": "positives", "poisson": "counts", "negative-binomial": "counts"}
    kind["zero-inflated-negative-binomial"] = "counts"
    for law, (function, start) in forms().items():
        values = data[kind.get(law, "reals")]
        parameters, nats = fit(function, start, values)
        fits.append({"law": law, "column": kind.get(law, "reals"), "parameters": list(parameters), "nats": float(nats)})
    result = {
        "versions": {"scipy": scipy.__version__, "numpy": numpy.__version__, "python": platform.python_version()},
        "probabilities": PROBABILITIES, "cases": cases,
        "columns": {name: list(map(float, values)) for name, values in data.items()}, "fits": fits,
    }
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=1) + "\n")


main()
