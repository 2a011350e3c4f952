"""Golden numbers of detection: rankings by scikit-learn, surfaces by TSB-AD, tests of two samples by SciPy.

    python Tests/Golden/detection.py        writes detection.json beside itself

Scores and labels are drawn by NumPy; scores have one decimal, so that many are tied. Surfaces are those of
TSB_AD.evaluation.basic_metrics (pip install --no-deps TSB-AD).
"""

import json
import pathlib
import platform

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn.metrics import average_precision_score, roc_auc_score
from TSB_AD.evaluation.basic_metrics import basic_metricor


def ranking(random, rows, share, decimals):
    odd = random.random(rows) < share
    odd[0], odd[1] = True, False
    scores = np.round(random.standard_normal(rows) + odd, decimals)
    return {
        "scores": scores.tolist(), "odd": odd.astype(int).tolist(),
        "roc_auc": roc_auc_score(odd, scores), "average_precision": average_precision_score(odd, scores),
    }


def surface(random, steps, stretches, window, decimals):
    labels = np.zeros(steps, int)
    for start, length in stretches:
        labels[start:start + length] = 1
    near = np.convolve(labels, np.ones(9) / 9, "same")
    scores = np.round(random.standard_normal(steps) + 2 * near, decimals)
    *_, roc, pr = basic_metricor().RangeAUC_volume_opt(labels, scores, window)
    return {
        "scores": scores.tolist(), "odd": labels.tolist(), "window": window, "roc": float(roc), "pr": float(pr),
    }


def distance(random, first, second, decimals, shift):
    a = np.round(random.standard_normal(first), decimals)
    b = np.round(random.standard_normal(second) + shift, decimals)
    exact = stats.ks_2samp(a, b, method="exact")
    size = first * second / (first + second)
    return {
        "first": a.tolist(), "second": b.tolist(), "distance": exact.statistic, "exact": exact.pvalue,
        "asymptotic": float(scipy.special.kolmogorov(size**0.5 * exact.statistic)),
    }


def counts(table):
    chi = stats.chi2_contingency(table, correction=False)
    case = {"table": table, "statistic": chi.statistic, "degrees": chi.dof, "p": chi.pvalue}
    if len(table[0]) == 2:
        case["fisher"] = stats.fisher_exact(table).pvalue
    return case


def main():
    random = np.random.default_rng(8)
    golden = {
        "versions": {
            "python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__,
            "scikit-learn": sklearn.__version__, "TSB-AD": "1.5",
        },
        "rankings": [
            ranking(random, 12, 0.3, 0), ranking(random, 40, 0.2, 1), ranking(random, 200, 0.05, 1),
            ranking(random, 300, 0.5, 3),
        ],
        "surfaces": [
            surface(random, 60, [(10, 5), (40, 8)], 6, 1), surface(random, 400, [(0, 9), (100, 20), (390, 10)], 25, 2),
            surface(random, 700, [(50, 1), (60, 4), (300, 30), (345, 3)], 20, 1),
        ],
        "distances": [
            distance(random, 5, 7, 2, 0), distance(random, 30, 30, 1, 0.5), distance(random, 60, 45, 3, 0.3),
            distance(random, 200, 150, 3, 0),
        ],
        "tables": [
            counts([[10, 20, 30], [15, 15, 25]]), counts([[3, 17], [9, 11]]), counts([[100, 0], [92, 8]]),
            counts([[50, 60, 70, 8], [40, 80, 60, 30]]), counts([[900, 100], [8500, 1500]]),
        ],
        "upper_gamma": [
            [a, x, float(scipy.special.gammaincc(a, x))]
            for a in (0.5, 1, 2.5, 10, 60) for x in (0.01, 0.5, 2, 9, 11, 30, 90)
        ],
    }
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(golden) + "\n")


main()
