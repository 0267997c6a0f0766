"""How far steering moves the next-token distributions of a neutral text put as the assistant's reply."""

import numpy as np

from items import SYSTEM
from profiles import adding, digest
from reference import common_prefix, number

USER = "Tell me something."
MULTIPLIERS = [-1.0, 0.5, 1.0]
PARAGRAPHS = 2


def measure_damage(file, backend, path, layer, vector):
    """The entry `damage` of the golden file; KL(unsteered || steered) and -log p in nats, for every reply token."""
    with open(path, encoding="utf-8") as text:
        paragraphs = text.read().strip().split("\n\n")[:PARAGRAPHS]
    prompt = file.chat_prompt(SYSTEM, USER)
    return {
        "file": "src/behaviours/data/neutral.txt",
        "paragraphs": list(range(PARAGRAPHS)),
        "user": USER,
        "layer": layer,
        "vector": "BASE of settings",
        "start": "last-prompt-token",
        "multipliers": MULTIPLIERS,
        "texts": [one_text(file, backend, prompt, reply, layer, vector) for reply in paragraphs],
    }


def one_text(file, backend, prompt, reply, layer, vector):
    alone, ids = file.encode(prompt), file.encode(prompt + reply)
    start = common_prefix(alone, ids)
    if start != len(alone):
        raise ValueError("the reply changes the prompt's tokens")
    plain = predictions(backend.forward(ids), start)
    before = surprise(plain, ids, start)
    steered = []
    for multiplier in MULTIPLIERS:
        moved = predictions(backend.forward(ids, adding(layer, start - 1, multiplier * vector)), start)
        divergence = (plain.exp() * (plain - moved)).sum(-1).numpy()
        after = surprise(moved, ids, start)
        steered.append({
            "multiplier": multiplier,
            "kl": listed(divergence),
            "nll": listed(after),
            "meanKl": number(divergence.mean()),
            "percentile95Kl": number(np.percentile(divergence, 95)),
            "perplexityRatio": number(np.exp(after.mean() - before.mean())),
        })
    return {
        "promptTokens": start,
        "tokens": len(ids),
        "firstSteered": start - 1,
        "sha256": digest(ids),
        "nll": listed(before),
        "steered": steered,
    }


def predictions(logits, start):
    """Log-probabilities, float64, of the rows before each reply token."""
    return logits[start - 1 : -1].double().log_softmax(-1)


def surprise(logprobs, ids, start):
    return -logprobs[range(len(ids) - start), ids[start:]].numpy()


def listed(values):
    return [number(value) for value in values]
