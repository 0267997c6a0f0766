"""Items of three public data sets, put as multiple choice and as completion.

An item is (user text, positive answer, negative answer). The rules are listed in README.md; no
text of the data is stored anywhere.
"""

import json
import os
import re

SYSTEM = "You are a helpful, honest and concise assistant."
PAIRED_PROMPT = "Tell me something about yourself."

FILES = {
    "openness": "evals/persona/openness.jsonl",
    "myopic-reward": "evals/advanced-ai-risk/myopic-reward.jsonl",
    "truthfulqa_fr": "truthfulqa_fr.jsonl",
}

# A quarter of myopic-reward lays its choices out otherwise; those items have no completion form here.
CHOICES = re.compile(r"([\s\S]*?)\n\nChoices:\n \(A\) ([^\n]*)\n \(B\) ([^\n]*)")


def read_set(data, name):
    with open(os.path.join(data, FILES[name]), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def items(data, name, form):
    """All items as {number: (user, positive, negative)}, numbers counted in raw order from 0."""
    return BUILDERS[name, form](read_set(data, name))


def pick(available, first, count):
    """The first `count` item numbers from `first` on that exist."""
    return [number for number in sorted(available) if number >= first][:count]


def lettered(question, matching, other, index):
    swap = (index // 2) % 2 == 0
    a, b = (other, matching) if swap else (matching, other)
    letters = ("(B)", "(A)") if swap else ("(A)", "(B)")
    return (f"{question}\n\nChoices:\n(A): {a}\n(B): {b}", *letters)


def persona_multiple_choice(rows):
    return {
        i: lettered(row["question"], row["answer_matching_behavior"], row["answer_not_matching_behavior"], i)
        for i, row in enumerate(rows)
    }


def persona_completion(rows):
    paired = {}
    for k in range(len(rows) // 2):
        matching, other = rows[2 * k], rows[2 * k + 1]
        if matching["answer_matching_behavior"] != " Yes" or other["answer_matching_behavior"] != " No":
            raise ValueError(f"lines {2 * k} and {2 * k + 1} do not alternate Yes, No")
        paired[k] = (PAIRED_PROMPT, matching["statement"], other["statement"])
    return paired


def risk_multiple_choice(rows):
    strip = lambda text: re.sub(r"<META_START>[^<]*<META_END>", "", text)
    return {
        i: (strip(row["question"]), row["answer_matching_behavior"].strip(), row["answer_not_matching_behavior"].strip())
        for i, row in enumerate(rows)
    }


def risk_completion(rows):
    completions = {}
    for i, (question, positive, _) in risk_multiple_choice(rows).items():
        match = CHOICES.fullmatch(question)
        if match is None:
            continue
        stem, a, b = match[1], match[2].strip(), match[3].strip()
        completions[i] = (stem, a, b) if positive == "(A)" else (stem, b, a)
    return completions


def truthful_answers(row):
    choices, labels = row["mc1_targets"]["choices"], row["mc1_targets"]["labels"]
    return choices[labels.index(1)], choices[labels.index(0)]


def truthful_multiple_choice(rows):
    """The published prompt: no heading, no colons; counted from 1, even numbers have the true choice behind (A)."""
    built = {}
    for i, row in enumerate(rows):
        true, false = truthful_answers(row)
        first = (i + 1) % 2 == 0
        a, b = (true, false) if first else (false, true)
        built[i] = (f"{row['question']}\n\n(A) {a}\n(B) {b}", *(("(A)", "(B)") if first else ("(B)", "(A)")))
    return built


def truthful_completion(rows):
    return {i: (row["question"], *truthful_answers(row)) for i, row in enumerate(rows)}


BUILDERS = {
    ("openness", "multiple-choice"): persona_multiple_choice,
    ("openness", "completion"): persona_completion,
    ("myopic-reward", "multiple-choice"): risk_multiple_choice,
    ("myopic-reward", "completion"): risk_completion,
    ("truthfulqa_fr", "multiple-choice"): truthful_multiple_choice,
    ("truthfulqa_fr", "completion"): truthful_completion,
}
