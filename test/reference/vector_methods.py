"""Writes test/golden/vector-methods.json: directions that scikit-learn and numpy extract from small random pairs.

    python3 -m venv /tmp/vector-reference
    /tmp/vector-reference/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.7.2
    /tmp/vector-reference/bin/python test/reference/vector_methods.py
"""

import json
import pathlib

import numpy as np
import scipy
import sklearn
from sklearn.covariance import ledoit_wolf
from sklearn.linear_model import LogisticRegression

generator = np.random.default_rng(20240717)


def main():
    cases = [
        case("separable, wider than the pairs are many", pairs=8, width=24, effect=1.5, scale=1.0),
        case("overlapping, narrower than the pairs are many", pairs=20, width=5, effect=0.4, scale=1.0),
        case("a large common offset, as residual streams have", pairs=10, width=16, effect=2.0, scale=6.0, offset=40.0),
    ]
    document = {
        "made_by": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
        "cases": cases,
    }
    path = pathlib.Path(__file__).parent.parent / "golden" / "vector-methods.json"
    # One case a line: short, and a changed case shows as one changed line.
    lines = ",\n".join(json.dumps(entry) for entry in document["cases"])
    path.write_text(f'{{"made_by": {json.dumps(document["made_by"])}, "cases": [\n{lines}\n]}}\n')


def case(name, pairs, width, effect, scale, offset=0.0):
    common = offset * generator.normal(size=width)
    direction = generator.normal(size=width)
    positive = sixteenths(common + effect * direction / 2 + scale * generator.normal(size=(pairs, width)))
    negative = sixteenths(common - effect * direction / 2 + scale * generator.normal(size=(pairs, width)))
    return {
        "name": name,
        "positive": positive.tolist(),
        "negative": negative.tolist(),
        "mean_difference": rounded((positive - negative).mean(axis=0)),
        "principal_component": rounded(principal_component(positive - negative)),
        "logistic": rounded(logistic(positive, negative)),
        "lda": rounded(lda(positive, negative)),
    }


def principal_component(differences):
    """The first right singular vector, not centred, on the side of the mean difference."""
    component = np.linalg.svd(differences)[2][0]
    return component * np.sign(differences.mean(axis=0) @ component)


def logistic(positive, negative):
    model = LogisticRegression(C=1.0, fit_intercept=True, tol=1e-12, max_iter=1_000_000)
    labels = [1] * len(positive) + [0] * len(negative)
    return model.fit(np.vstack([positive, negative]), labels).coef_[0]


def lda(positive, negative):
    within = np.vstack([positive - positive.mean(axis=0), negative - negative.mean(axis=0)])
    covariance, _ = ledoit_wolf(within, assume_centered=True)
    return np.linalg.solve(covariance, positive.mean(axis=0) - negative.mean(axis=0))


def sixteenths(values):
    """Exact in float32, and short in the file."""
    return np.round(values * 16) / 16


def rounded(values):
    return [float(f"{value:.10g}") for value in values]


main()
