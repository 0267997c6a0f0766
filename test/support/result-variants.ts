import type { Result } from '../../src/result/schema.ts';
import type { Estimate } from './example-estimate.ts';
import { multipleChoice } from './example-letters.ts';
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
    notMeasured: [
      {
        what: 'everything but competence',
        reason:
          'the model failed the competence check of this format; --measure-anyway computes it all the same',
      },
    ],
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
          rule: 'not measurable in this format',
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

/** A study of one behaviour with all its parts: six vectors in five settings, every layer on validation items. */
export function wholeStudy(): Result {
  const result = multipleChoice();
  return {
    ...result,
    experiment: 'paper',
    profile: 'paper',
    layers: result.layers.map((row) => ({ ...row, slope: result.layers[17]!.slope, shortlisted: false })),
    split: { ...result.split, leaked: 29 },
  };
}

/** An experiment that asks one question only, from the parts that it measures. */
export function experimentOf(experiment: 'in-distribution' | 'layers' | 'ood'): Result {
  const result = exampleResult();
  const parts = { ood: result.ood, settings: result.settings, prompting: result.prompting };
  return {
    ...result,
    ...{ settings: [], ood: null, prompting: null, damage: null, generationCheck: null, generations: [] },
    ...{ replicates: null, noise: null, dose: [], lexical: null, shuffledNull: null },
    ...(experiment === 'ood' ? parts : {}),
    layerStability: experiment === 'layers' ? result.layerStability : null,
    experiment,
  };
}

/** A result whose texts are withheld: numbers and labels alone. */
export function withheld(): Result {
  const result = multipleChoice();
  return {
    ...result,
    behaviour: { ...result.behaviour, persona: null },
    prompt: { ...result.prompt, example: null },
    settings: result.settings.map(({ name }) => ({ name, system: null, prefix: null, example: null })),
    items: result.items.map((item) => ({ ...item, prompt: null, positive: null, negative: null })),
    generations: [],
  };
}

/** The result with every estimate put through `change`. */
function withEstimates(result: Result, change: (estimate: Estimate) => Estimate): Result {
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (value === null || typeof value !== 'object') return value;
    if ('low' in value && 'high' in value && 'method' in value) return change(value as Estimate);
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, walk(entry)]));
  };
  return walk(result) as Result;
}

/** Every estimate without its interval. */
export function withoutIntervals(): Result {
  const reason = 'an interval needs at least 10 items; there are 8';
  return withEstimates(multipleChoice(), (estimate) => ({ ...estimate, low: null, high: null, reason }));
}

/** No estimate could be computed, though everything was measured. */
export function nothingComputed(): Result {
  const reason = 'no item has a slope';
  return withEstimates(multipleChoice(), (estimate) => ({
    ...{ ...estimate, value: null, low: null, high: null },
    reason,
  }));
}

/** What an audit measures beside the slopes, each with the name by which `notMeasured` speaks of it. */
const parts = {
  ood: 'other prompts',
  prompting: 'prompting baseline',
  bias: 'letter and Yes/No bias',
  orders: 'both letter orders',
  replicates: 'replicate presentations',
  ranges: 'ranges of multipliers',
  damage: 'damage',
  generationCheck: 'generation check',
  randomNull: 'random directions',
  shuffledNull: 'shuffled labels',
  layerStability: 'layer stability',
} satisfies { [Part in keyof Result]?: string };

/** One audit for each part, in which that part is missing for a reason of its own. */
export function partsMissing(): { part: keyof Result; reason: string; result: Result }[] {
  const result = multipleChoice();
  return Object.entries(parts).map(([name, what]) => {
    const part = name as keyof typeof parts;
    const reason = `there is no ${what}`;
    const changed = { ...result, [part]: Array.isArray(result[part]) ? [] : null };
    return { part, reason, result: { ...changed, notMeasured: [{ what, reason }] } };
  });
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
