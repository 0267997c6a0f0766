"""The OOD study on a few items: vectors of five prompt settings and their mean, tested in every setting."""

import numpy as np
import torch

from items import FILES, items
from profiles import MULTIPLIERS, PROFILES, SETTINGS, ProfileCase, curve, extract, scores
from reference import describe, number

SET = "openness"
LAYER = 14
TRAIN = list(range(0, 12))
TEST = list(range(100, 106))
VECTORS = [*SETTINGS, "MEAN"]


def measure_settings(file, backend, data, personas, count):
    """The entry `settings` of the golden file, and the BASE vector in the backend's precision."""
    profile = PROFILES["corrected"]
    available = items(data, SET, "multiple-choice")
    cases = lambda setting, numbers: [ProfileCase(file, profile, available[n], setting, personas) for n in numbers]
    raw = {setting: extract(backend, cases(setting, TRAIN), [LAYER])[LAYER] for setting in SETTINGS}
    raw["MEAN"] = torch.stack([raw[setting] for setting in SETTINGS]).mean(0)
    scaled = {name: vector * (raw["BASE"].norm() / vector.norm()) for name, vector in raw.items()}

    test = TEST[:count]
    tests = {setting: cases(setting, test) for setting in SETTINGS}
    unsteered = {
        setting: [number(np.subtract(*scores(backend, profile, case))) for case in tests[setting]]
        for setting in SETTINGS
    }
    propensities = [
        [
            [
                curve(backend, profile, case, LAYER, scaled[name].to(backend.dtype), zero)
                for case, zero in zip(tests[setting], unsteered[setting])
            ]
            for setting in SETTINGS
        ]
        for name in VECTORS
    ]
    entry = {
        "set": SET,
        "format": "multiple-choice",
        "file": FILES[SET],
        "profile": "corrected",
        "layer": LAYER,
        "trainItems": TRAIN,
        "testItems": test,
        "settings": SETTINGS,
        "vectorNames": VECTORS,
        "sequences": {
            setting: {n: case.summary() for n, case in zip(test, tests[setting])} for setting in SETTINGS
        },
        "vectors": {name: describe(vector) for name, vector in raw.items()},
        "cosines": cosines([raw[name] for name in VECTORS]),
        "unsteered": unsteered,
        "propensities": propensities,
        **steerability(np.array(propensities)),
        **gaps(unsteered),
    }
    return entry, raw["BASE"].to(backend.dtype)


def cosines(vectors):
    unit = torch.stack([vector / vector.norm() for vector in vectors]).numpy()
    return table(unit @ unit.T)


def steerability(propensities):
    """Slopes of items and of mean curves; relative: s(v_A, D_B) / s(v_B, D_B), a row for each vector."""
    flat = propensities.reshape(-1, len(MULTIPLIERS))
    slopes = np.polyfit(MULTIPLIERS, flat.T, 1)[0].reshape(propensities.shape[:-1])
    of_mean = np.array([
        [np.polyfit(MULTIPLIERS, cell.mean(0), 1)[0] for cell in row] for row in propensities
    ])
    own = np.diag(of_mean[: len(SETTINGS)])
    return {"slopes": table(slopes), "meanSlopes": table(of_mean), "relativeSteerability": table(of_mean / own)}


def gaps(unsteered):
    """Distance of two settings' unsteered propensities, [vector's setting][test setting].

    `itemGaps` |m_B(x) - m_A(x)| of each test item and `meanGap` its mean, for relative steerability;
    `gapOfMeans` the distance of the means, for cosines, where the mean vector has the average of all five.
    """
    values = np.array([unsteered[setting] for setting in SETTINGS])
    by_item = np.abs(values[None, :, :] - values[:, None, :])
    means = np.append(values.mean(1), values.mean())
    return {
        "itemGaps": table(by_item),
        "meanGap": table(by_item.mean(2)),
        "gapOfMeans": table(np.abs(means[None, :] - means[:, None])),
    }


def table(values):
    return [table(row) for row in values] if np.ndim(values) else number(values)
