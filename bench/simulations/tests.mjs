// How often tests call what is not, and sets hold what is.
import { layerStability } from '../../dist/scores/layer-stability.js';
import { explainedShares } from '../../dist/statistics/explained-shares.js';
import { itemNoise } from '../../dist/statistics/item-noise.js';
import { judgeNulls } from '../../dist/statistics/judge-nulls.js';
import { shapes, standard, times } from './draw.mjs';
import { slopesWithShares } from './study.mjs';

const [normalShape, heavyShape, , skewedShape] = shapes;

/** An observed slope that is one more draw of its nulls. */
function noEffect(random, draws, shape) {
  const all = standard(shape, random, draws + 1);
  return { observed: all[0], nulls: all.subarray(1) };
}

const judged = (random, draws, shape) => judgeNulls([noEffect(random, draws, shape)])[0];

export const rejections = [
  ...[19, 20, 39, 50].map((draws) => [
    `counting, K = ${draws}${draws === 20 ? ' (1/21 is the nearest to 5 %)' : ''}`,
    (random) => +(judged(random, draws, normalShape).counting.p <= 0.05),
  ]),
  ...[20, 50].map((draws) => [
    `t tail, K = ${draws}, normal nulls`,
    (random) => +(judged(random, draws, normalShape).tail.p <= 0.05),
  ]),
  [
    't tail, K = 50, nulls of t with 5 degrees of freedom',
    (random) => +(judged(random, 50, heavyShape).tail.p <= 0.05),
  ],
];

export const studies = [
  [
    'any of 38 datasets called beyond random, none is (K = 50)',
    (random) =>
      +judgeNulls(times(38, () => noEffect(random, 50, normalShape))).some(
        ({ beyondRandom }) => beyondRandom,
      ),
  ],
  [
    'share of those called that are not, 12 of 38 with an effect of 5 null sd',
    (random) => {
      const entries = times(38, (i) => {
        const { observed, nulls } = noEffect(random, 50, normalShape);
        return { observed: observed + (i < 12 ? 5 : 0), nulls };
      });
      const called = judgeNulls(entries).flatMap(({ beyondRandom }, i) => (beyondRandom ? [i] : []));
      return called.filter((i) => i >= 12).length / Math.max(1, called.length);
    },
  ],
];

export const permutations = [normalShape, skewedShape].map((shape) => [
  `permutation test of letter and word, 40 slopes, ${shape[0]}`,
  (random) => {
    const { slopes, isA, isYes } = slopesWithShares(random, 40, shape, 0, 0);
    return +(explainedShares(slopes, isA, isYes, random, { permutations: 199 }).permutation.p <= 0.05);
  },
]);

/** 200 items at 0 in four presentations, some items with more noise where uneven. */
function wronglyBackwards(random, uneven) {
  const rows = times(200, (i) => {
    const sd = uneven ? (i % 2 === 0 ? 0.5 : Math.sqrt(1.75)) : 1;
    return times(4, (j) => 0.5 * j - 0.75 + sd * random.normal());
  });
  return itemNoise(rows).backwardsBeyondNoise.value;
}

export const backwards = [
  ['items at 0 called backwards beyond the noise, equal noise', (random) => wronglyBackwards(random, false)],
  ['the same, half of the items with 2.6 times the noise', (random) => wronglyBackwards(random, true)],
];

/** Six layers whose mean slopes lie 0.1 apart or more, on items that all layers share. */
function layersHold(random, items, pick) {
  const heights = [0.6, 0.9, 1, 0.9, 0.5, 0.2];
  const common = times(items, () => 0.7 * random.normal());
  const layers = heights.map((height, layer) => ({
    layer,
    slopes: common.map((item) => height + item + 0.5 * random.normal()),
  }));
  return pick(layerStability(layers, random, 400));
}

export const layers = [12, 24, 48].flatMap((items) => [
  [
    `the best layer is chosen, ${items} validation items`,
    (random) => layersHold(random, items, ({ chosen }) => +(chosen === 2)),
  ],
  [
    `the likely layers hold the best, ${items} validation items`,
    (random) => layersHold(random, items, ({ likely }) => +likely.includes(2)),
  ],
]);
