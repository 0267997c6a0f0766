"""Writes test/golden/reference.json: extraction and steering done the slow, plain way in PyTorch.

Every value comes from whole forward passes of one sequence with a hook on one block: no cache, no
batching, no shared prefix. The file holds numbers only, no text and no token of the data.
"""

import argparse
import base64
import hashlib
import json
import math
import sys

import numpy as np
import torch

from gguf_model import GgufFile
from items import FILES, SYSTEM, items, pick
from plain_llama import PlainLlama

LAYERS = [5, 15, 25, 29]
LAMBDAS = [-1.0, 0.0, 1.5]
STARTS = {
    "multiple-choice": ["last-prompt-token", "first-answer-token"],
    "completion": ["last-prompt-token"],
}
TRAIN = (0, 12)
FIRST_TEST = 100


def main():
    args = arguments()
    torch.set_num_threads(args.threads)
    file = GgufFile(args.model)
    backend = {"float32": Transformers32, "float64": Plain64}[args.precision](file)
    sets = [
        measure(file, backend, args.data, name, form, args.tests)
        for name in FILES
        for form in ("multiple-choice", "completion")
    ]
    document = {
        "what": "PyTorch reference values; see test/reference/README.md",
        "model": {
            "file": "SmolLM2-135M-Instruct.Q4_1.gguf",
            "sha256": file.sha256(),
            "weights": "dequantised to float32",
        },
        "precision": args.precision,
        "versions": {"python": sys.version.split()[0], "torch": torch.__version__, "transformers": backend.version},
        "system": SYSTEM,
        "layers": LAYERS,
        "lambdas": LAMBDAS,
        "probe": "sin(i + 1) for i = 0..width-1, divided by its norm",
        "sets": sets,
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
    parser.add_argument("--data", required=True, help="folder with evals/ and truthfulqa_fr.jsonl")
    parser.add_argument("--out", default="test/golden/reference.json")
    parser.add_argument("--precision", choices=["float32", "float64"], default="float32")
    parser.add_argument("--rounding", help="a file made with --precision float64, to state the rounding noise")
    parser.add_argument("--tests", type=int, default=8, help="test items of each set; one is enough for the float64 run")
    parser.add_argument("--threads", type=int, default=2)
    return parser.parse_args()


def measure(file, backend, data, name, form, tests):
    available = items(data, name, form)
    train, test = pick(available, *TRAIN), pick(available, FIRST_TEST, tests)
    cases = {number: Case(file, form, *available[number]) for number in train + test}
    vectors = extract(backend, [cases[number] for number in train])
    result = {
        "set": name,
        "format": form,
        "file": FILES[name],
        "trainItems": train,
        "testItems": test,
        "seams": sum(case.seams for case in cases.values()),
        "sequences": {number: case.summary() for number, case in cases.items()},
        "vectors": {layer: describe(vector) for layer, vector in vectors.items()},
        "starts": STARTS[form],
        "propensities": [
            [steer_all(backend, cases[number], layer, vectors) for layer in LAYERS] for number in test
        ],
        "unsteered": [unsteered(backend, cases[number]) for number in test],
    }
    print(f"{name} {form} done", file=sys.stderr, flush=True)
    return result


class Case:
    """One item as two token sequences, and the positions that matter in each."""

    def __init__(self, file, form, user, positive, negative):
        self.form = form
        prompt = file.chat_prompt(SYSTEM, user)
        alone = file.encode(prompt)
        self.sequences = []
        self.seams = 0
        for answer in (positive, negative):
            ids = file.encode(prompt + answer)
            start = common_prefix(alone, ids)
            self.seams += start != len(alone)
            own = [file.tokenizer.decode([token]) for token in ids[start:]]
            if form == "multiple-choice" and own != list(answer):
                raise ValueError(f"the letter is not a token of its own: {own}")
            self.sequences.append((ids, start))

    def read(self, ids, start):
        """Positions whose mean is the activation of this answer: its letter, or all of its tokens."""
        return [start + 1] if self.form == "multiple-choice" else list(range(start, len(ids)))

    def summary(self):
        (positive, start), (negative, _) = self.sequences
        digest = lambda ids: hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()
        return {
            "promptTokens": start,
            "tokens": [len(positive), len(negative)],
            "sha256": [digest(positive), digest(negative)],
        }


def common_prefix(a, b):
    length = 0
    while length < min(len(a), len(b)) and a[length] == b[length]:
        length += 1
    return length


def extract(backend, cases):
    """Mean over cases of activation(positive) - activation(negative), at the output of each block."""
    total = {layer: 0.0 for layer in LAYERS}
    for case in cases:
        for sign, (ids, start) in zip((1, -1), case.sequences):
            positions = case.read(ids, start)

            def edit(layer, h):
                if layer in total:
                    total[layer] = total[layer] + sign * h[positions].double().mean(0)
                return h

            backend.forward(ids, edit)
    return {layer: (sums / len(cases)).to(backend.dtype) for layer, sums in total.items()}


def describe(vector):
    exact = vector.double().numpy()
    probe = np.sin(np.arange(len(exact)) + 1.0)
    return {
        "norm": number(np.linalg.norm(exact)),
        "first8": [number(value) for value in exact[:8]],
        "probe": number(exact @ (probe / np.linalg.norm(probe))),
        "float32": base64.b64encode(exact.astype("<f4").tobytes()).decode(),
    }


def steer_all(backend, case, layer, vectors):
    """Propensities, start x lambda, of one item steered at one layer."""
    return [
        [number(propensity(backend, case, layer, scale * vectors[layer], name)) for scale in LAMBDAS]
        for name in STARTS[case.form]
    ]


def propensity(backend, case, layer, delta, start_name):
    scores = []
    for ids, start in case.sequences:
        first = start - 1 if start_name == "last-prompt-token" else start

        def edit(at, h):
            if at != layer:
                return h
            return torch.cat((h[:first], h[first:] + delta))

        logits = backend.forward(ids, edit)
        scores.append(letter_logit(logits, ids, start) if case.form == "multiple-choice" else answer_logprob(logits, ids, start))
    return scores[0] - scores[1]


def letter_logit(logits, ids, start):
    """The logit of this answer's letter, where "(" has just been read."""
    return logits[start, ids[start + 1]].item()


def answer_logprob(logits, ids, start):
    """Log-probability of the answer's tokens, summed in float64, without an end token."""
    logprobs = logits[start - 1 : -1].double().log_softmax(-1)
    return logprobs[range(len(ids) - start), ids[start:]].sum().item()


def unsteered(backend, case):
    result = {"logprobs": [], "letterLogits": []}
    for ids, start in case.sequences:
        logits = backend.forward(ids)
        result["logprobs"].append(number(answer_logprob(logits, ids, start)))
        if case.form == "multiple-choice":
            result["letterLogits"].append(number(letter_logit(logits, ids, start)))
    return result


class Transformers32:
    """LlamaForCausalLM in float32 with eager attention, a hook on every block."""

    def __init__(self, file):
        import transformers

        self.version = transformers.__version__
        self.dtype = torch.float32
        self.model = file.model()
        self.edit = None
        for layer, block in enumerate(self.model.model.layers):
            block.register_forward_hook(self._hook(layer))

    def _hook(self, layer):
        def hook(_module, _inputs, output):
            if self.edit is None:
                return output
            if isinstance(output, tuple):
                return (self.edit(layer, output[0][0])[None], *output[1:])
            return self.edit(layer, output[0])[None]

        return hook

    @torch.inference_mode()
    def forward(self, ids, edit=None):
        self.edit = edit
        logits = self.model(torch.tensor([ids]), use_cache=False).logits[0]
        self.edit = None
        return logits


class Plain64(PlainLlama):
    version = "none"

    def __init__(self, file):
        super().__init__(file, torch.float64)


def rounding(document, exact):
    """How far these values lie from the float64 run's."""
    by_set = []
    for here, there in zip(document["sets"], exact["sets"]):
        tests = len(there["testItems"])
        gaps = np.array(here["propensities"][:tests]) - np.array(there["propensities"])
        vectors = []
        for layer in LAYERS:
            a, b = stored(here, layer), stored(there, str(layer))
            vectors.append(np.linalg.norm(a - b) / np.linalg.norm(b))
        logprobs = lambda one: np.array([item["logprobs"] for item in one["unsteered"][:tests]])
        by_set.append({
            "set": here["set"],
            "format": here["format"],
            "testItems": tests,
            "propensityMax": number(np.abs(gaps).max(), 3),
            "propensityRms": number(np.sqrt((gaps**2).mean()), 3),
            "logprobMax": number(np.abs(logprobs(here) - logprobs(there)).max(), 3),
            "vectorRelativeMax": number(max(vectors), 3),
        })
    return {"against": "the same passes in float64", "sets": by_set}


def stored(one, layer):
    return np.frombuffer(base64.b64decode(one["vectors"][layer]["float32"]), "<f4").astype(np.float64)


def number(value, digits=9):
    """Rounded to significant digits: float32 needs nine."""
    value = float(value)
    if not math.isfinite(value):
        raise ValueError(f"not a finite number: {value}")
    return float(f"{value:.{digits}g}")


def compact(document):
    """JSON with one line per set's entry, so that a change can be read in a diff."""
    lines = []
    for key, value in document.items():
        if key != "sets":
            lines.append(f" {json.dumps(key)}: {json.dumps(value)}")
            continue
        sets = []
        for one in value:
            entries = []
            for name, entry in one.items():
                if name in ("sequences", "vectors"):
                    inner = ",\n".join(f"    {json.dumps(str(k))}: {json.dumps(v)}" for k, v in entry.items())
                    entries.append(f"   {json.dumps(name)}: {{\n{inner}\n   }}")
                elif name in ("propensities", "unsteered"):
                    inner = ",\n".join(f"    {json.dumps(v)}" for v in entry)
                    entries.append(f"   {json.dumps(name)}: [\n{inner}\n   ]")
                else:
                    entries.append(f"   {json.dumps(name)}: {json.dumps(entry)}")
            sets.append("  {\n" + ",\n".join(entries) + "\n  }")
        lines.append(' "sets": [\n' + ",\n".join(sets) + "\n ]")
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    main()
