"""What both PyTorch benchmarks share: options, cases, and the vectors they steer with."""

import argparse
import json
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "test", "reference", "model"))

import numpy as np
import torch

from gguf_model import GgufFile
from items import FILES, items, pick
from reference import Case

DEFAULT_MULTIPLIERS = "-1.5,-1,-0.5,0,0.5,1,1.5"


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("mode", nargs="?", choices=["sweep", "extract"], default="sweep")
    parser.add_argument("--model", required=True, help="SmolLM2-135M-Instruct.Q4_1.gguf")
    parser.add_argument("--data", required=True, help="folder with evals/ and truthfulqa_fr.jsonl")
    parser.add_argument("--set", choices=list(FILES), default="openness")
    parser.add_argument("--items", type=int, default=1, help="sweep: items; extract: pairs")
    parser.add_argument("--first", type=int, help="first item; sweep: 100, extract: 0")
    parser.add_argument("--layers", default="all", help="sweep only: all, or numbers with commas")
    parser.add_argument("--multipliers", default=DEFAULT_MULTIPLIERS)
    parser.add_argument("--start", choices=["last-prompt-token", "first-answer-token"], default="last-prompt-token")
    parser.add_argument("--vectors", help="layers x width .npy; sweep reads it, extract writes it; none: from items 0-11")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of text")
    return parser


def prepare(args):
    """The file and the multiple-choice cases to run."""
    torch.set_num_threads(args.threads)
    file = GgufFile(args.model)
    first = args.first if args.first is not None else (100 if args.mode == "sweep" else 0)
    return file, cases_from(file, args, first, args.items)


def cases_from(file, args, first, count):
    available = items(args.data, args.set, "multiple-choice")
    return {number: Case(file, "multiple-choice", *available[number]) for number in pick(available, first, count)}


def layers_from(args, count):
    return list(range(count)) if args.layers == "all" else [int(layer) for layer in args.layers.split(",")]


def multipliers_from(args):
    return [float(multiplier) for multiplier in args.multipliers.split(",")]


def steering_vectors(file, args, extract):
    """Vectors from the file given, or extracted from items 0-11; the time for it is not counted."""
    if args.vectors:
        return torch.from_numpy(np.load(args.vectors)).float()
    return extract(list(cases_from(file, args, 0, 12).values()))


def timed(work, cases):
    """The result and the (wall, processor) seconds of each case."""
    results, seconds = [], []
    for case in cases.values():
        wall, processor = time.perf_counter(), time.process_time()
        results.append(work(case))
        seconds.append((time.perf_counter() - wall, time.process_time() - processor))
    return results, seconds


def report(args, algorithm, numbers, seconds, **values):
    wall, processor = map(list, zip(*seconds))
    document = {
        "algorithm": algorithm,
        "mode": args.mode,
        "set": args.set,
        "items": list(numbers),
        "start": args.start,
        "threads": args.threads,
        "torch": torch.__version__,
        "secondsPerItem": wall,
        "processorSecondsPerItem": processor,
        **values,
    }
    if args.json:
        print(json.dumps(document))
        return
    for number, one, other in zip(numbers, wall, processor):
        print(f"item {number}: {one:.3f} s (processor {other:.3f} s)")
    print(f"{algorithm} {args.mode}: median {np.median(wall):.3f} s an item, {len(wall)} items")
    for key, value in values.items():
        if key != "propensities":
            print(f"{key}: {value}")
            continue
        for number, layers in zip(numbers, value):
            for layer, row in zip(values["layers"], layers):
                print(f"item {number} layer {layer:2d}: " + " ".join(f"{one:9.5f}" for one in row))
