"""Writes test/golden/statistics.json: what scipy, statsmodels, pandas, numpy and Python's own random module give.

The statistics of studies (factors, replicates, groups, pairs) are in study_statistics.py.

    python3 -m venv /tmp/statistics-reference
    /tmp/statistics-reference/bin/pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0 pandas==3.1.1 mpmath==1.3.0
    /tmp/statistics-reference/bin/python test/reference/statistics.py
"""

import json
import pathlib
import random

import mpmath
import numpy as np
import pandas as pd
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import special, stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

RESAMPLES = 200_000
generator = np.random.default_rng(20240717)


def plain(value):
    if isinstance(value, np.ndarray):
        return [plain(v) for v in value.tolist()]
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    return value if isinstance(value, str) else float(value)


def python_random():
    cases = []
    for seed in [0, 1, 42, 123456789, -7, 2**32, 2**40 + 5, 2**52 + 1]:
        r = random.Random(seed)
        words = [r.getrandbits(32) for _ in range(4)]
        r = random.Random(seed)
        for _ in range(700):  # past one regeneration of the state
            r.getrandbits(32)
        late = r.getrandbits(32)
        r = random.Random(seed)
        bits = [[k, r.getrandbits(k)] for k in [1, 5, 31, 32, 33, 53]]
        r = random.Random(seed)
        uniform = [r.random() for _ in range(3)]
        r = random.Random(seed)
        below = [[n, r._randbelow(n)] for n in [1, 2, 3, 10, 64, 1000, 2**32, 2**40]]
        order = list(range(25))
        random.Random(seed).shuffle(order)
        cases.append(dict(seed=seed, words=words, late=late, bits=bits, uniform=uniform, below=below, shuffle25=order))
    return cases


def xoshiro():
    """xoshiro128** seeded by splitmix64, written from the published C with unbounded integers."""
    cases = []
    for seed in [0, 1, 42, 2**53 - 1]:
        state64, words = seed, []
        for _ in range(2):
            state64 = (state64 + 0x9E3779B97F4A7C15) % 2**64
            z = state64
            z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
            z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % 2**64
            z ^= z >> 31
            words += [z % 2**32, z >> 32]
        s = words

        def rotate(x, k):
            return ((x << k) | (x >> (32 - k))) % 2**32

        outputs = []
        for _ in range(8):
            outputs.append(rotate(s[1] * 5 % 2**32, 7) * 9 % 2**32)
            t = (s[1] << 9) % 2**32
            s[2] ^= s[0]
            s[3] ^= s[1]
            s[1] ^= s[2]
            s[0] ^= s[3]
            s[2] ^= t
            s[3] = rotate(s[3], 11)
        cases.append(dict(seed=seed, outputs=outputs))
    return cases


def distributions():
    mpmath.mp.dps = 40
    points = [1e-10, 0.001, 0.025, 0.2, 0.5, 0.8, 0.975, 0.9999]
    return dict(
        log_gamma=[[x, float(mpmath.loggamma(x))] for x in [0.1, 0.5, 1, 2.5, 5, 30.5, 170, 1000.5]],
        beta=[
            [x, a, b, float(mpmath.betainc(a, b, 0, x, regularized=True))]
            for x, a, b in [(0.5, 1, 1), (0.1, 0.5, 5), (0.9, 30, 2), (0.5, 100, 101), (0.02, 4, 0.5), (0.7, 500, 220)]
        ],
        normal_cdf=[[x, float(mpmath.ncdf(x))] for x in [-12, -6, -3.01, -2.99, -1, 0, 0.3, 1.96, 3.5, 7]],
        normal_quantile=[[p, float(mpmath.sqrt(2) * mpmath.erfinv(2 * mpmath.mpf(p) - 1))] for p in points],
        t_cdf=[[t, d, stats.t.cdf(t, d)] for t in [-30, -2.5, -0.1, 0, 1, 4] for d in [1, 2.5, 9, 199]],
        t_quantile=[[p, d, stats.t.ppf(p, d)] for p in [0.0005, 0.025, 0.2, 0.8, 0.975] for d in [1, 2, 9, 59, 999]],
        binomial_cdf=[[k, n, stats.binom.cdf(k, n, 0.5)] for k, n in [(0, 10), (2, 10), (5, 20), (39, 100), (480, 1000)]],
    )


def binomial_median(x):
    """Largest symmetric ranks with at most 2.5 % in each tail."""
    n, ordered = len(x), np.sort(x)
    rank = max(r for r in range(1, n // 2 + 1) if stats.binom.cdf(r - 1, n, 0.5) <= 0.025)
    return [np.median(x), ordered[rank - 1], ordered[n - rank]]


def bootstrap(data, statistic, paired=False):
    result = stats.bootstrap(
        data, statistic, paired=paired, method="BCa", n_resamples=RESAMPLES, vectorized=True, batch=5000,
        rng=np.random.default_rng(1),
    )
    return [result.confidence_interval.low, result.confidence_interval.high]


def sample(name, x):
    x = np.round(x, 6)
    t = stats.t.interval(0.95, len(x) - 1, np.mean(x), stats.sem(x))
    return dict(
        name=name, x=x, mean=[np.mean(x), *t], median=binomial_median(x),
        variance=[np.var(x, ddof=1), *bootstrap((x,), lambda x, axis: np.var(x, ddof=1, axis=axis))],
        sd=[np.std(x, ddof=1), *bootstrap((x,), lambda x, axis: np.std(x, ddof=1, axis=axis))],
        kurtosis=pd.Series(x).kurt(),
        quantiles=[[p, np.quantile(x, p)] for p in [0, 0.05, 0.25, 0.5, 0.9, 1]],
    )


def pair(name, x, y):
    x, y = np.round(x, 6), np.round(y, 6)
    r = stats.pearsonr(x, y)
    interval = r.confidence_interval(0.95)
    return dict(
        name=name, x=x, y=y, pearson=[r.statistic, interval.low, interval.high], spearman=stats.spearmanr(x, y).statistic,
        ratio=[y.mean() / x.mean(),
               *bootstrap((y, x), lambda y, x, axis: y.mean(axis=axis) / x.mean(axis=axis), paired=True)],
    )


def slope(lambdas, m):
    lambdas, m = np.array(lambdas, float), np.round(np.array(m, float), 6)
    fit = sm.OLS(m, sm.add_constant(lambdas)).fit()
    return dict(
        multipliers=lambdas, propensities=m, slope=fit.params[1], intercept=fit.params[0], r2=fit.rsquared, sse=fit.ssr,
        rmse=np.sqrt(fit.ssr / len(m)), spearman=stats.spearmanr(lambdas, m).statistic,
    )


def separability(positive, negative):
    positive, negative = np.round(positive, 2)[: len(negative)], np.round(negative, 2)
    u = stats.mannwhitneyu(positive, negative).statistic
    pooled = np.sqrt((np.var(positive, ddof=1) + np.var(negative, ddof=1)) / 2)
    return dict(
        positive=positive, negative=negative, d_prime=abs(positive.mean() - negative.mean()) / pooled,
        auc=u / (len(positive) * len(negative)), overlap=1 - stats.ks_2samp(positive, negative).statistic,
    )


def shares(counts, effect_a, effect_y, effect_ay):
    """Unbalanced two-by-two layout through statsmodels' OLS."""
    a = np.concatenate([[i // 2] * c for i, c in enumerate(counts)])
    y = np.concatenate([[i % 2] * c for i, c in enumerate(counts)])
    s = np.round(effect_a * a + effect_y * y + effect_ay * a * y + generator.normal(size=len(a)), 6)

    def r2(*columns):
        return sm.OLS(s, sm.add_constant(np.column_stack(columns))).fit()

    both = r2(a, y)
    only_a = r2(a)
    return dict(
        slopes=s, a=a, y=y, letter=only_a.rsquared, word=r2(y).rsquared, both=both.rsquared,
        saturated=r2(a, y, a * y).rsquared, adjusted=both.rsquared_adj, adjusted_letter=only_a.rsquared_adj,
        f_p=both.f_pvalue,
    )


lambdas = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5]
normal = generator.normal(size=40)
golden = dict(
    versions=dict(numpy=np.__version__, scipy=scipy.__version__, statsmodels=statsmodels.__version__, pandas=pd.__version__),
    python_random=python_random(),
    xoshiro=xoshiro(),
    distributions=distributions(),
    samples=[
        sample("normal", generator.normal(1, 2, 25)),
        sample("skewed", generator.lognormal(0, 0.8, 40)),
        sample("tied", generator.integers(0, 4, 15) / 2),
    ],
    wilson=[[k, n, *proportion_confint(k, n, method="wilson")] for k, n in [(0, 20), (1, 20), (5, 20), (13, 60), (60, 60), (199, 200)]],
    pairs=[
        pair("normal", 5 + normal, 3 + 0.6 * normal + generator.normal(size=40)),
        pair("tied", generator.integers(1, 6, 30), generator.integers(1, 6, 30)),
    ],
    slopes=[
        slope(lambdas, 2 + 1.3 * np.array(lambdas) + 0.4 * generator.normal(size=7)),
        slope(lambdas, -0.8 * np.array(lambdas) + 0.5 * np.array(lambdas) ** 2),
        slope([-1, 0, 2, 2.5], [3, 3, 1, 1]),
    ],
    separability=[
        separability(generator.normal(1, 1, 30), generator.normal(0, 1.5, 24)),
        separability(generator.integers(0, 5, 12), generator.integers(1, 6, 12)),
    ],
    benjamini_hochberg=[
        dict(p=p, adjusted=multipletests(p, method="fdr_bh")[1])
        for p in ([0.001, 0.04, 0.03, 0.2, 0.03, 0.9, 1.0], [0.5], [0.01, 0.01, 0.01])
    ],
    shares=[shares([12, 9, 15, 7], 0.8, 0.5, 0.3), shares([10, 10, 10, 10], 1.5, -0.7, 0)],
)
path = pathlib.Path(__file__).parent.parent / "golden" / "statistics.json"
path.parent.mkdir(exist_ok=True)
path.write_text(json.dumps(plain(golden), separators=(",", ":")).replace('],"', '],\n"').replace('},{', '},\n{') + "\n")
print(f"wrote {path}, {path.stat().st_size} bytes")
