"""Writes test/golden/paper-profile.json: the paper's choices, its five prompt settings, and damage on neutral text.

Whole forward passes of one sequence with a hook on one block, as in reference.py. Numbers only, no text and
no token of the data.
"""

import argparse
import json
import os
import random
import sys

import numpy as np
import torch

from gguf_model import GgufFile
from items import FILES, SYSTEM, items
from neutral_damage import measure_damage
from ood_settings import LAYER, SET, measure_settings, steerability
from profiles import MULTIPLIERS, PROFILES, ProfileCase, curve, extract, scores
from reference import Plain64, Transformers32, describe, number

SETS = ["openness", "myopic-reward"]
PAPER_PROFILES = ["paper", "paper-logprob-stripped", "paper-logprob-kept"]
LAYERS = [10, 14]
TRAIN_ITEMS = 12
TEST_ITEMS = 8
LEAKY_TEST_START = 50
SHUFFLED_1000 = [439, 621, 160, 549, 237, 389, 658, 507, 124, 290, 975, 392]
HERE = os.path.dirname(os.path.abspath(__file__))


def main():
    args = arguments()
    torch.set_num_threads(args.threads)
    file = GgufFile(args.model)
    backend = {"float32": Transformers32, "float64": Plain64}[args.precision](file)
    with open(os.path.join(args.data, "paper", "persona_prompts.json"), encoding="utf-8") as prompts:
        personas = json.load(prompts)[SET]
    runs = [
        measure_run(file, backend, args.data, name, profile, args.tests)
        for name in SETS
        for profile in PAPER_PROFILES
    ]
    settings, base_vector = measure_settings(file, backend, args.data, personas, args.tests)
    print("settings done", file=sys.stderr, flush=True)
    damage = measure_damage(file, backend, args.neutral, LAYER, base_vector)
    document = {
        "what": "PyTorch reference values; see test/reference/model/README.md",
        "model": {
            "file": "SmolLM2-135M-Instruct.Q4_1.gguf",
            "sha256": file.sha256(),
            "weights": "dequantised to float32",
        },
        "precision": args.precision,
        "versions": {"python": sys.version.split()[0], "torch": torch.__version__, "transformers": backend.version},
        "system": SYSTEM,
        "multipliers": MULTIPLIERS,
        "split": {
            "shuffle": "random.Random(0).shuffle of the item numbers",
            "train": f"first {TRAIN_ITEMS} of [0, floor(n/2))",
            "test": f"first {min(TEST_ITEMS, args.tests)} of [{LEAKY_TEST_START}, n)",
        },
        "layers": LAYERS,
        "profiles": {name: vars(PROFILES[name]) for name in [*PAPER_PROFILES, "corrected"]},
        "runs": runs,
        "settings": settings,
        "damage": damage,
    }
    if args.rounding:
        with open(args.rounding, encoding="utf-8") as other:
            document["rounding"] = rounding(document, json.load(other))
        print(json.dumps(document["rounding"], indent=1))
    with open(args.out, "w", encoding="utf-8") as out:
        out.write(compact(document))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="SmolLM2-135M-Instruct.Q4_1.gguf")
    parser.add_argument("--data", required=True, help="folder with evals/ and paper/persona_prompts.json")
    parser.add_argument("--neutral", default=os.path.join(HERE, "../../../src/behaviours/data/neutral.txt"))
    parser.add_argument("--out", default="test/golden/paper-profile.json")
    parser.add_argument("--precision", choices=["float32", "float64"], default="float32")
    parser.add_argument("--rounding", help="a file made with --precision float64, to state the rounding noise")
    parser.add_argument("--tests", type=int, default=TEST_ITEMS, help="test items at most; two do for the float64 run")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def measure_run(file, backend, data, name, profile_name, tests):
    """One set under one profile: vectors from the training items, propensities and slopes of the test items."""
    profile = PROFILES[profile_name]
    available = items(data, name, "multiple-choice")
    train, test = paper_split(len(available), tests)
    build = lambda numbers: {n: ProfileCase(file, profile, available[n]) for n in numbers}
    train_cases, test_cases = build(train), build(test)
    vectors = extract(backend, train_cases.values(), LAYERS)
    unsteered = [scores(backend, profile, case) for case in test_cases.values()]
    propensities = [
        [
            curve(backend, profile, case, layer, vectors[layer].to(backend.dtype), number(positive - negative))
            for layer in LAYERS
        ]
        for case, (positive, negative) in zip(test_cases.values(), unsteered)
    ]
    print(f"{name} {profile_name} done", file=sys.stderr, flush=True)
    return {
        "set": name,
        "format": "multiple-choice",
        "file": FILES[name],
        "profile": profile_name,
        "trainItems": train,
        "testItems": test,
        "sequences": {n: case.summary() for n, case in {**train_cases, **test_cases}.items()},
        "vectors": {layer: describe(vector) for layer, vector in vectors.items()},
        "unsteeredScores": [[number(value) for value in pair] for pair in unsteered],
        "propensities": propensities,
        "slopes": [[number(np.polyfit(MULTIPLIERS, values, 1)[0]) for values in row] for row in propensities],
        "meanSlopes": [
            number(np.polyfit(MULTIPLIERS, np.mean([row[i] for row in propensities], axis=0), 1)[0])
            for i in range(len(LAYERS))
        ],
    }


def paper_split(count, tests):
    """The first items of the published halves: training [0, n/2), test [50, n), which overlap."""
    order = list(range(count))
    random.Random(0).shuffle(order)
    if count == 1000 and order[: len(SHUFFLED_1000)] != SHUFFLED_1000:
        raise ValueError("Python's shuffle is not the published one")
    return order[: count // 2][:TRAIN_ITEMS], order[LEAKY_TEST_START:][: min(TEST_ITEMS, tests)]


def rounding(document, exact):
    """Largest distance of these values from the float64 run's, over the test items that it has."""
    farthest = lambda a, b: number(np.abs(np.array(a) - np.array(b)).max(), 3)
    result = {"against": "the same passes in float64, forward pass written out"}
    for profile in PAPER_PROFILES:
        pairs = [(a, b) for a, b in zip(document["runs"], exact["runs"]) if a["profile"] == profile]
        tests = len(pairs[0][1]["testItems"])
        result[profile] = {"testItems": tests} | {
            key: max(farthest(a[key][:tests], b[key]) for a, b in pairs) for key in ("propensities", "slopes")
        }
    here, there = document["settings"], exact["settings"]
    tests = len(there["testItems"])
    result["settings"] = {"testItems": tests, "cosines": farthest(here["cosines"], there["cosines"])} | {
        key: farthest(np.array(here[key])[:, :, :tests], there[key]) for key in ("propensities", "slopes", "itemGaps")
    }
    again = steerability(np.array(here["propensities"])[:, :, :tests])
    key = "relativeSteerability"
    result["settings"][key] = farthest(again[key], there[key])
    steered = [
        (one, other)
        for a, b in zip(document["damage"]["texts"], exact["damage"]["texts"])
        for one, other in zip(a["steered"], b["steered"])
    ]
    result["damage"] = {
        key: max(farthest(a[key], b[key]) for a, b in steered)
        for key in ("kl", "nll", "percentile95Kl", "perplexityRatio")
    }
    return result


def compact(value, depth=0):
    """JSON with rows of numbers and small records on one line each, so that a change can be read in a diff."""
    line = json.dumps(value)
    nested = isinstance(value, dict) and any(isinstance(one, dict) for one in value.values())
    deep = isinstance(value, list) and any(isinstance(one, (list, dict)) for one in value)
    big = isinstance(value, dict) and len(line) > 600
    if depth > 0 and not (nested or big or (deep and len(line) > 200)):
        return line
    inner = " " * (depth + 1)
    if isinstance(value, dict):
        entries = [f"{inner}{json.dumps(str(key))}: {compact(one, depth + 1)}" for key, one in value.items()]
        body = "{}"
    else:
        entries = [inner + compact(one, depth + 1) for one in value]
        body = "[]"
    text = body[0] + "\n" + ",\n".join(entries) + "\n" + " " * depth + body[1]
    return text + "\n" if depth == 0 else text


if __name__ == "__main__":
    main()
