"""Golden numbers of clusters, by scikit-learn and SciPy.

    python Tests/Golden/clusters.py        writes clusters.json beside itself

Samples are drawn by NumPy and written with three decimals, of which the single-precision numbers count. Of k-means: the least
sum of squares of fifty starts. Of mixtures, full and diagonal: means, covariances and shares fitted to the end, log-likelihood,
BIC and the probabilities of some samples. Silhouettes of the groups of k-means. Of pairs of groupings: accuracy by the
Hungarian method, normalised mutual information by the arithmetic mean, adjusted Rand index.
"""

import json
import pathlib
import platform

import numpy as np
import scipy
import sklearn
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, silhouette_score
from sklearn.mixture import GaussianMixture

FLOOR = 1e-6


def points(random):
    """Four slanted clouds of different sizes in three dimensions."""
    clouds = []
    for rows in (40, 60, 90, 30):
        slant = random.standard_normal((3, 3)) * 0.5 + np.eye(3) * 0.4
        clouds.append(6 * random.standard_normal(3) + random.standard_normal((rows, 3)) @ slant)
    return np.round(np.concatenate(clouds), 3).astype(np.float32)


def accuracy(groups, classes):
    table = np.zeros((groups.max() + 1, classes.max() + 1))
    np.add.at(table, (groups, classes), 1)
    rows, columns = linear_sum_assignment(-table)
    return table[rows, columns].sum() / len(groups)


def main():
    random = np.random.default_rng(11)
    x = points(random)
    wide = x.astype(np.float64)
    means = KMeans(4, n_init=50, tol=0, max_iter=1000, random_state=0).fit(wide)
    floor = FLOOR * wide.var(axis=0).mean()
    mixtures = {}
    for name, kind in (("full", "full"), ("diagonal", "diag")):
        fit = GaussianMixture(4, covariance_type=kind, reg_covar=floor, tol=1e-12, max_iter=5000, n_init=20, random_state=0).fit(wide)
        order = np.argsort(-fit.weights_)
        covariances = fit.covariances_ if kind == "full" else np.stack([np.diag(c) for c in fit.covariances_])
        mixtures[name] = {
            "shares": fit.weights_[order].tolist(), "means": fit.means_[order].tolist(),
            "covariances": covariances[order].tolist(), "log_likelihood": fit.score(wide) * len(wide), "bic": fit.bic(wide),
            "probabilities": fit.predict_proba(wide)[::17, order].tolist()}
    pairs = []
    for groups, classes in ((4, 4), (7, 4), (3, 5)):
        first, second = random.integers(groups, size=60), random.integers(classes, size=60)
        second[:35] = first[:35] % classes
        pairs.append({
            "groups": first.tolist(), "classes": second.tolist(), "accuracy": accuracy(first, second),
            "nmi": normalized_mutual_info_score(second, first), "ari": adjusted_rand_score(second, first)})
    result = {
        "made_by": f"Python {platform.python_version()}, numpy {np.__version__}, scipy {scipy.__version__}, "
                   f"scikit-learn {sklearn.__version__}",
        "points": x.astype(float).round(3).flatten().tolist(), "inertia": means.inertia_, "groups": means.labels_.tolist(),
        "silhouette": float(silhouette_score(wide, means.labels_)), "mixtures": mixtures, "pairs": pairs}
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
