import { readFileSync } from 'node:fs';
import { parseResult, type Result, resultVersion } from '../../src/result/schema.ts';
import { antiSteerableFraction } from '../../src/statistics/anti-steerable.ts';
import { fraction } from '../../src/statistics/fraction.ts';
import { excessKurtosis } from '../../src/statistics/kurtosis.ts';
import { mean } from '../../src/statistics/mean.ts';
import { median } from '../../src/statistics/median.ts';
import { countingPValue } from '../../src/statistics/null-distribution.ts';
import { fitSlope } from '../../src/statistics/slope.ts';
import { standardDeviation } from '../../src/statistics/spread.ts';
import { exampleDamage } from './example-damage.ts';
import { around } from './example-estimate.ts';
import { exampleGenerationCheck } from './example-free-answers.ts';
import { exampleRanges, exampleReplicates, exampleStability } from './example-noise.ts';
import { exampleOod, examplePersona, examplePrompting, exampleSettings } from './example-prompts.ts';
import { exampleRules } from './example-rules.ts';

const multipliers = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5];
const chosenLayer = 17;

/** A plausible audit of 60 test items, every number from a formula: for pictures, snapshots and their tests. */
export function exampleResult(): Result {
  const items = exampleItems();
  const slopes = items.map((item) => item.slope!);
  const rows = items.map(({ item, slope, propensities }) => ({ item, slope: slope!, propensities }));
  const backwards = slopes.filter((slope) => slope <= 0).length;
  const ood = exampleOod(slopes.slice(0, 30), false);
  const worst = ood.relative.find(({ setting, self }) => setting === 'USER_NEG' && !self)!;
  const testMean = mean(slopes);
  return parseResult({
    schema: 'steerbench.result',
    version: resultVersion,
    experiment: 'audit',
    behaviour: {
      name: 'sentiment',
      title: 'Sentiment',
      positiveMeaning: 'a pleased view',
      negativeMeaning: 'a displeased view',
      source: 'built-in',
      family: 'pairs',
      hash: 'c4a760a8'.repeat(8),
      items: 120,
      balance: null,
      persona: examplePersona,
      notes: [],
    },
    model: {
      name: 'SmolLM2-135M-Instruct',
      reference: 'smollm2-135m-instruct',
      architecture: 'llama',
      blocks: 30,
      width: 576,
      vocabulary: 49152,
      description: 'llama 135M F16',
      precision: 'f16',
      kvCache: 'f32',
      hash: '9f86d081'.repeat(8),
      sourceHash: '2c26b46b'.repeat(8),
      bytes: 270_883_104,
      backends: ['CPU'],
      threads: 2,
      batchRows: 96,
    },
    versions: { steerbench: '0.1.0', llamaCpp: 'v0.5.0', node: 'v20.20.2', platform: 'linux-x64' },
    options: {
      model: 'smollm2-135m-instruct',
      precision: 'f16',
      format: 'completion',
      layers: 'all',
      multipliers,
      operator: 'add',
      start: 'last-prompt-token',
      method: 'mean-difference',
      seed: 0,
    },
    format: 'completion',
    unit: 'nats',
    profile: 'corrected',
    multipliers,
    operator: 'add',
    start: 'last-prompt-token',
    split: {
      seed: 0,
      shuffled: true,
      stratified: true,
      train: '0%:40%',
      validation: '40%:50%',
      test: '50%:100%',
      trainItems: Array.from({ length: 48 }, (_, i) => 60 + i),
      validationItems: Array.from({ length: 12 }, (_, i) => 108 + i),
      testItems: Array.from({ length: 60 }, (_, i) => i),
      leaked: 0,
    },
    prompt: {
      system: 'You are a helpful, honest and concise assistant.',
      example: [
        '<|im_start|>system\nYou are a helpful, honest and concise assistant.<|im_end|>\n',
        `<|im_start|>user\n${items[0]!.prompt}<|im_end|>\n<|im_start|>assistant\n${items[0]!.positive}`,
      ].join(''),
      exampleItem: 0,
      answerPrefix: 'none',
      notes: [],
      seamsMoved: 0,
    },
    settings: exampleSettings(items[0]!.prompt, items[0]!.positive),
    competence: {
      questions: 24,
      right: 22,
      share: fraction(22, 24),
      threshold: 0.6,
      passed: true,
      letterBias: null,
      contentEffect: null,
      choiceMass: null,
    },
    vector: {
      method: 'mean-difference',
      readPosition: 'mean-answer',
      trainingPairs: 48,
      norm: 12.83,
      safetensors: 'vectors/sentiment-mean-difference.safetensors',
      gguf: 'vectors/sentiment-mean-difference.gguf',
      directionalAgreement: mean(Array.from({ length: 12 }, (_, i) => 0.44 + 0.09 * wobble(i, 3))),
      dPrime: around(2.61, 0.72, 12, 'interval of Bonett on the log scale'),
      rocAuc: around(0.965, 0.031, 12, 'interval of DeLong over pairs, logit scale'),
      overlap: around(0.19, 0.11, 12, 'Wilson interval of the best threshold, widened for its choice'),
      stability: {
        ...{ resamples: 200, mean: 0.953, low: 0.921 },
        withLimit: around(0.976, 0.008, 48, 'jackknife over items'),
      },
      warnings: [],
    },
    layers: exampleLayers(),
    layer: chosenLayer,
    layerChoice:
      'highest mean minus standard error of the slope on 12 validation items, among the six layers with the largest cross-validated separability',
    layerStability: exampleStability(chosenLayer),
    steerability: {
      mean: testMean,
      median: median(slopes),
      sd: standardDeviation(slopes),
      kurtosis: excessKurtosis(slopes),
      antiSteerable: antiSteerableFraction(slopes),
      smallestDetectable: 0.94,
      meanR2: 0.93,
      monotonicShare: fraction(items.filter((item) => item.monotonic === 'increasing').length, 60),
    },
    curve: multipliers.map((multiplier, k) => ({
      multiplier,
      propensity: mean(items.map((item) => item.propensities[k]!)),
    })),
    items,
    bias: null,
    orders: null,
    replicates: exampleReplicates(rows, false),
    ranges: exampleRanges(rows, multipliers),
    ood,
    prompting: examplePrompting(slopes.slice(0, 30)),
    damage: exampleDamage(testMean.value!, false),
    generationCheck: exampleGenerationCheck(rows),
    randomNull: exampleNull(20, 15, 0.62, 11),
    shuffledNull: exampleNull(20, 15, 1.05, 23),
    lexical: {
      meanOverlap: 0.412,
      lowOverlapItems: 20,
      lowOverlapLimit: 0.33,
      lowOverlapSlope: mean(slopes.slice(0, 20)),
    },
    noise: { precision: 'f16', reference: 'f32', items: 8, rms: 0.0041, largest: 0.0098 },
    dose: multipliers.map((multiplier) => ({ multiplier, share: Math.abs(multiplier) * 0.214 })),
    generations: exampleGenerations(items),
    verdict: {
      kind: 'steers',
      reliable: false,
      headline: `The vector for "Sentiment" steers SmolLM2-135M-Instruct: ${testMean.value!.toFixed(2)} nats per unit of multiplier (95 % interval ${testMean.low!.toFixed(2)} to ${testMean.high!.toFixed(2)}), with ${((100 * backwards) / 60).toFixed(1)} % of 60 test items going backwards.`,
      rules: exampleRules(testMean, backwards, worst.ratio),
      recommendedMultiplier: 1,
      recommendation:
        '1 is the largest of the tested multipliers 0.5, 1, 1.5 that does not damage neutral text.',
    },
    notMeasured: [
      { what: 'letter and Yes/No bias', reason: 'the completion format has no letters' },
      { what: 'both letter orders', reason: 'the completion format has no letters' },
    ],
    work: [
      { stage: 'competence', decodedTokens: 2210, distinctTokens: 2210, batches: 16, steeredRows: 0 },
      { stage: 'extraction', decodedTokens: 4805, distinctTokens: 4805, batches: 30, steeredRows: 0 },
      { stage: 'layer choice', decodedTokens: 11420, distinctTokens: 11420, batches: 76, steeredRows: 10080 },
      { stage: 'measurement', decodedTokens: 14960, distinctTokens: 14960, batches: 101, steeredRows: 8640 },
    ],
  });
}

function exampleItems() {
  return readSentences().map((sentence, i) => {
    const own = 4.6 + 3.6 * wobble(i, 1) + 1.6 * wobble(i, 2) - (i % 9 === 8 ? 5.2 : 0);
    const start = 7 * wobble(i, 5);
    const propensities = multipliers.map(
      (m, k) =>
        start + own * m - 0.35 * own * (Math.abs(m) ** 3 / 4) * Math.sign(m) + 0.3 * wobble(i, 17 + k),
    );
    const { sse, n, ...fit } = fitSlope(multipliers, propensities);
    return {
      item: i,
      ...sentence,
      positiveLetter: null,
      positiveWord: null,
      swappedSlope: null,
      ...fit,
      propensities,
    };
  });
}

function exampleLayers() {
  const shortlist = [15, 16, 17, 18, 19, 20];
  return Array.from({ length: 30 }, (_, layer) => {
    const height = Math.exp(-(((layer - 18) / 8) ** 2));
    const slopes = Array.from({ length: 12 }, (_, i) => 4.8 * height + 2.2 * wobble(i + layer, 7));
    const tried = shortlist.includes(layer);
    return {
      layer,
      norm: 2 + 0.62 * layer,
      separability: 0.5 + 2.3 * height + 0.12 * wobble(layer, 9),
      shortlisted: tried,
      slope: tried ? mean(slopes) : null,
      standardError: tried ? 0.42 : null,
      antiSteerable: tried ? antiSteerableFraction(slopes) : null,
    };
  });
}

function exampleNull(k: number, items: number, spread: number, salt: number) {
  const real = 4.71;
  const slopes = Array.from({ length: k }, (_, i) => spread * (wobble(i, salt) + wobble(i, salt + 1)));
  const { p } = countingPValue(real, slopes);
  return { k, multipliers: [-1, 1], items, real, slopes, p, tailP: 0.00002 };
}

function exampleGenerations(items: { item: number; prompt: string; positive: string; negative: string }[]) {
  return items.slice(0, 3).map(({ item, prompt, positive, negative }) => ({
    item,
    prompt,
    continuations: [
      {
        multiplier: -1,
        text: `${negative} I would not go back, and I would not send a friend there either.`,
        score: -2.1 - 0.3 * item,
      },
      {
        multiplier: 0,
        text: 'It depends on what you are looking for. There are a few things to consider:\n\n1. ',
        score: 0.2 + 0.1 * item,
      },
      {
        multiplier: 1,
        text: `${positive} It is a lovely thing to have around, and everyone seems glad of it.`,
        score: 3.4 - 0.5 * item,
      },
    ],
  }));
}

/** The first 60 sentences of the built-in sentiment set: real text of real length. */
function readSentences(): { prompt: string; positive: string; negative: string }[] {
  const file = new URL('../../src/behaviours/data/sentiment.jsonl', import.meta.url);
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, 60)
    .map((line) => JSON.parse(line));
}

/** A number in [-1, 1) that looks random and is the same on every machine: integer arithmetic only. */
function wobble(i: number, salt: number): number {
  const mixed = ((i + 1) * 7919 + salt * 104729 + (i + 3) * (i + 3) * 631 + salt * i * 97) % 2003;
  return (2 * mixed) / 2003 - 1;
}
