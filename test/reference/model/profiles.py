"""Named choices of a run (how a prompt is written, what is steered, what is summed) and the cases they give.

`paper` is what produced the published values; the two `paper-logprob` profiles are the later rewrite, with
and without the published formatter's stripping; `corrected` leaves the chat template alone and reads the
letter only. Settings are the five prompts of the OOD study.
"""

import hashlib
from dataclasses import dataclass

import torch

from items import SYSTEM
from reference import answer_logprob, common_prefix, letter_logit, number

SETTINGS = ["BASE", "SYS_POS", "SYS_NEG", "USER_POS", "USER_NEG"]
MULTIPLIERS = [-1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5]


@dataclass(frozen=True)
class Profile:
    strip: bool
    """White space around the user text and around the rendered prompt is dropped."""
    prefix: str
    """Between prompt and answer."""
    propensity: str
    """letter: logit of the letter; logits, logprobs: summed over all tokens of the answer."""
    start: str
    """First steered position: last-prompt-token or first-answer-token."""


PROFILES = {
    "corrected": Profile(strip=False, prefix="", propensity="letter", start="last-prompt-token"),
    "paper": Profile(strip=True, prefix=" ", propensity="logits", start="last-prompt-token"),
    "paper-logprob-stripped": Profile(strip=True, prefix=" ", propensity="logprobs", start="first-answer-token"),
    "paper-logprob-kept": Profile(strip=False, prefix=" ", propensity="logprobs", start="first-answer-token"),
}


def messages(setting, question, personas):
    """(system, user) of one setting; `personas` holds the set's positive and negative prompt."""
    if setting == "BASE":
        return SYSTEM, question
    kind, side = setting.split("_")
    persona = personas["positive" if side == "POS" else "negative"]
    return (persona, question) if kind == "SYS" else (SYSTEM, f"{persona}\n\n{question}")


class ProfileCase:
    """One multiple-choice item in one setting: [positive, negative] as (ids, index of the first answer token)."""

    def __init__(self, file, profile, item, setting="BASE", personas=None):
        question, *answers = item
        system, user = messages(setting, question.strip() if profile.strip else question, personas)
        prompt = file.chat_prompt(system, user)
        if profile.strip:
            prompt = prompt.strip()
        alone = file.encode(prompt)
        self.sequences = []
        for answer in answers:
            ids = file.encode(prompt + profile.prefix + answer)
            start = common_prefix(alone, ids)
            own = [file.tokenizer.decode([token]) for token in ids[start:]]
            if start != len(alone) or own != [profile.prefix + answer[0], *answer[1:]]:
                raise ValueError(f"the answer is not three tokens behind the prompt: {own}")
            self.sequences.append((ids, start))
        self.first_steered = self.sequences[0][1] - (profile.start == "last-prompt-token")

    def summary(self):
        (positive, start), (negative, _) = self.sequences
        return {
            "promptTokens": start,
            "tokens": [len(positive), len(negative)],
            "answerPositions": list(range(start, len(positive))),
            "letterPosition": len(positive) - 2,
            "firstSteered": self.first_steered,
            "sha256": [digest(positive), digest(negative)],
        }


def digest(ids):
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()


def score(profile, logits, ids, start):
    """What one answer adds to the propensity; sums in float64."""
    if profile.propensity == "letter":
        return letter_logit(logits, ids, start)
    if profile.propensity == "logprobs":
        return answer_logprob(logits, ids, start)
    return sum(logits[at - 1, ids[at]].item() for at in range(start, len(ids)))


def scores(backend, profile, case, layer=None, delta=None):
    """[positive, negative], each from a whole forward pass; no delta: unsteered, no hook at all."""
    edit = None if delta is None else adding(layer, case.first_steered, delta)
    return [score(profile, backend.forward(ids, edit), ids, start) for ids, start in case.sequences]


def adding(layer, first, delta):
    """An edit that adds delta to the output of one block from position `first` to the end."""

    def edit(at, h):
        return h if at != layer else torch.cat((h[:first], h[first:] + delta))

    return edit


def curve(backend, profile, case, layer, vector, unsteered):
    """Propensities over MULTIPLIERS; at 0 the unsteered one, evaluated once and handed in."""
    values = []
    for multiplier in MULTIPLIERS:
        if multiplier == 0:
            values.append(unsteered)
            continue
        positive, negative = scores(backend, profile, case, layer, multiplier * vector)
        values.append(number(positive - negative))
    return values


def extract(backend, cases, layers):
    """Mean of positive minus negative at token -2 (the letter), at each layer's block output, float64."""
    total = {layer: 0.0 for layer in layers}
    for case in cases:
        for sign, (ids, _) in zip((1, -1), case.sequences):

            def edit(layer, h):
                if layer in total:
                    total[layer] = total[layer] + sign * h[-2].double()
                return h

            backend.forward(ids, edit)
    return {layer: sums / len(cases) for layer, sums in total.items()}
