"""The published OOD study of one dataset in PyTorch, float32: six vectors, five settings, multipliers; one layer.

As published: for each item, vector, setting and multiplier two whole passes, prompt + "(A)" and prompt + "(B)",
one sequence at a time, no cache, a hook on one block; multiplier 0 is evaluated once a setting, without a hook,
and reused for all vectors. A few items are timed and scaled; the output says so. Extraction is timed beside it.
"""

import argparse
import json
import os
import sys
import time

import numpy as np
import torch

from common import DEFAULT_MULTIPLIERS, multipliers_from, timed
from gguf_model import GgufFile
from items import FILES, items, pick
from ood_settings import VECTORS
from profiles import PROFILES, SETTINGS, ProfileCase, score


def main():
    args = arguments()
    torch.set_num_threads(args.threads)
    file = GgufFile(args.model)
    model, profile, multipliers = file.model(), PROFILES[args.profile], multipliers_from(args)
    given = read_json(args.cases) if args.cases else {}
    build = None if "vectors" in given else prompts_of(file, profile, args)
    if args.cases:
        tests = given_cases(given, profile)
    else:
        tests = build(args.first, args.items)
    if build is None:
        vectors, extraction = torch.tensor(given["vectors"], dtype=torch.float32), None
    else:
        vectors, extraction = timed_vectors(model, list(build(0, args.train).values()), args.layer)
    if vectors.shape != (len(VECTORS), model.config.hidden_size):
        raise SystemExit(f"vectors of shape {tuple(vectors.shape)}; not {len(VECTORS)} x {model.config.hidden_size}")

    run = Study(model, profile, args.layer, multipliers, vectors)
    run.scores(next(iter(tests.values()))["BASE"], None)  # warm up
    run.evaluations = 0
    propensities, seconds = timed(run.item, tests)
    report(args, multipliers, tests, run.evaluations, seconds, extraction, propensities)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", required=True, help="SmolLM2-135M-Instruct.Q4_1.gguf")
    parser.add_argument("--data", help="folder with evals/ and paper/persona_prompts.json; needed without --cases")
    parser.add_argument("--prompts", help="persona prompts by set; default DATA/paper/persona_prompts.json")
    parser.add_argument("--set", choices=list(FILES), default="openness")
    parser.add_argument("--profile", choices=list(PROFILES), default="corrected")
    parser.add_argument("--items", type=int, default=3, help="items timed")
    parser.add_argument("--first", type=int, default=100, help="first item timed")
    parser.add_argument("--train", type=int, default=12, help="the vectors are made from the first of these many items")
    parser.add_argument("--scale-to", type=int, default=100, help="items of the whole study")
    parser.add_argument("--layer", type=int, default=14)
    parser.add_argument("--multipliers", default=DEFAULT_MULTIPLIERS)
    parser.add_argument("--cases", help="JSON with token lists and vectors instead of own prompts; see README.md")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of text")
    args = parser.parse_args()
    if args.cases is None and args.data is None:
        parser.error("give --data or --cases")
    return args


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def prompts_of(file, profile, args):
    """(first, count) -> {item: {setting: case}}, with the data's own questions and persona prompts."""
    if args.data is None:
        raise SystemExit("the case file has no vectors; give --data to make them")
    available = items(args.data, args.set, "multiple-choice")
    personas = read_json(args.prompts or os.path.join(args.data, "paper", "persona_prompts.json")).get(args.set)
    if personas is None:
        raise SystemExit(f'no persona prompts for "{args.set}"; give --cases with vectors')
    return lambda first, count: {
        number: {setting: ProfileCase(file, profile, available[number], setting, personas) for setting in SETTINGS}
        for number in pick(available, first, count)
    }


class Study:
    def __init__(self, model, profile, layer, multipliers, vectors):
        self.model, self.profile, self.block = model, profile, model.model.layers[layer]
        self.multipliers, self.vectors = multipliers, vectors
        self.evaluations = 0
        """Pairs of passes so far."""

    def item(self, by_setting):
        """Propensities, vector x setting x multiplier."""
        unsteered = {}
        if 0 in self.multipliers:
            unsteered = {setting: self.propensity(case, None) for setting, case in by_setting.items()}
        return [
            [
                [unsteered[setting] if m == 0 else self.propensity(case, m * vector) for m in self.multipliers]
                for setting, case in by_setting.items()
            ]
            for vector in progress(self.vectors)
        ]

    def propensity(self, case, delta):
        positive, negative = self.scores(case, delta)
        return positive - negative

    @torch.inference_mode()
    def scores(self, case, delta):
        self.evaluations += 1

        def add(_module, _inputs, output):
            hidden = output[0] if isinstance(output, tuple) else output
            hidden[:, case.first_steered :] += delta
            return output

        handle = None if delta is None else self.block.register_forward_hook(add)
        result = []
        for ids, start in case.sequences:
            logits = self.model(torch.tensor([ids]), use_cache=False).logits[0]
            result.append(score(self.profile, logits, ids, start))
        if handle is not None:
            handle.remove()
        return result


def progress(vectors):
    """The vectors one by one, with a mark on standard error for each: an item takes minutes on a busy machine."""
    for name, vector in zip(VECTORS, vectors):
        print(f"{time.strftime('%H:%M:%S')} {name}", file=sys.stderr, flush=True)
        yield vector


class GivenCase:
    """A case from token lists: {positive, negative, promptTokens}."""

    def __init__(self, entry, profile):
        start = entry["promptTokens"]
        self.sequences = [(entry["positive"], start), (entry["negative"], start)]
        self.first_steered = start - (profile.start == "last-prompt-token")


def given_cases(given, profile):
    """{item: {setting: case}} from {"items": [{"item", "settings": {setting: {positive, negative, promptTokens}}}]}."""
    return {
        entry["item"]: {setting: GivenCase(entry["settings"][setting], profile) for setting in SETTINGS}
        for entry in given["items"]
    }


@torch.inference_mode()
def timed_vectors(model, train, layer):
    """Six vectors of the BASE vector's norm, float32, and what it took: two whole passes a pair and setting."""
    wall = time.perf_counter()
    recorded = []

    def record(_module, _inputs, output):
        hidden = output[0] if isinstance(output, tuple) else output
        recorded.append(hidden[0, -2].double())

    handle = model.model.layers[layer].register_forward_hook(record)
    raw = []
    for setting in SETTINGS:
        recorded.clear()
        for cases in train:
            for ids, _ in cases[setting].sequences:
                model(torch.tensor([ids]), use_cache=False)
        raw.append(torch.stack(recorded[0::2]).mean(0) - torch.stack(recorded[1::2]).mean(0))
    handle.remove()
    raw.append(torch.stack(raw).mean(0))
    vectors = torch.stack([vector * (raw[0].norm() / vector.norm()) for vector in raw]).float()
    return vectors, {
        "pairs": len(train),
        "passes": 2 * len(train) * len(SETTINGS),
        "seconds": time.perf_counter() - wall,
    }


def report(args, multipliers, tests, evaluations, seconds, extraction, propensities):
    wall, processor = map(list, zip(*seconds))
    per_item = evaluations // len(tests)
    document = {
        "algorithm": "ood-reference",
        "set": args.set,
        "profile": args.profile,
        "layer": args.layer,
        "vectors": VECTORS,
        "settings": SETTINGS,
        "multipliers": multipliers,
        "items": list(tests),
        "threads": args.threads,
        "torch": torch.__version__,
        "precision": "float32",
        "secondsPerItem": wall,
        "processorSecondsPerItem": processor,
        "evaluationsPerItem": per_item,
        "passesPerItem": 2 * per_item,
        "evaluations": evaluations,
        "scaled": {
            "items": args.scale_to,
            "seconds": float(np.mean(wall)) * args.scale_to,
            "evaluations": per_item * args.scale_to,
            "how": f"mean of the {len(wall)} timed items x {args.scale_to}; the rest not run; extraction not counted",
        },
        "extraction": extraction,
        "propensities": propensities,
    }
    if args.json:
        print(json.dumps(document))
        return
    for number, one, other in zip(tests, wall, processor):
        print(f"item {number}: {one:.2f} s (processor {other:.2f} s), {per_item} evaluations, {2 * per_item} passes")
    print(f"scaled to {args.scale_to} items: {document['scaled']['seconds']:.0f} s ({document['scaled']['how']})")
    if extraction is not None:
        print(f"extraction, beside it: {extraction['seconds']:.2f} s for {extraction['passes']} passes")
    print("slopes, item x vector (rows) x setting:")
    for number, table in zip(tests, propensities):
        for name, row in zip(VECTORS, table):
            slopes = np.polyfit(multipliers, np.array(row).T, 1)[0]
            print(f"item {number} {name:8s} " + " ".join(f"{slope:9.5f}" for slope in slopes))


if __name__ == "__main__":
    main()
