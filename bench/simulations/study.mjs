// Explained shares, letters within items, noise, separability, groups of tokens, vectors.
import { normalCdf } from '../../dist/math/distributions.js';
import { meanOfClusters, quantileOfClusters } from '../../dist/statistics/clusters.js';
import { equalDamageOfTexts } from '../../dist/statistics/equal-damage-of-texts.js';
import { explainedShares } from '../../dist/statistics/explained-shares.js';
import { itemNoise } from '../../dist/statistics/item-noise.js';
import { letterWithinItems } from '../../dist/statistics/letter-within-items.js';
import { perplexityRatio } from '../../dist/statistics/perplexity-ratio.js';
import { separability } from '../../dist/statistics/separability.js';
import { vectorStability } from '../../dist/statistics/vector-stability.js';
import { fill, shapes, standard, times } from './draw.mjs';

const [normalShape, heavyShape, mixedShape, skewedShape] = shapes;

/** Slopes of which letter, word and their product explain these shares of the variance, balanced. */
export function slopesWithShares(random, n, shape, letter, word = 0, product = 0) {
  const rest = 1 - letter - word - product;
  const isA = times(n, (i) => i % 2 === 0);
  const isYes = times(n, (i) => i % 4 < 2);
  const noise = standard(shape, random, n);
  const slopes = noise.map((error, i) => {
    const [a, y] = [isA[i] ? 1 : -1, isYes[i] ? 1 : -1];
    return Math.sqrt(letter) * a + Math.sqrt(word) * y + Math.sqrt(product) * a * y + Math.sqrt(rest) * error;
  });
  return { slopes, isA, isYes };
}

function explained(random, n, shape, ...planted) {
  const { slopes, isA, isYes } = slopesWithShares(random, n, shape, ...planted);
  return explainedShares(slopes, isA, planted.length > 1 ? isYes : null, random, { permutations: 0 });
}

export const shares = [
  ...[0, 0.05, 0.3, 0.6, 0.9].map((share) => [
    `adjusted R2 of a letter, truth ${share}, normal errors`,
    (random, n) => [explained(random, n, normalShape, share).adjustedR2, share],
  ]),
  ...[heavyShape, mixedShape, skewedShape].flatMap((shape) =>
    [0.3, 0.6].map((share) => [
      `the same, truth ${share}, errors ${shape[0]}`,
      (random, n) => [explained(random, n, shape, share).adjustedR2, share],
    ]),
  ),
  [
    'adjusted R2 of letter and word, truth 0.3 + 0.2',
    (random, n) => [explained(random, n, normalShape, 0.3, 0.2).adjustedR2, 0.5],
  ],
  ['share of the letter in it', (random, n) => [explained(random, n, normalShape, 0.3, 0.2).letter, 0.3]],
  ['share of the word in it', (random, n) => [explained(random, n, normalShape, 0.3, 0.2).word, 0.2]],
  ['interaction, truth 0', (random, n) => [explained(random, n, normalShape, 0.3, 0.2).interaction, 0]],
  [
    'interaction, truth 0.1',
    (random, n) => [explained(random, n, normalShape, 0.3, 0.2, 0.1).interaction, 0.1],
  ],
];

/** Items with content of variance 1 and a letter effect of this mean and spread. */
function lettered(random, n, shape, mean, sd) {
  const content = standard(shape, random, n);
  const letter = fill(n, () => mean + sd * random.normal());
  return letterWithinItems(
    content.map((c, i) => c + letter[i]),
    content.map((c, i) => c - letter[i]),
  );
}

export const letters = [normalShape, mixedShape, heavyShape, skewedShape].flatMap((shape) => {
  const whole = 1 + 0.64 + 0.25;
  const of = (field, truth) => (random, n) => [lettered(random, n, shape, 0.8, 0.5)[field], truth];
  return [
    [`letter's share, E[l] = 0.8, sd 0.5, content ${shape[0]}`, of('letterShare', 0.89 / whole)],
    [`its common part, content ${shape[0]}`, of('commonShare', 0.64 / whole)],
    [`its specific part, content ${shape[0]}`, of('specificShare', 0.25 / whole)],
  ];
});
letters.push([
  'common part, E[l] = 0, sd 0.5, content normal',
  (random, n) => [lettered(random, n, normalShape, 0, 0.5).commonShare, 0],
]);

/** Items by k presentations with reliability rho, every presentation with an effect; some noisier than others. */
function presentations(random, n, { k, rho, shape = normalShape, uneven = false, gaps = 0 }) {
  const own = standard(shape, random, n);
  const sd = Math.sqrt((1 - rho) / rho);
  return times(n, (i) => {
    const factor = uneven ? (i % 2 === 0 ? 0.5 : Math.sqrt(1.75)) : 1;
    return times(k, (j) =>
      j > 1 && random.uniform() < gaps ? null : own[i] + 0.5 * j + sd * factor * random.normal(),
    );
  });
}

export const noise = [
  ['k = 2, normal', { k: 2, rho: 0.5 }],
  ['k = 4, normal', { k: 4, rho: 0.5 }],
  ['k = 4, a quarter of the third and fourth missing', { k: 4, rho: 0.5, gaps: 0.25 }],
  ['k = 2, half of the items with 2.6 times the noise', { k: 2, rho: 0.5, uneven: true }],
  ['k = 2, reliability 0.9', { k: 2, rho: 0.9 }],
  ['k = 2, slopes 80 % around 1, 20 % around -1', { k: 2, rho: 0.5, shape: mixedShape }],
  ['k = 2, slopes log-normal', { k: 2, rho: 0.5, shape: skewedShape }],
].flatMap(([name, options]) => {
  const of = (field, truth) => (random, n) => [itemNoise(presentations(random, n, options))[field], truth];
  return [
    [`noise sd, ${name}`, of('sd', Math.sqrt((1 - options.rho) / options.rho))],
    [`reliability, ${name}`, of('reliability', options.rho)],
  ];
});
noise.push([
  'reliability of the mean, k = 4, normal',
  (random, n) => [itemNoise(presentations(random, n, { k: 4, rho: 0.5 })).reliabilityOfMean, 0.8],
]);

/** Projections of pairs with means `distance` apart and correlation 0.5 within the pair. */
function projections(random, n, distance, shape) {
  const [common, a, b] = [1, 2, 3].map(() => standard(shape, random, n));
  const side = (own, shift) => own.map((x, i) => shift + Math.SQRT1_2 * (common[i] + x));
  return separability(side(a, distance), side(b, 0));
}

export const separabilities = [0, 1, 3].flatMap((distance) => [
  [`d', truth ${distance}`, (random, n) => [projections(random, n, distance, normalShape).dPrime, distance]],
  [
    `ROC AUC, truth ${normalCdf(distance / Math.SQRT2).toFixed(3)}`,
    (random, n) => [projections(random, n, distance, normalShape).rocAuc, normalCdf(distance / Math.SQRT2)],
  ],
  [
    `overlap, truth ${(2 * normalCdf(-distance / 2)).toFixed(3)}`,
    (random, n) => [projections(random, n, distance, normalShape).overlap, 2 * normalCdf(-distance / 2)],
  ],
]);
separabilities.push([
  "d', truth 1, log-normal projections",
  (random, n) => [projections(random, n, 1, skewedShape).dPrime, 1],
]);

/** Texts of 40 tokens whose log-normal KL (sigma 1) has this share of the log's variance between texts. */
function texts(random, n, between) {
  return times(n, () => {
    const text = Math.sqrt(between) * random.normal();
    return fill(40, () => Math.exp(text + Math.sqrt(1 - between) * random.normal()));
  });
}

const z95 = 1.6448536269514722;
export const groups = [0, 0.1, 0.4].flatMap((between) => [
  [
    `mean KL per token, ${100 * between} % of the log's variance between texts`,
    (random, n) => [meanOfClusters(texts(random, n, between)), Math.exp(0.5)],
  ],
  [
    `95th percentile of KL, ${100 * between} % between texts`,
    (random, n) => [quantileOfClusters(texts(random, n, between), 0.95), Math.exp(z95)],
  ],
]);
groups.push(
  [
    'multiplier of equal damage, KL = lambda² times such numbers, 10 % between texts',
    (random, n) => {
      const drawn = texts(random, n, 0.1);
      const multipliers = [0.125, 0.25, 0.5, 1, 2];
      const damage = multipliers.map((lambda) => drawn.map((text) => text.map((x) => lambda ** 2 * x)));
      return [equalDamageOfTexts(multipliers, damage), Math.exp(-z95 / 2)];
    },
  ],
  [
    'perplexity ratio, log-normal differences per text',
    (random, n) => [
      perplexityRatio(fill(n, () => 0.2 * Math.exp(0.5 * random.normal()))),
      Math.exp(0.2 * Math.exp(0.125)),
    ],
  ],
);

/** Differences of width 64 whose mean has this length² times the noise of a mean of 60, some pairs noisier. */
function limitCosine(random, n, signal) {
  const width = 64;
  const spread = width * (1 / 12 + 1);
  const planted = Math.sqrt((signal * spread) / 60);
  const differences = times(n, () => {
    const factor = 0.5 + random.uniform();
    return fill(width, (k) => (k === 3 ? planted : 0) + factor * random.normal());
  });
  const strength = (n * planted ** 2) / spread;
  return [vectorStability(differences, random, 1).cosineWithLimit, Math.sqrt(strength / (1 + strength))];
}

export const vectors = [0, 0.5, 1, 3].map((signal) => [
  `cosine with the limit, |v|² = ${signal} of the noise at 60 pairs`,
  (random, n) => limitCosine(random, n, signal),
]);
