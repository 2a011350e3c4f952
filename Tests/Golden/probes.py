"""Linear and nearest-neighbour probes by scikit-learn: Tests/Golden/probes.json.

Samples are sines of formulas, so that nothing random is shared. `C` is the inverse of the penalty; of two classes
scikit-learn has one vector of weights, where the multinomial form has two of half its length: the same minimum at
half the penalty's inverse.
"""

import json
import pathlib

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor


def samples(rows, columns, phase):
    i, j = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    x = np.sin(1.7 * i + 0.9 * j * (i % 5) + phase) + 0.5 * np.cos(0.31 * i * (j + 1))
    return np.round(x, 6)


def case(rows, columns, classes, penalty):
    x, test = samples(rows, columns, 0.0), samples(rows // 2, columns, 0.4)
    score = x[:, 0] + 0.6 * np.sin(3.0 * np.arange(rows))
    y = np.searchsorted(np.quantile(score, np.arange(1, classes) / classes), score)
    order = np.argsort(y, kind="stable")
    x, y, score = x[order], y[order], score[order]
    model = LogisticRegression(C=(2 if classes == 2 else 1) / penalty, tol=1e-12, max_iter=100000)
    model.fit(x, y)
    ridge = Ridge(alpha=penalty, solver="cholesky").fit(x, score)
    result = {
        "rows": rows,
        "columns": columns,
        "classes": classes,
        "penalty": penalty,
        "samples": x.ravel().tolist(),
        "labels": y.tolist(),
        "targets": score.tolist(),
        "test": test.ravel().tolist(),
        "log_probabilities": model.predict_log_proba(test).ravel().tolist(),
        "ridge": {
            "weights": ridge.coef_.tolist(),
            "intercept": float(ridge.intercept_),
            "predictions": ridge.predict(test).tolist(),
        },
        "neighbours": {},
    }
    for k in (1, 3, 5):
        near = KNeighborsClassifier(k).fit(x, y)
        shares = np.sort(near.predict_proba(test), axis=1)
        result["neighbours"][str(k)] = {
            "labels": near.predict(test).tolist(),
            # Where several classes have as many neighbours, scikit-learn takes the first of them.
            "is_tied": (shares[:, -1] == shares[:, -2]).tolist(),
            "means": KNeighborsRegressor(k).fit(x, score).predict(test).tolist(),
        }
    return result


cases = [case(40, 3, 2, 1.0), case(60, 5, 3, 0.1), case(60, 4, 4, 10.0), case(18, 30, 3, 1.0), case(12, 25, 2, 0.01)]
out = {"versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__}, "cases": cases}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(out) + "\n")
