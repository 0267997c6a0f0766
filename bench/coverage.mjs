// Prints the Markdown tables of docs/coverage.md: how often each nominal 95 % interval holds the true value.
//
//   node scripts/build.mjs && node bench/coverage.mjs [replicates, default 20000] [bootstrap replicates, default 1000]

import { Xoshiro } from '../dist/math/xoshiro.js';
import { bca } from '../dist/statistics/bca.js';
import { correlationOf, pearson, spearman } from '../dist/statistics/correlation.js';
import { explainedShares } from '../dist/statistics/explained-shares.js';
import { fraction } from '../dist/statistics/fraction.js';
import { mean } from '../dist/statistics/mean.js';
import { median } from '../dist/statistics/median.js';
import { ranks } from '../dist/statistics/ranks.js';
import { ratio } from '../dist/statistics/ratio.js';
import { variance } from '../dist/statistics/spread.js';

const sizes = [20, 60, 200];
const resamples = 2000;
const [replicates, bootstrapReplicates] = [
  Number(process.argv[2] ?? 20_000),
  Number(process.argv[3] ?? 1000),
];

const fill = (n, draw) => Float64Array.from({ length: n }, draw);
const normal = (random, n) => fill(n, () => random.normal());
/** Student's t with 5 degrees of freedom: excess kurtosis 6, variance 5/3. */
const heavy = (random, n) => fill(n, () => random.normal() / Math.sqrt(chiSquared(random, 5) / 5));
/** Log-normal with sigma 0.5: mean e^(1/8), median 1, skewness 1.75. */
const skewed = (random, n) => fill(n, () => Math.exp(0.5 * random.normal()));
/** Four items in five around 1, one in five around -1: items that steer backwards. */
const mixed = (random, n) => fill(n, () => (random.uniform() < 0.8 ? 1 : -1) + 0.3 * random.normal());

function at(values, indices) {
  const picked = new Float64Array(indices.length);
  for (let i = 0; i < indices.length; i++) picked[i] = values[indices[i]];
  return picked;
}

function chiSquared(random, degrees) {
  let sum = 0;
  for (let i = 0; i < degrees; i++) sum += random.normal() ** 2;
  return sum;
}

/** n pairs of correlation rho, normal, or log-normal made from such normals. */
function pairs(random, n, rho, transform = (x) => x) {
  const x = new Float64Array(n);
  const y = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const a = random.normal();
    x[i] = transform(a);
    y[i] = transform(rho * a + Math.sqrt(1 - rho * rho) * random.normal());
  }
  return [x, y];
}

function successes(random, n, p) {
  let count = 0;
  for (let i = 0; i < n; i++) if (random.uniform() < p) count++;
  return count;
}

/** Rank correlation of a bivariate normal (Pearson 1907). */
const rankRho = (rho) => (6 / Math.PI) * Math.asin(rho / 2);
/** Correlation of exp(X), exp(Y) for standard normals of correlation rho. */
const logNormalRho = (rho) => (Math.exp(rho) - 1) / (Math.E - 1);
const logVariance = Math.exp(0.25) * (Math.exp(0.25) - 1);

const means = [
  ['normal', normal, 0],
  ["Student's t, 5 degrees of freedom", heavy, 0],
  ['80 % around 1, 20 % around -1', mixed, 0.6],
  ['log-normal, sigma 0.5', skewed, Math.exp(0.125)],
].map(([name, draw, truth]) => [`mean, ${name}`, (random, n) => [mean(draw(random, n)), truth]]);

const fractions = [
  [
    'fraction, p uniform in 0.02 to 0.98',
    (random, n) => {
      const p = 0.02 + 0.96 * random.uniform();
      return [fraction(successes(random, n, p), n), p];
    },
  ],
  ...[0.05, 0.1, 0.2, 0.5].map((p) => [
    `fraction, p = ${p}`,
    (random, n) => [fraction(successes(random, n, p), n), p],
  ]),
];

const correlations = [0, 0.5, 0.8].flatMap((rho) => [
  [`Pearson, normal pairs, rho = ${rho}`, (random, n) => [pearson(...pairs(random, n, rho)), rho]],
  [`Spearman, normal pairs, rho = ${rho}`, (random, n) => [spearman(...pairs(random, n, rho)), rankRho(rho)]],
]);

const otherRows = [
  ['median, normal', (random, n) => [median(normal(random, n)), 0]],
  ['median, log-normal, sigma 0.5', (random, n) => [median(skewed(random, n)), 1]],
  [
    'Pearson, log-normal pairs (sigma 1), rho of the logs = 0.5',
    (random, n) => [pearson(...pairs(random, n, 0.5, Math.exp)), logNormalRho(0.5)],
  ],
];

const bootstrapRows = [
  ['variance, normal', (random, n) => [variance(normal(random, n), random, resamples), 1]],
  [
    "variance, Student's t, 5 degrees of freedom",
    (random, n) => [variance(heavy(random, n), random, resamples), 5 / 3],
  ],
  [
    'variance, 80 % around 1, 20 % around -1',
    (random, n) => [variance(mixed(random, n), random, resamples), 0.73],
  ],
  [
    'variance, log-normal, sigma 0.5',
    (random, n) => [variance(skewed(random, n), random, resamples), logVariance],
  ],
  [
    'ratio of means 0.5, correlated normals, denominator 5 sd above 0',
    (random, n) => {
      const [x, y] = pairs(random, n, 0.6);
      return [
        ratio(
          y.map((v) => 2.5 + v),
          x.map((v) => 5 + v),
          random,
          resamples,
        ),
        0.5,
      ];
    },
  ],
  [
    'ratio of means 0.5, denominator 1 sd above 0',
    (random, n) => {
      const [x, y] = pairs(random, n, 0.6);
      return [
        ratio(
          y.map((v) => 0.5 + v),
          x.map((v) => 1 + v),
          random,
          resamples,
        ),
        0.5,
      ];
    },
  ],
  ...[0, 0.3, 0.6].map((share) => [
    `adjusted R2 of a balanced letter, truth ${share}`,
    (random, n) => explained(random, n, share),
  ]),
];

const rejectedRows = [0, 0.8].flatMap((rho) => [
  [
    `Pearson by BCa, normal pairs, rho = ${rho}`,
    (random, n) => {
      const [x, y] = pairs(random, n, rho);
      return [bca(n, (i) => correlationOf(at(x, i), at(y, i)), random, resamples), rho];
    },
  ],
  [
    `Spearman by BCa, normal pairs, rho = ${rho}`,
    (random, n) => {
      const [x, y] = pairs(random, n, rho);
      return [
        bca(n, (i) => correlationOf(ranks(at(x, i)), ranks(at(y, i))), random, resamples),
        rankRho(rho),
      ];
    },
  ],
]);
rejectedRows.push([
  'Pearson by BCa, log-normal pairs (sigma 1), rho of the logs = 0.5',
  (random, n) => {
    const [x, y] = pairs(random, n, 0.5, Math.exp);
    return [bca(n, (i) => correlationOf(at(x, i), at(y, i)), random, resamples), logNormalRho(0.5)];
  },
]);

/** Slopes of which a balanced letter explains `share` of the variance: effect²/4 against noise 1. */
function explained(random, n, share) {
  const effect = 2 * Math.sqrt(share / (1 - share));
  const letters = Array.from({ length: n }, (_, i) => i % 2 === 0);
  const slopes = letters.map((letter) => (letter ? effect : 0) + random.normal());
  return [explainedShares(slopes, letters, null, random, { resamples, permutations: 0 }).adjustedR2, share];
}

/** One row: the share of intervals that hold the truth at each size, with those that could not be given. */
function row([name, simulate], count) {
  const cells = sizes.map((n) => {
    const random = new Xoshiro(0).derive(`${name}, n = ${n}`);
    let given = 0;
    let holds = 0;
    for (let replicate = 0; replicate < count; replicate++) {
      const [{ low, high }, truth] = simulate(random, n);
      if (low === null) continue;
      given++;
      if (low <= truth && truth <= high) holds++;
    }
    const missing = count - given;
    return `${((100 * holds) / given).toFixed(1)}${missing > 0 ? ` (${((100 * missing) / count).toFixed(1)} % null)` : ''}`;
  });
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}

function table(title, rows, count) {
  const error = (196 * Math.sqrt((0.95 * 0.05) / count)).toFixed(1);
  console.log(`\n## ${title}\n`);
  console.log(`${count} simulated data sets a cell: ±${error} points of simulation error at 95 %.\n`);
  console.log(
    `| interval | ${sizes.map((n) => `n = ${n}`).join(' | ')} |\n|---|${sizes.map(() => '---:').join('|')}|`,
  );
  for (const each of rows) row(each, count);
}

table('Means, t interval', means, replicates);
table('Fractions, Wilson', fractions, replicates);
table('Correlations, Fisher z', correlations, replicates);
table('Medians, and correlations of skewed data', otherRows, replicates);
table(`Variances, ratios, explained shares: BCa, ${resamples} resamples`, bootstrapRows, bootstrapReplicates);
table(`Tried and not used: correlations by BCa, ${resamples} resamples`, rejectedRows, bootstrapReplicates);
