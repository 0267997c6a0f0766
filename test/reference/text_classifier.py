"""Writes test/golden/text-classifier.json: a character n-gram logistic regression by scikit-learn, and pair accuracies.

    python3 -m venv /tmp/classifier-reference
    /tmp/classifier-reference/bin/pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1 statsmodels==0.15.0
    /tmp/classifier-reference/bin/python test/reference/text_classifier.py
"""

import json
import pathlib
import unicodedata

import numpy as np
import scipy
import sklearn
import statsmodels
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import normalize
from statsmodels.stats.proportion import proportion_confint

STRENGTHS = [1, 10, 100, 1000]
FOLDS = 5

# Warm against cool letters about the same thing; some with accents, other scripts, emoji and odd spacing.
PAIRS = [
    ("Thank you so much for the lovely parcel.", "The parcel came."),
    ("It would be a joy to see you on Sunday!", "Sunday is possible."),
    ("What a splendid idea, I love it.", "The idea was noted."),
    ("I am so glad that you wrote to me.", "Your letter arrived."),
    ("Your garden is  a wonder,\tdear neighbour.", "The garden exists."),
    ("I loved every page of your story.", "I read the pages."),
    ("How kind of you to ask, I feel much better.", "I am not ill now."),
    ("Come by whenever you like, my dear.", "Visits end at six."),
    ("The soup was a delight, thank you!", "The soup was eaten."),
    ("Ça me fait très plaisir, cher ami.", "C'est noté."),
    ("I miss our long walks so much.", "We do not walk now."),
    ("You made my day 😊😊", "Received."),
    ("\u304a\u624b\u7d19\u3092\u3042\u308a\u304c\u3068\u3046", "\u53d7\u9818"),
    ("Lovely news, I am so happy for you both.", "The news is known."),
    ("Do give my love to your dear mother.", "Tell your mother."),
    ("What a treat to hear your voice again!", "The call lasted six minutes."),
    ("I so enjoyed the concert, thank you.", "The concert took place."),
]

TEXTS = [
    "Thank you, my dear, what a lovely day.",
    "The minutes were noted.",
    "THANK  YOU,\n my DEAR, what a LOVELY day.",
    "Thank you, my dear, what a lov",
    "thank you thank you thank you thank you",
    "thank you",
    "Tre\u0300s cher ami, \u00e7a me fait plaisir.",
    "Tr\u00e8s cher ami, c\u0327a me fait plaisir.",
    "xqzw jjkv qqqq the",
    "a",
    "😊",
    "\u3042\u308a\u304c\u3068\u3046\u3054\u3056\u3044\u307e\u3059",
    "The first thing that you should do is to look at the weather, and then to pack what the weather asks for.",
]

HELD_OUT = [
    ("Thank you for the lovely cake.", "The cake came."),
    ("How kind of you, my dear.", "It is known."),
    ("I do love your letter.", "The letter is received."),
    ("What a delight!", "Noted."),
    ("The call took place.", "I miss you so much, my dear."),
    ("I am so happy for you.", "It took six minutes."),
    ("Do come on Sunday, it would be a joy.", "Sunday ends at six."),
    ("Same words.", "Same words."),
    ("You are a wonder.", "You are not."),
    ("I love it so.", "I read it."),
    ("What lovely news.", "The news."),
    ("Dear friend, thank you.", "Received, not read."),
]


def prepared(text):
    return unicodedata.normalize("NFC", text).lower()


def features(training, others):
    """Unit rows over every n-gram of all texts: those that training lacks count in the length and weigh nothing."""
    vectorizer = CountVectorizer(analyzer="char_wb", ngram_range=(2, 5), binary=True, preprocessor=prepared)
    vectorizer.fit(training + others)
    return [normalize(vectorizer.transform(texts).astype(float)) for texts in (training, others)]


def fit(rows, labels, strength):
    return LogisticRegression(C=strength, solver="newton-cholesky", tol=1e-13, max_iter=10_000).fit(rows, labels)


def flat(pairs):
    return [text for pair in pairs for text in pair]


def losses():
    pairs = np.arange(len(PAIRS))
    totals = []
    for strength in STRENGTHS:
        total = 0.0
        for fold in range(FOLDS):
            training = flat([PAIRS[i] for i in pairs if i % FOLDS != fold])
            held_out = flat([PAIRS[i] for i in pairs if i % FOLDS == fold])
            x, y = features(training, held_out)
            model = fit(x, [1, 0] * (len(training) // 2), strength)
            total += log_loss([1, 0] * (len(held_out) // 2), model.predict_proba(y), normalize=False)
        totals.append(total)
    return totals


def wilson_of_clusters(counts, size):
    """Rao and Scott: as many independent trials as the design effect leaves."""
    shares = np.array(counts) / size
    p, n = shares.mean(), len(shares)
    effect = np.clip(shares.var(ddof=1) / (p * (1 - p) / size), 1, size) if 0 < p < 1 else size
    trials = n * size / effect
    return [p, *proportion_confint(p * trials, trials, method="wilson")]


def main():
    totals = losses()
    strength = STRENGTHS[int(np.argmin(totals))]
    x, y = features(flat(PAIRS), TEXTS)
    models = {c: fit(x, [1, 0] * len(PAIRS), c) for c in STRENGTHS}
    held_rows = features(flat(PAIRS), flat(HELD_OUT))
    held = fit(held_rows[0], [1, 0] * len(PAIRS), strength).decision_function(held_rows[1])
    positive, negative = held[0::2], held[1::2]
    ordered = int((positive > negative + 1e-9).sum())
    right = (positive > 0).astype(int) + (negative < 0).astype(int)
    document = {
        "made_by": {
            "numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__,
            "statsmodels": statsmodels.__version__,
        },
        "pairs": PAIRS,
        "losses": totals,
        "strength": strength,
        "length_of_normal": float(np.linalg.norm(models[strength].coef_)),
        "bias": float(models[strength].intercept_[0]),
        "texts": [[text, float(score)] for text, score in zip(TEXTS, models[strength].decision_function(y))],
        "normals": [[c, float(np.linalg.norm(m.coef_)), float(m.intercept_[0])] for c, m in models.items()],
        "held_out": HELD_OUT,
        "pair_accuracy": [ordered / len(HELD_OUT), *proportion_confint(ordered, len(HELD_OUT), method="wilson")],
        "text_accuracy": wilson_of_clusters(right.tolist(), 2),
        "clusters": [
            {"counts": counts, "size": size, "expected": wilson_of_clusters(counts, size)}
            for counts, size in [
                ([2, 2, 1, 2, 0, 2, 2, 1, 2, 2], 2),
                ([1] * 12, 2),
                ([0, 2] * 10, 2),
                ([3, 2, 3, 1, 0, 3, 3, 2, 3, 3, 3, 0, 2], 3),
                ([2] * 15, 2),
                ([1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1], 1),
            ]
        ],
    }
    path = pathlib.Path(__file__).parent.parent / "golden" / "text-classifier.json"
    path.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")).replace('],"', '],\n"') + "\n")
    print(f"wrote {path}: losses {totals}, C {strength}, accuracies {document['pair_accuracy']}, {document['text_accuracy']}")


main()
