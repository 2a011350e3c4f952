"""Golden numbers of maps, by scikit-learn's t-SNE and by umap-learn.

    python Tests/Golden/maps.py        writes maps.json beside itself

Samples are drawn by NumPy and written with three decimals, of which the single-precision numbers count. Of t-SNE: the joint
probabilities of all pairs and of the nearest neighbours alone, the Kullback-Leibler divergence of a layout that is given, and
its gradient, exact and by Barnes and Hut (in single precision). Of UMAP: distances to the nearest neighbour and scales,
weights of the fuzzy set, and the parameters of the curve for some minimum distances.
"""

import json
import pathlib
import platform

import numba
import numpy as np
import scipy
import sklearn
import umap
from scipy.spatial.distance import pdist, squareform
from sklearn.manifold import _t_sne
from sklearn.neighbors import NearestNeighbors
from umap.umap_ import find_ab_params, fuzzy_simplicial_set, smooth_knn_dist


def clusters(random, rows, columns):
    """Three clouds of different widths, two samples alike."""
    centers = 4 * random.standard_normal((3, columns))
    x = centers[np.arange(rows) % 3] + random.standard_normal((rows, columns)) * (0.3 + np.arange(rows) % 3)[:, None]
    x[1] = x[4]
    return x


def tsne(x, layout, perplexity):
    n = len(x)
    distances = squareform(pdist(x, "sqeuclidean")).astype(np.float32)
    p = _t_sne._joint_probabilities(distances, perplexity, 0)
    divergence, gradient = _t_sne._kl_divergence(layout.ravel(), p, 1, n, 2)
    k = min(n - 1, int(3 * perplexity + 1))
    near = NearestNeighbors(n_neighbors=k).fit(x).kneighbors_graph(mode="distance")
    near.data **= 2
    sparse = _t_sne._joint_probabilities_nn(near, perplexity, 0)
    result = {
        "joint": squareform(p).flatten().tolist(), "divergence": divergence, "gradient": gradient.tolist(),
        "joint_of_neighbours": sparse.toarray().flatten().tolist()}
    for name, angle in (("0", 0.0), ("half", 0.5)):
        divergence, gradient = _t_sne._kl_divergence_bh(
            layout.ravel().astype(np.float32), sparse, 1, n, 2, angle=angle, skip_num_points=0, verbose=False,
            compute_error=True, num_threads=1)
        result["tree_divergence_" + name] = float(divergence)
        result["tree_gradient_" + name] = gradient.astype(float).tolist()
    return result


def fuzzy(x, neighbours):
    # The sample itself first; of two as far away the lower one, which decides where samples are alike.
    matrix = squareform(pdist(x))
    np.fill_diagonal(matrix, -1)
    indices = np.argsort(matrix, axis=1, kind="stable")[:, :neighbours]
    np.fill_diagonal(matrix, 0)
    distances = np.take_along_axis(matrix, indices, axis=1).astype(np.float32)
    sigmas, rhos = smooth_knn_dist(distances, float(neighbours))
    graph, _, _ = fuzzy_simplicial_set(
        x, neighbours, np.random.RandomState(0), "euclidean", knn_indices=indices.astype(np.int32), knn_dists=distances)
    return {
        "neighbours": neighbours, "scales": sigmas.astype(float).tolist(), "nearest": rhos.astype(float).tolist(),
        "weights": graph.toarray().astype(float).flatten().tolist()}


def main():
    random = np.random.default_rng(30)
    cases = []
    for rows, columns, perplexity, neighbours in ((40, 3, 6.0, 8), (61, 10, 12.0, 15), (33, 2, 5.0, 5)):
        written = clusters(random, rows, columns).round(3)
        x = written.astype(np.float32).astype(np.float64)
        layout = (3 * random.standard_normal((rows, 2))).round(3)
        cases.append({
            "rows": rows, "columns": columns, "perplexity": perplexity, "samples": written.flatten().tolist(),
            "layout": layout.flatten().tolist(), "tsne": tsne(x, layout, perplexity), "umap": fuzzy(x, neighbours)})
    curves = [[distance, *map(float, find_ab_params(1.0, distance))] for distance in (0.0, 0.05, 0.1, 0.25, 0.5, 0.99)]
    document = {
        "made_by": "Tests/Golden/maps.py",
        "versions": {
            "numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__,
            "umap-learn": umap.__version__, "numba": numba.__version__, "python": platform.python_version()},
        "cases": cases, "curves": curves}

    def shorten(value):
        if isinstance(value, float):
            return float(f"{value:.10g}")
        if isinstance(value, list):
            return [shorten(v) for v in value]
        return {k: shorten(v) for k, v in value.items()} if isinstance(value, dict) else value

    pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(shorten(document)) + "\n")


main()
