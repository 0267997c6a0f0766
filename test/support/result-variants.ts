import type { Result } from '../../src/result/schema.ts';
import { exampleResult } from './example-result.ts';

/** An audit that stopped at the competence check: letters at chance, nothing else measured. */
export function notMeasurable(): Result {
  const result = exampleResult();
  return {
    ...result,
    ...nothingMeasured,
    layers: [],
    format: 'multiple-choice',
    unit: 'logits',
    competence: {
      questions: 24,
      right: 5,
      share: { value: 5 / 24, low: 0.0924, high: 0.4048, n: 24, method: 'Wilson interval', reason: null },
      threshold: 0.6,
      passed: false,
      letterBias: { value: -0.82, low: -0.97, high: -0.67, n: 48, method: 't interval', reason: null },
      contentEffect: { value: 0.03, low: -0.02, high: 0.08, n: 24, method: 't interval', reason: null },
      choiceMass: { value: 0.61, low: 0.55, high: 0.67, n: 48, method: 't interval', reason: null },
    },
    verdict: {
      kind: 'not measurable',
      reliable: false,
      headline: 'Not measurable in this format: the model gets 5 of 24 control questions right',
      rules: [
        {
          rule: 'measurable in this format',
          outcome: 'flag',
          because:
            '5 of 24 control questions right in both letter orders; the lower bound 9 % is not above 60 %.',
        },
      ],
      recommendedMultiplier: null,
      recommendation: 'Try --format completion: it needs no letters.',
    },
  };
}

/** A sweep: slopes at every layer, no verdict. */
export function sweep(): Result {
  const result = exampleResult();
  return {
    ...result,
    ...nothingMeasured,
    experiment: 'sweep',
    competence: null,
    verdict: null,
    layers: result.layers.map((row) => {
      const value = 4.8 * Math.round(1000 * Math.exp(-(((row.layer - 18) / 8) ** 2))) * 0.001;
      const slope = { value, low: value - 0.6, high: value + 0.6, n: 60, method: 't interval', reason: null };
      return { ...row, shortlisted: false, slope };
    }),
  };
}

/** An extraction: vectors and separability only. */
export function extraction(): Result {
  const { vector, layers } = exampleResult();
  return {
    ...sweep(),
    experiment: 'extract',
    vector,
    layers: layers.map((row) => ({ ...row, shortlisted: false, slope: null, antiSteerable: null })),
  };
}

/** A given vector on a given set, of so few items that no interval is given. */
export function evaluation(): Result {
  const result = exampleResult();
  const bare = (value: number) => ({
    value,
    low: null,
    high: null,
    n: 8,
    method: 't interval',
    reason: 'an interval needs at least 10 items; there are 8',
  });
  return {
    ...result,
    ...nothingMeasured,
    experiment: 'eval',
    competence: null,
    verdict: null,
    layers: [],
    layer: 17,
    items: result.items.slice(0, 8),
    curve: result.multipliers.map((multiplier) => ({ multiplier, propensity: bare(3 * multiplier) })),
    steerability: {
      mean: bare(3),
      median: bare(2.8),
      sd: bare(1.1),
      kurtosis: bare(0.2),
      antiSteerable: bare(0.125),
      smallestDetectable: null,
      meanR2: null,
      monotonicShare: bare(1),
    },
  };
}

const nothingMeasured = {
  vector: null,
  layer: null,
  layerChoice: null,
  steerability: null,
  curve: [],
  items: [],
  randomNull: null,
  shuffledNull: null,
  lexical: null,
  noise: null,
  dose: [],
  generations: [],
  settings: [],
  layerStability: null,
  bias: null,
  orders: null,
  replicates: null,
  ranges: [],
  ood: null,
  prompting: null,
  damage: null,
  generationCheck: null,
} satisfies Partial<Result>;
