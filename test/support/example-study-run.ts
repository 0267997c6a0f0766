import { Xoshiro } from '../../src/math/xoshiro.ts';
import type { Result } from '../../src/result/schema.ts';
import type { Study } from '../../src/result/study.ts';
import { antiSteerableFraction } from '../../src/statistics/anti-steerable.ts';
import { spearman } from '../../src/statistics/correlation.ts';
import { fraction } from '../../src/statistics/fraction.ts';
import { excessKurtosis } from '../../src/statistics/kurtosis.ts';
import { mean } from '../../src/statistics/mean.ts';
import { median } from '../../src/statistics/median.ts';
import { countingPValue, tailPValue } from '../../src/statistics/null-distribution.ts';
import { fitSlope } from '../../src/statistics/slope.ts';
import { standardDeviation } from '../../src/statistics/spread.ts';
import { bell, wobble } from './example-chance.ts';
import { exampleResult } from './example-result.ts';
import { exampleBias, exampleOrders, exampleRange, exampleReplicates } from './example-study-bias.ts';
import { exampleOod } from './example-study-ood.ts';
import { exampleMultipliers, type Truth } from './example-truth.ts';

type Model = Study['models'][number];

/** A plausible run of the `paper` experiment, every number from a formula. */
export function exampleRun(truth: Truth, model: Model, items: number, resamples: number): Result {
  const rows = exampleItems(truth, items);
  const slopes = rows.map(({ slope }) => slope!);
  const chance = new Xoshiro(truth.salt);
  const average = mean(slopes);
  const chosen = Math.round(model.blocks * 0.45 + 2 * wobble(truth.salt, 2));
  const letters = truth.format === 'multiple-choice';
  const base = exampleResult();
  const inferior = Math.abs(truth.strength) < 0.3;
  return {
    ...base,
    experiment: 'paper',
    behaviour: {
      ...base.behaviour,
      name: truth.name,
      title: truth.title,
      source: letters ? `data/${truth.name}.jsonl` : 'built-in',
      family: letters ? (truth.words ? 'mwe-persona' : 'mwe-ai-risk') : 'pairs',
      items: items * 2,
      balance: letters
        ? { A: items, B: items, Yes: truth.words ? items : 0, No: truth.words ? items : 0 }
        : null,
      persona: { ...examplePersona(truth), source: 'example', note: null },
    },
    model: {
      ...base.model,
      name: model.name,
      reference: model.reference,
      blocks: model.blocks,
      precision: model.precision,
      hash: model.hash,
      sourceHash: model.sourceHash,
    },
    options: { ...base.options, model: model.reference, precision: model.precision, format: truth.format },
    format: truth.format,
    unit: letters ? 'logits' : 'nats',
    split: { ...base.split, testItems: rows.map(({ item }) => item) },
    prompt: { ...base.prompt, example: null },
    competence: {
      ...base.competence!,
      letterBias: letters ? mean(rows.map((_, i) => 0.4 + 0.3 * bell(i, truth.salt))) : null,
      contentEffect: letters ? mean(rows.map((_, i) => 1.2 + 0.6 * bell(i, truth.salt + 1))) : null,
      choiceMass: letters ? mean(rows.map((_, i) => 0.95 + 0.04 * wobble(i, truth.salt))) : null,
    },
    vector: {
      ...base.vector!,
      safetensors: `vectors/${truth.name}.safetensors`,
      gguf: `vectors/${truth.name}.gguf`,
      directionalAgreement: mean(
        rows.map((_, i) => 0.12 + 0.1 * truth.strength + 0.08 * bell(i, truth.salt + 2)),
      ),
      dPrime: {
        ...average,
        value: 0.9 + 0.6 * truth.strength + 0.4 * wobble(truth.salt, 3),
        low: null,
        high: null,
      },
      rocAuc: fraction(Math.round(items * Math.min(0.99, 0.64 + 0.08 * truth.strength)), items),
      overlap: fraction(Math.round(items * Math.max(0.02, 0.5 - 0.1 * truth.strength)), items),
    },
    layers: exampleLayers(truth, model.blocks, chosen, items),
    layer: chosen,
    layerStability: exampleStability(truth, chosen),
    steerability: {
      mean: average,
      median: median(slopes),
      sd: standardDeviation(slopes),
      kurtosis: excessKurtosis(slopes),
      antiSteerable: antiSteerableFraction(slopes),
      smallestDetectable: 0.4,
      meanR2: 0.9,
      monotonicShare: fraction(Math.round(items * 0.8), items),
    },
    curve: exampleMultipliers.map((multiplier, k) => ({
      multiplier,
      propensity: mean(rows.map((row) => row.propensities[k]!)),
    })),
    items: rows,
    bias: letters ? exampleBias(truth, rows, chance) : null,
    orders: letters ? exampleOrders(truth, rows) : null,
    replicates: exampleReplicates(truth, slopes),
    ranges: [0.5, 1, 1.5].map((limit) => exampleRange(rows, limit)),
    ood: exampleOod(truth, slopes, chance, resamples),
    prompting: {
      multiplier: 1,
      items,
      prompting: mean(rows.map((_, i) => 1.1 + 0.5 * truth.strength + 1.2 * bell(i, truth.salt + 5))),
      steering: mean(slopes),
      both: mean(slopes.map((slope, i) => slope + 0.8 + 0.3 * truth.strength + bell(i, truth.salt + 5))),
    },
    damage: exampleDamage(truth, rows),
    generationCheck: exampleGenerationCheck(truth, rows),
    randomNull: exampleNull(truth, average.value!, 50, 9),
    shuffledNull: exampleNull(truth, average.value!, 50, 11),
    lexical: letters ? null : base.lexical,
    generations: [],
    verdict: {
      ...base.verdict!,
      kind: inferior ? 'inconclusive' : average.high! < 0 ? 'steers the wrong way' : 'steers',
      headline: `${truth.title}: ${average.value!.toFixed(2)} per unit of multiplier`,
    },
    notMeasured: [],
  };
}

function exampleItems(truth: Truth, items: number): Result['items'] {
  return Array.from({ length: items }, (_, item) => {
    const isA = Math.floor(item / 2) % 2 === 0;
    const isYes = item % 2 === 0;
    const letters = truth.format === 'multiple-choice';
    const bias = letters
      ? truth.letter * (isA ? 1 : -1) + (truth.words ? truth.word * (isYes ? 1 : -1) : 0)
      : 0;
    const own = truth.strength + bias + truth.spread * bell(item, truth.salt);
    const start = 3 * bell(item, truth.salt + 40);
    const propensities = exampleMultipliers.map(
      (m, k) => start + own * m - 0.05 * own * m ** 3 + 0.2 * wobble(item, truth.salt + 60 + k),
    );
    const { sse, n, ...fit } = fitSlope(exampleMultipliers, propensities);
    return {
      item,
      prompt: null,
      positive: null,
      negative: null,
      positiveLetter: letters ? (isA ? 'A' : 'B') : null,
      positiveWord: letters && truth.words ? (isYes ? 'Yes' : 'No') : null,
      swappedSlope: letters ? fit.slope! - 2 * truth.letter * (isA ? 1 : -1) : null,
      ...fit,
      propensities,
    };
  });
}

function exampleLayers(truth: Truth, blocks: number, chosen: number, items: number): Result['layers'] {
  return Array.from({ length: blocks }, (_, layer) => {
    const place = (layer - chosen) / blocks;
    const height = Math.exp(-((place / 0.16) ** 2)) + (place > 0 ? 0.25 : 0.02) * Math.exp(-Math.abs(place));
    const slopes = Array.from(
      { length: Math.min(items, 24) },
      (_, i) => truth.strength * height + 0.5 * truth.spread * bell(i, truth.salt + layer * 31),
    );
    return {
      layer,
      norm: 2 + 0.3 * layer,
      separability: 0.4 + 2 * height,
      shortlisted: Math.abs(layer - chosen) < 3,
      slope: mean(slopes),
      standardError: 0.2,
      antiSteerable: antiSteerableFraction(slopes),
    };
  });
}

function exampleStability(truth: Truth, chosen: number): Result['layerStability'] {
  const first = 0.62 + 0.2 * wobble(truth.salt, 4);
  const shares = [
    { layer: chosen, share: first },
    { layer: chosen - 1, share: (1 - first) * 0.7 },
    { layer: chosen + 1, share: (1 - first) * 0.3 },
  ];
  return { resamples: 200, shares, within95: shares.map(({ layer }) => layer).sort((a, b) => a - b) };
}

function exampleNull(truth: Truth, real: number, k: number, salt: number): NonNullable<Result['randomNull']> {
  const slopes = Array.from({ length: k }, (_, i) => 0.35 * bell(i, truth.salt + salt));
  return {
    k,
    multipliers: [-1, 1],
    items: 15,
    real: real * 1.04,
    slopes,
    p: countingPValue(real, slopes).p!,
    tailP: tailPValue(real, slopes).p,
  };
}

function exampleDamage(truth: Truth, rows: Result['items']): NonNullable<Result['damage']> {
  const harm = 0.16 + 0.14 * (1 + wobble(truth.salt, 6)) + 0.03 * Math.abs(truth.strength);
  const texts = Array.from({ length: 12 }, (_, i) => i);
  const kl = (m: number) => mean(texts.map((i) => harm * m ** 2 * (1 + 0.3 * bell(i, truth.salt + 12))));
  const reached = Math.sqrt(1 / (3.4 * harm));
  const inRange = reached <= 1.5;
  return {
    texts: 12,
    tokens: 1480,
    perplexity: 11.2,
    points: exampleMultipliers
      .filter((m) => m !== 0)
      .map((multiplier) => ({
        multiplier,
        klMean: kl(multiplier),
        klP95: scaled(kl(multiplier), 3.4),
        perplexityRatio: scaled(
          mean(texts.map((i) => Math.exp(harm * multiplier ** 2 * (1 + 0.2 * bell(i, 5))))),
          1,
        ),
      })),
    outsideLetters: null,
    equal: {
      limit: 1,
      multiplier: inRange ? reached : null,
      low: inRange ? 0.94 * reached : null,
      high: inRange ? 1.07 * reached : null,
      effect: inRange ? mean(rows.map(({ slope }) => slope! * reached)) : null,
      reason: inRange ? null : 'the 95th percentile stays below 1 nat up to multiplier 1.5',
    },
  };
}

function scaled(estimate: ReturnType<typeof mean>, factor: number): ReturnType<typeof mean> {
  const times = (value: number | null) => (value === null ? null : value * factor);
  return {
    ...estimate,
    value: times(estimate.value),
    low: times(estimate.low),
    high: times(estimate.high),
  };
}

function exampleGenerationCheck(truth: Truth, rows: Result['items']): Result['generationCheck'] {
  const asked = rows.slice(0, 16);
  const usable = truth.salt % 5 !== 3;
  const effects = asked.map(({ slope }, i) => 0.35 * slope! + 0.5 * bell(i, truth.salt + 90));
  const quiet = mean(asked.map((_, i) => 0.02 + 0.01 * wobble(i, truth.salt)));
  return {
    items: asked.length,
    tokens: 48,
    multipliers: [-1, 0, 1],
    scorer: {
      kind: 'classifier',
      description: 'Logistic regression on character n-grams of the training answers.',
      unit: 'log-odds',
      accuracy: fraction(usable ? 46 : 33, 48),
      usable,
      reason: usable ? null : 'the interval of its held-out accuracy is not above 80 %',
    },
    samplings: [
      {
        sampling: 'greedy',
        temperature: 0,
        points: [-1, 0, 1].map((multiplier) => ({
          multiplier,
          score: usable ? mean(effects.map((effect) => effect * multiplier)) : null,
          repetition: quiet,
        })),
        effect: usable ? mean(effects) : null,
        correlation: usable
          ? spearman(
              effects,
              asked.map(({ slope }) => slope!),
            )
          : null,
        sameSign: usable
          ? fraction(
              effects.filter((effect, i) => effect > 0 === asked[i]!.slope! > 0).length,
              effects.length,
            )
          : null,
        unscored: 0,
      },
    ],
    rows: asked.map(({ item, slope }, i) => ({ item, slope, effect: usable ? effects[i]! : null })),
  };
}

/** Persona sentences of an example behaviour. */
export function examplePersona({ title }: Truth): { positive: string; negative: string } {
  return {
    positive: `You lean towards this side: ${title}.`,
    negative: `You lean away from this: ${title}.`,
  };
}
