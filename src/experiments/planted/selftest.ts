import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Format } from '../../dataset/item.ts';
import type { Engine, LoadOptions, MeasureResult } from '../../engine/engine.ts';
import { loadEngine } from '../../engine/remote-engine.ts';
import type { Intervention } from '../../interventions/intervention.ts';
import { cosine } from '../../math/vector.ts';
import { createCaseBuilder } from '../../prompts/build-case.ts';
import type { Case } from '../../prompts/case.ts';
import { propensity } from '../../scores/propensity.ts';
import { fitSlope } from '../../statistics/slope.ts';
import { extractVector } from '../../vectors/extract-vector.ts';
import { defaultRunOptions } from '../run-options.ts';
import { plantedMeanDifference, plantedSlope } from './planted-answer.ts';
import { type PlantedItem, plantedItems } from './planted-items.ts';
import { type PlantedModel, writePlantedModel } from './planted-model.ts';

/** One thing whose right value is known without running the model. */
export interface SelftestCheck {
  check: string;
  expected: string;
  obtained: string;
  passed: boolean;
}

/** What the planted model gave. */
export interface Selftest {
  checks: SelftestCheck[];
  /** Whether every check passed. */
  passed: boolean;
  /** CPU variant and devices that computed it. */
  backends: string[];
}

/** Multiples of 8, in which every planted pair occurs equally often. */
const itemCounts: Record<Format, number> = { completion: 16, 'multiple-choice': 8 };
/** Blocks where the closed form holds. */
const layers = [1, 2, 3];
const leastCosine = 0.9999;
const slopeTolerance = 1e-4;
const { multipliers, start, system } = defaultRunOptions;

/** How the selftest runs. */
export interface SelftestOptions extends Pick<LoadOptions, 'onLog'> {
  /** Loads the engine that is tested. Default: llama.cpp in a process of its own. */
  load?: (options: LoadOptions) => Promise<Engine>;
}

/**
 * Runs the planted model, whose vector, slopes and backward items are known in closed form, through the installed
 * engine in its own process: extraction, steering and scoring, in both formats.
 *
 * @throws SteerbenchError when the engine cannot be loaded or dies; a wrong number is a check that has not passed
 * @example
 * const { passed, checks } = await selftest();
 */
export async function selftest({ load = loadEngine, ...options }: SelftestOptions = {}): Promise<Selftest> {
  const folder = await mkdtemp(join(tmpdir(), 'steerbench-selftest-'));
  let engine: Engine | null = null;
  try {
    const path = join(folder, 'planted.gguf');
    const model = await writePlantedModel(path);
    // One thread: in a model this small, threads only wait for each other, for minutes where the processor is busy.
    engine = await load({ ...options, path, threads: 1 });
    const checks: SelftestCheck[] = [];
    for (const format of ['completion', 'multiple-choice'] as const)
      checks.push(...(await checkFormat(engine, model, format)));
    return { checks, passed: checks.every(({ passed }) => passed), backends: engine.facts.backends };
  } finally {
    await engine?.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

async function checkFormat(engine: Engine, model: PlantedModel, format: Format): Promise<SelftestCheck[]> {
  const items = plantedItems(model, itemCounts[format]);
  const builder = await createCaseBuilder({
    behaviour: 'planted',
    format,
    system,
    tokenizer: engine,
    facts: engine.facts,
  });
  const cases = await Promise.all(items.map((item) => builder.build(item)));
  const vectors = await extract(engine, cases, format);
  const sweep = await engine.measure({
    cases,
    interventions: vectors.flatMap((vector, place) => interventionsOf(layers[place]!, vector)),
    branches: layers.flatMap((_, place) => multipliers.map((_, m) => [place * multipliers.length + m])),
    tokens: format === 'completion' ? 'answer' : 'letter',
    logprobs: format === 'completion',
  });
  return [
    checkDirection(model, cases, vectors),
    ...checkSlopes(model, items, cases, vectors, sweep, format),
    await checkZero(engine, cases, vectors[0]!, format),
    checkRows(cases, sweep),
    checkDecoding(sweep),
  ].map((check) => ({ ...check, check: `${format}: ${check.check}` }));
}

async function extract(engine: Engine, cases: Case[], format: Format): Promise<Float32Array[]> {
  const position = format === 'completion' ? 'answer-mean' : 'letter';
  const { positive, negative, width } = await engine.capture(cases, position, layers);
  return layers.map((_, place) => {
    const at = (rows: Float32Array) => rows.subarray(place * width, (place + 1) * width);
    return extractVector('mean-difference', positive.map(at), negative.map(at));
  });
}

function interventionsOf(layer: number, vector: Float32Array): Intervention[] {
  return multipliers.map((multiplier) => ({ layer, vector, multiplier, operator: 'add', start }));
}

function checkDirection(model: PlantedModel, cases: Case[], vectors: Float32Array[]): SelftestCheck {
  const planted = Float32Array.from(plantedMeanDifference(model, cases));
  const least = Math.min(...vectors.map((vector) => cosine(vector, planted) ?? 0));
  return {
    check: `extraction at blocks ${layers.join(', ')} recovers the planted direction`,
    expected: `cosine above ${leastCosine}`,
    obtained: least.toFixed(8),
    passed: least > leastCosine,
  };
}

function checkSlopes(
  model: PlantedModel,
  items: PlantedItem[],
  cases: Case[],
  vectors: Float32Array[],
  { measurements }: MeasureResult,
  format: Format,
): SelftestCheck[] {
  const slopes = layers.map((_, place) =>
    measurements.map((branches) => {
      const own = branches.slice(place * multipliers.length, (place + 1) * multipliers.length);
      const score = format === 'completion' ? 'logprob' : 'logit-difference';
      return fitSlope(
        multipliers,
        own.map((measurement) => propensity(measurement, score).value),
      ).slope!;
    }),
  );
  const errors = slopes.flatMap((row, place) =>
    row.map((slope, i) => Math.abs(slope - plantedSlope(model, cases[i]!, multipliers, vectors[place]!))),
  );
  const largest = Math.max(...errors);
  const planted = items.filter((item) => isBackward(item, format)).map(({ index }) => index);
  const found = slopes.map((row) =>
    row.flatMap((slope, i) => (slope <= 0 ? [items[i]!.index] : [])).join(' '),
  );
  return [
    {
      check: `slopes of ${items.length} items are the analytic ones`,
      expected: `largest difference below ${slopeTolerance}`,
      obtained: largest.toExponential(1),
      passed: largest < slopeTolerance,
    },
    {
      check: 'exactly the planted items steer backwards',
      expected: planted.join(' '),
      obtained: [...new Set(found)].join(' | '),
      passed: found.every((list) => list === planted.join(' ')),
    },
  ];
}

/** In the letter form the direction is that of the letter (A): whatever asks for (B) steers backwards. */
function isBackward(item: PlantedItem, format: Format): boolean {
  return format === 'completion' ? item.backward : item.multipleChoice!.positive === 'B';
}

/** The unsteered model, multiplier 0, and a hook that adds nothing: the same bits. */
async function checkZero(
  engine: Engine,
  cases: Case[],
  vector: Float32Array,
  format: Format,
): Promise<SelftestCheck> {
  const zero: Intervention = { layer: layers[0]!, vector, multiplier: 0, operator: 'add', start };
  const nothing: Intervention = { ...zero, vector: new Float32Array(vector.length), multiplier: 1 };
  const bits = async (interventions: Intervention[]) => {
    const { measurements } = await engine.measure({
      cases,
      interventions,
      branches: [interventions.map((_, index) => index)],
      tokens: format === 'completion' ? 'answer' : 'letter',
      logprobs: false,
    });
    return measurements.flatMap(([one]) => [...one!.positive.logits, ...one!.negative.logits]);
  };
  const [unsteered, atZero, hooked] = [await bits([]), await bits([zero]), await bits([nothing])];
  const differing = unsteered.filter((logit, i) => atZero[i] !== logit || hooked[i] !== logit).length;
  return {
    check: 'multiplier 0, and a hook that adds nothing, change no bit',
    expected: `0 of ${unsteered.length} logits differ`,
    obtained: `${differing} of ${unsteered.length} logits differ`,
    passed: differing === 0,
  };
}

/** From the last prompt token to the one before the measured token; at the last block only that one is computed. */
function checkRows(cases: Case[], { work }: MeasureResult): SelftestCheck {
  const steered = multipliers.filter((multiplier) => multiplier !== 0).length;
  const rows = cases.map(
    ({ positive }) => (positive.letter ?? positive.answerStart) - positive.lastPromptToken,
  );
  const all = steered * rows.reduce((sum, count) => sum + count, 0);
  const describe = (list: { layer: number; rows: number }[]) =>
    list.map(({ layer, rows: count }) => `${count} at block ${layer}`).join(', ');
  const expected = describe(
    layers.map((layer) => ({ layer, rows: layer === 3 ? steered * cases.length : all })),
  );
  const obtained = describe(work.steeredRows);
  return { check: 'rows steered are those planned', expected, obtained, passed: obtained === expected };
}

function checkDecoding({ work: { decodedTokens, distinctTokens } }: MeasureResult): SelftestCheck {
  return {
    check: 'every distinct token of the sweep is decoded once',
    expected: `${distinctTokens} tokens`,
    obtained: `${decodedTokens} tokens`,
    passed: decodedTokens === distinctTokens,
  };
}
