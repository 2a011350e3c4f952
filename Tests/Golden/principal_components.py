"""Golden principal components by NumPy's SVD in float64.

    python Tests/Golden/principal_components.py        writes principal_components.json beside itself

Each case holds its samples (three decimals, of which the single-precision numbers count), their mean, the variances
along the components (squared singular values of the centred samples divided by their number), the components themselves,
and the mean squared error left when the first `count` of them reconstruct the samples.
"""

import json
import pathlib
import platform

import numpy as np


def spectrum(random, rows, columns, scales):
    """Gaussian samples whose directions have the deviations given."""
    basis, _ = np.linalg.qr(random.standard_normal((columns, columns)))
    return random.standard_normal((rows, columns)) * np.array(scales) @ basis


def samples():
    random = np.random.default_rng(20)
    constant = spectrum(random, 25, 6, [3, 2, 1, 0.5, 0.3, 0.2])
    constant[:, [1, 4]] = [7, -2]
    deficient = random.standard_normal((30, 3)) @ random.standard_normal((3, 8))
    return {
        "tall": (spectrum(random, 40, 6, [5, 3, 2, 1, 0.5, 0.1]), 3),
        "all of them": (spectrum(random, 40, 6, [5, 3, 2, 1, 0.5, 0.1]), 6),
        "fewer samples than features": (spectrum(random, 6, 20, 1 + np.arange(20) / 4), 4),
        "as many as the samples allow": (spectrum(random, 6, 20, 1 + np.arange(20) / 4), 5),
        "rank 3": (deficient, 3),
        "constant columns": (constant, 2),
        "far from zero": (1000 + spectrum(random, 50, 5, [2, 1, 0.5, 0.2, 0.1]), 2),
        "falling": (spectrum(random, 120, 30, 2.0 ** -(np.arange(30) / 3)), 8),
        "one column": (random.standard_normal((20, 1)), 1),
        "two samples": (random.standard_normal((2, 4)), 1),
    }


def main():
    cases = {}
    for name, (x, count) in samples().items():
        written = x.round(3)
        x = written.astype(np.float32).astype(np.float64)
        mean = x.mean(axis=0)
        _, values, directions = np.linalg.svd(x - mean, full_matrices=False)
        kept = directions[:count]
        error = ((x - mean) - (x - mean) @ kept.T @ kept) ** 2
        cases[name] = {
            "rows": x.shape[0], "columns": x.shape[1], "count": count, "samples": written.flatten().tolist(),
            "mean": mean.tolist(), "variances": (values[:count] ** 2 / len(x)).tolist(),
            "components": kept.flatten().tolist(), "mean_squared_error": error.mean()}
    document = {
        "made_by": "Tests/Golden/principal_components.py",
        "versions": {"numpy": np.__version__, "python": platform.python_version()}, "cases": cases}
    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(document) + "\n")


main()
