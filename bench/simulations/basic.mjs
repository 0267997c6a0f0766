// Means, fractions, correlations, quantiles, variances, ratios.
import { pearson, spearman } from '../../dist/statistics/correlation.js';
import { fraction } from '../../dist/statistics/fraction.js';
import { mean } from '../../dist/statistics/mean.js';
import { median } from '../../dist/statistics/median.js';
import { multiplierRanges } from '../../dist/statistics/multiplier-ranges.js';
import { quantile } from '../../dist/statistics/quantile.js';
import { ratio } from '../../dist/statistics/ratio.js';
import { variance } from '../../dist/statistics/spread.js';
import { normal, pairs, shapes, skewed, successes, times } from './draw.mjs';

/** Rank correlation of a bivariate normal (Pearson 1907). */
export const rankRho = (rho) => (6 / Math.PI) * Math.asin(rho / 2);
/** Correlation of exp(X), exp(Y) for standard normals of correlation rho. */
export const logNormalRho = (rho) => (Math.exp(rho) - 1) / (Math.E - 1);

export const means = shapes.map(([name, draw, truth]) => [
  `mean, ${name}`,
  (random, n) => [mean(draw(random, n)), truth],
]);

export const fractions = [
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

export const correlations = [
  ...[0, 0.5, 0.8].flatMap((rho) => [
    [`Pearson, normal pairs, rho = ${rho}`, (random, n) => [pearson(...pairs(random, n, rho)), rho]],
    [
      `Spearman, normal pairs, rho = ${rho}`,
      (random, n) => [spearman(...pairs(random, n, rho)), rankRho(rho)],
    ],
  ]),
  ['Spearman of slopes over |lambda| <= 1 and 1.5, cubic curves', agreementOfRanges],
];

/** Propensities a·lambda + b·lambda³ with b a third as spread as a: slopes a + 0.85 b and a + 1.75 b. */
function agreementOfRanges(random, n) {
  const lambdas = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5];
  const rows = times(n, () => {
    const [a, b] = [random.normal(), random.normal() / 3];
    return lambdas.map((lambda) => a * lambda + b * lambda ** 3);
  });
  const truth = (1 + (0.85 * 1.75) / 9) / Math.sqrt((1 + 0.85 ** 2 / 9) * (1 + 1.75 ** 2 / 9));
  return [multiplierRanges(lambdas, rows, [1])[0].agreement, rankRho(truth)];
}

export const quantiles = [
  ['median, normal', (random, n) => [median(normal(random, n)), 0]],
  ['median, log-normal, sigma 0.5', (random, n) => [median(skewed(random, n)), 1]],
  [
    'quantile 0.9, log-normal, sigma 0.5',
    (random, n) => [quantile(skewed(random, n), 0.9), Math.exp(0.5 * 1.2815515655446004)],
  ],
  [
    'Pearson, log-normal pairs (sigma 1), rho of the logs = 0.5',
    (random, n) => [pearson(...pairs(random, n, 0.5, Math.exp)), logNormalRho(0.5)],
  ],
  ['Spearman, the same pairs', (random, n) => [spearman(...pairs(random, n, 0.5, Math.exp)), rankRho(0.5)]],
];

export const variances = shapes.map(([name, draw, , truth]) => [
  `variance, ${name}`,
  (random, n) => [variance(draw(random, n)), truth],
]);

export const ratios = [
  ['ratio of means 0.5, correlated normals, denominator 5 sd above 0', 5],
  ['ratio of means 0.5, denominator 1 sd above 0', 1],
].map(([name, centre]) => [
  name,
  (random, n) => {
    const [x, y] = pairs(random, n, 0.6);
    return [
      ratio(
        y.map((v) => centre / 2 + v),
        x.map((v) => centre + v),
        random,
        2000,
      ),
      0.5,
    ];
  },
]);
