"""Writes test/golden/study-statistics.json: statistics of studies, by scipy, statsmodels, pingouin and plain numpy.

    python3 -m venv /tmp/statistics-reference
    /tmp/statistics-reference/bin/pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.15.0 pandas==3.1.1 pingouin==0.7.0
    /tmp/statistics-reference/bin/python -P test/reference/study_statistics.py

-P keeps statistics.py, beside this file, from standing in for Python's own module of that name.
"""

import itertools
import json
import math
import pathlib

import numpy as np
import pandas as pd
import pingouin
import scipy
import statsmodels
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import optimize, stats

generator = np.random.default_rng(20240718)
Z = stats.norm.ppf(0.975)


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
    if value is None or isinstance(value, str):
        return value
    return None if math.isnan(value) else float(value)


def noncentrality(f, top, bottom, probability):
    if stats.f.cdf(f, top, bottom) <= probability:
        return 0.0
    high = 1.0
    while stats.ncf.cdf(f, top, bottom, high) > probability:
        high *= 1.5
    return optimize.brentq(lambda nc: stats.ncf.cdf(f, top, bottom, nc) - probability, 1e-12, high, xtol=1e-11)


def log_variance_error(x):
    """(kurtosis - (n - 3)/n)/(n - 1), the kurtosis being G2 + 3 with fourth powers about the trimmed mean."""
    n = len(x)
    centre = stats.trim_mean(x, 1 / (2 * np.sqrt(n - 4)))
    s2 = np.var(x, ddof=1)
    g2 = n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) * np.sum((x - centre) ** 4) / s2**2
    g2 -= 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))
    return (max(1, g2 + 3) - (n - 3) / n) / (n - 1)


def variance(name, x):
    x = np.round(x, 6)
    n, error = len(x), log_variance_error(np.round(x, 6))
    c = n / (n - Z)
    centre = np.log(c * np.var(x, ddof=1)) + error / 2
    half = stats.t.ppf(0.975, n - 1) * c * np.sqrt(error)
    return dict(name=name, x=x, error=error, variance=[np.var(x, ddof=1), np.exp(centre - half), np.exp(centre + half)])


def explained_interval(part, d, others, d_others, residuals):
    n = len(residuals)
    bottom = n - 1 - d - d_others
    left = 1 - part - others
    effective = 2 * bottom / ((n - 1) * log_variance_error(residuals))
    besides = max(0, others / left * bottom - d_others)
    f = (part / d) / (left / bottom)
    nc = [noncentrality(f, d, effective, p) for p in (0.975, 0.025)]
    return [v / (n + v + besides) for v in nc]


def factors():
    """Three unbalanced factors of two, three and two levels through statsmodels' OLS and anova."""
    n = 70
    letter = generator.choice(["A", "B"], n, p=[0.4, 0.6])
    topic = generator.choice(["art", "law", "sea"], n, p=[0.5, 0.3, 0.2])
    word = np.where(generator.uniform(size=n) < np.where(letter == "A", 0.7, 0.4), "Yes", "No")
    s = np.round(0.9 * (letter == "A") + 0.6 * (topic == "sea") - 0.5 * (word == "No") + generator.normal(size=n), 6)
    frame = pd.DataFrame(dict(s=s, letter=letter, topic=topic, word=word))
    names = ["letter", "topic", "word"]
    fit = smf.ols("s ~ " + " + ".join(names), frame).fit()
    table = sm.stats.anova_lm(fit, typ=1)
    total = table["sum_sq"].sum()
    shares = [table.loc[name, "sum_sq"] / total for name in names]
    dims = [int(table.loc[name, "df"]) for name in names]
    r2 = fit.rsquared
    intervals = [
        explained_interval(shares[i], dims[i], r2 - shares[i], sum(dims) - dims[i], fit.resid.to_numpy()) for i in range(3)
    ]

    def worth(subset):
        return smf.ols("s ~ " + " + ".join(subset), frame).fit().rsquared if subset else 0.0

    shapley = {name: 0.0 for name in names}
    for order in itertools.permutations(names):
        for place, name in enumerate(order):
            shapley[name] += (worth(order[: place + 1]) - worth(order[:place])) / 6
    crossed = smf.ols("s ~ letter * topic + word", frame).fit()
    cells = frame.groupby(["letter", "topic"])["s"].agg(["count", "mean", "sem"]).reset_index()
    half = stats.t.ppf(0.975, cells["count"] - 1) * cells["sem"]
    return dict(
        slopes=s, letter=letter.tolist(), topic=topic.tolist(), word=word.tolist(), shares=shares, intervals=intervals,
        shapley=[shapley[name] for name in names], unexplained=1 - r2, f_p=fit.f_pvalue,
        adjusted=[fit.rsquared_adj, *explained_interval(r2, sum(dims), 0, 0, fit.resid.to_numpy())],
        interaction=[
            crossed.rsquared - r2,
            *explained_interval(crossed.rsquared - r2, 2, r2, sum(dims), crossed.resid.to_numpy()),
        ],
        cells=[[a, t, c, m, m - h, m + h] for a, t, c, m, h in zip(cells["letter"], cells["topic"], cells["count"], cells["mean"], half)],
    )


def jackknifed(n, statistic, to, back):
    """Pseudo-values one by one, with numpy's own leave-one-out."""
    full = to(statistic(np.arange(n)))
    pseudo = np.array([n * full - (n - 1) * to(statistic(np.delete(np.arange(n), i))) for i in range(n)])
    half = stats.t.ppf(0.975, n - 1) * pseudo.std(ddof=1) / np.sqrt(n)
    return [statistic(np.arange(n)), back(pseudo.mean() - half), back(pseudo.mean() + half)]


def sides(name, positive, negative):
    """d', AUC and overlap of paired sides, AUC's placements and the best threshold by comparing every pair."""
    positive, negative = np.round(positive, 2), np.round(negative, 2)
    n = len(positive)

    def d_prime(at):
        pooled = (np.var(positive[at], ddof=1) + np.var(negative[at], ddof=1)) / 2
        return (positive[at].mean() - negative[at].mean()) / np.sqrt(pooled)

    above = (positive[:, None] > negative[None, :]) + 0.5 * (positive[:, None] == negative[None, :])
    auc = stats.mannwhitneyu(positive, negative).statistic / n**2
    error = np.std(above.mean(axis=1) + above.mean(axis=0), ddof=1) / np.sqrt(n)

    def score_low(value):
        def miss(area):
            v = area * (1 - area) * (1 + (n - 1) * ((1 - area) / (2 - area) + area / (1 + area))) / n**2
            return area + Z * np.sqrt(v) - value

        # At 1 the value itself is a root too; the end is the one below.
        return optimize.brentq(miss, 0, value - 1e-6, xtol=1e-14)

    if 0 < auc < 1:
        logit = np.log(auc / (1 - auc))
        half = stats.t.ppf(0.975, n - 1) * error / (auc * (1 - auc))
        low, high = (1 / (1 + np.exp(-(logit + sign * half))) for sign in (-1, 1))
        low = min(low, score_low(auc)) if auc > 0.9 else low
        high = max(high, 1 - score_low(1 - auc)) if auc < 0.1 else high
    else:
        low, high = score_low(auc), 1.0

    overlap = 1 - stats.ks_2samp(positive, negative).statistic
    errors = min(
        (
            ((positive <= t).astype(float) + (negative > t) if sign > 0 else (positive > t).astype(float) + (negative <= t))
            for t in np.unique(np.concatenate([positive, negative]))
            for sign in (1, -1)
        ),
        key=lambda e: round(e.sum(), 9),
    )
    rate, spread = errors.mean() / 2, np.var(errors / 2, ddof=1)
    trials = min(2 * n, n * rate * (1 - rate) / spread) if rate > 0 and spread > 0 else n

    def wilson(z):
        root = np.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials**2))
        return 2 * (rate + z * z / (2 * trials) + z * root) / (1 + z * z / trials)

    return dict(
        name=name, positive=positive, negative=negative, d_prime=jackknifed(n, d_prime, lambda v: v, lambda v: v),
        auc=[auc, low, high], overlap=[overlap, max(0, wilson(-Z)) if rate > 0 else 0, min(1, wilson(2.716))],
    )


def replicates(name, missing):
    """Items by presentations: pingouin's ICCs where nothing is missing, OLS sums of squares where something is."""
    items, k = 24, 4
    s = 0.5 + generator.normal(size=(items, 1)) + 0.4 * np.arange(k) + 0.6 * generator.normal(size=(items, k))
    s = np.round(s, 6)
    for i, j in missing:
        s[i, j] = np.nan
    frame = pd.DataFrame(
        [dict(item=f"i{i}", replicate=f"r{j}", s=s[i, j]) for i in range(items) for j in range(k) if not np.isnan(s[i, j])]
    )
    n = len(frame)
    two = smf.ols("s ~ item + replicate", frame).fit()
    one = smf.ols("s ~ item", frame).fit()
    only = smf.ols("s ~ replicate", frame).fit()
    sizes = frame.groupby("item").size()
    between_two = (only.ssr - two.ssr - (items - 1) * two.mse_resid) / (n - k)
    grand = np.sum((frame["s"] - frame["s"].mean()) ** 2)
    between_one = (grand - one.ssr - (items - 1) * one.mse_resid) / (n - np.sum(sizes**2) / n)
    effects = np.array([two.params.get(f"replicate[T.r{j}]", 0.0) for j in range(k)])
    result = dict(
        name=name, slopes=s, effects=effects - effects.mean(),
        two_way=dict(within=two.mse_resid, degrees=two.df_resid, between=between_two),
        one_way=dict(within=one.mse_resid, degrees=one.df_resid, between=between_one),
        pingouin=None,
    )
    if not missing:
        icc = pingouin.intraclass_corr(frame, targets="item", raters="replicate", ratings="s").set_index("Type")["ICC"]
        result["pingouin"] = icc.to_dict()
    return result


def groups():
    """Values of texts: mean and quantile with errors robust to correlation within texts."""
    texts = [np.round(np.exp(generator.normal(scale=0.5) + generator.normal(size=m)), 4) for m in generator.integers(20, 60, 16)]
    values, group = np.concatenate(texts), np.repeat(np.arange(16), [len(t) for t in texts])

    def robust(y):
        fit = sm.OLS(y, np.ones(len(y))).fit(cov_type="cluster", cov_kwds=dict(groups=group), use_t=True)
        return fit.params[0], fit.bse[0], fit.conf_int()[0]

    mean, _, interval = robust(values)
    result = dict(texts=[t.tolist() for t in texts], mean=[mean, *interval], quantiles=[])
    for p in (0.5, 0.9):
        q = np.quantile(values, p)
        # The error about p, as the share below the quantile is p up to one value.
        sums = np.array([np.sum((t <= q) - p) for t in texts])
        error = np.sqrt(16 / 15 * np.sum(sums**2)) / len(values)
        half = stats.t.ppf(0.975, 15) * error
        result["quantiles"].append([p, q, np.quantile(values, p - half), np.quantile(values, p + half)])
    return result


def letters():
    a, b = np.round(1.5 + generator.normal(size=30), 6), np.round(0.4 + generator.normal(size=30), 6)
    c, l = (a + b) / 2, (a - b) / 2

    def parts(at):
        return np.var(c[at], ddof=1), np.mean(l[at]), np.var(l[at])

    def share(at):
        vc, m, vl = parts(at)
        return (m**2 + vl) / (vc + m**2 + vl)

    def specific(at):
        vc, m, vl = parts(at)
        return vl / (vc + m**2 + vl)

    def root(at):
        vc, m, vl = parts(at)
        return m / np.sqrt(vc + m**2 + vl)

    logit, expit = (lambda p: np.log(p / (1 - p))), (lambda x: 1 / (1 + np.exp(-x)))
    return dict(
        a=a, b=b, share=jackknifed(30, share, logit, expit), specific=jackknifed(30, specific, logit, expit),
        root=jackknifed(30, root, np.arctanh, np.tanh),
    )


def quantile_test(n, p):
    x = np.arange(1.0, n + 1)
    interval = stats.quantile_test(x, p=p, q=np.quantile(x, p)).confidence_interval(0.95)
    return [n, p, interval.low, interval.high]


normal = generator.normal(size=30)
golden = dict(
    versions=dict(
        numpy=np.__version__, scipy=scipy.__version__, statsmodels=statsmodels.__version__, pandas=pd.__version__,
        pingouin=pingouin.__version__,
    ),
    noncentral_f=[
        [f, a, b, nc, stats.ncf.cdf(f, a, b, nc)]
        for f, a, b, nc in [(1, 1, 10, 0.5), (3, 2, 30, 5), (100, 3, 196, 300), (0.5, 3, 5.5, 40), (8, 1, 30, 2), (2, 5, 940, 0.01)]
    ],
    noncentrality=[
        [f, a, b, p, noncentrality(f, a, b, p)]
        for f, a, b, p in [(8, 1, 30, 0.025), (8, 1, 30, 0.975), (0.2, 2, 20, 0.975), (600, 1, 950, 0.025), (12, 3, 14.5, 0.975)]
    ],
    variances=[
        variance("normal", generator.normal(1, 2, 25)),
        variance("skewed", generator.lognormal(0, 0.8, 40)),
        variance("two points", np.array([0.0, 1.0] * 6)),
    ],
    factors=factors(),
    sides=[
        sides("normal", generator.normal(0.8, 1, 25), generator.normal(0, 1, 25)),
        sides("paired", 1.2 + normal + 0.6 * generator.normal(size=30), normal + 0.6 * generator.normal(size=30)),
        sides("tied", generator.integers(1, 6, 15), generator.integers(0, 5, 15)),
        sides("wrong way round", generator.normal(-2, 1, 20), generator.normal(0, 1, 20)),
        sides("apart", np.arange(12.0) + 20, np.arange(12.0)),
    ],
    replicates=[replicates("whole", []), replicates("with gaps", [(0, 0), (0, 1), (3, 2), (7, 3), (11, 0), (20, 1)])],
    groups=groups(),
    letters=letters(),
    quantile_ranks=[quantile_test(n, p) for n, p in [(10, 0.5), (20, 0.3), (60, 0.9), (100, 0.95), (200, 0.95), (500, 0.05)]],
)
path = pathlib.Path(__file__).parent.parent / "golden" / "study-statistics.json"
path.write_text(json.dumps(plain(golden), separators=(",", ":")).replace('],"', '],\n"').replace("},{", "},\n{") + "\n")
print(f"wrote {path}, {path.stat().st_size} bytes")
