import type { Format } from '../dataset/item.ts';
import type { Lora, Precision } from '../engine/engine.ts';
import { SteerbenchError } from '../errors.ts';
import { type Operator, operators, type Start, starts } from '../interventions/intervention.ts';
import { type AnswerPrefixOption, answerPrefixOptions } from '../prompts/answer-prefix.ts';
import { type Method, methods } from '../vectors/method.ts';

/** Everything that decides what a run computes; part of plan.json. */
export interface RunOptions {
  precision: Precision;
  kvCache: 'f32' | 'f16';
  contextTokens: number;
  batchRows: number;
  /** Null: the physical cores. */
  threads: number | null;
  gpuLayers: number;
  /** LoRA adapters, each with its scale. */
  loras: Lora[];
  /** Whether the blocks below a single steered layer are computed once for all branches. */
  splitBlocks: boolean;
  format: Format;
  /** Layers as given: `all`, `15`, `10-20`, `10,15`. */
  layers: string;
  /** Ascending, distinct, at least two, 0 among them. */
  multipliers: number[];
  start: Start;
  method: Method;
  operator: Operator;
  train: string;
  validation: string;
  test: string;
  shuffle: boolean;
  seed: number;
  /** Null: no system message. */
  system: string | null;
  answerPrefix: AnswerPrefixOption;
  /** Consecutive items of one cell. */
  cellItems: number;
  /** Null vectors of each kind, and the test items they are measured on. */
  randomVectors: number;
  shuffledVectors: number;
  nullItems: number;
  /** Test items measured again at F32. */
  noiseItems: number;
  /** Test prompts continued, and the length of each continuation. */
  continuedItems: number;
  continuedTokens: number;
  /** Goes on although the competence check failed. */
  measureAnyway: boolean;
}

/** Defaults of a run; the format and the precision depend on behaviour and model. */
export const defaultRunOptions: Omit<RunOptions, 'format' | 'precision'> = {
  kvCache: 'f32',
  contextTokens: 4096,
  batchRows: 128,
  threads: null,
  gpuLayers: 0,
  loras: [],
  splitBlocks: true,
  layers: 'all',
  multipliers: [-1.5, -1, -0.5, 0, 0.5, 1, 1.5],
  start: 'last-prompt-token',
  method: 'mean-difference',
  operator: 'add',
  train: '0%:40%',
  validation: '40%:50%',
  test: '50%:100%',
  shuffle: true,
  seed: 0,
  system: 'You are a helpful, honest and concise assistant.',
  answerPrefix: 'auto',
  cellItems: 8,
  randomVectors: 20,
  shuffledVectors: 5,
  nullItems: 15,
  noiseItems: 4,
  continuedItems: 3,
  continuedTokens: 40,
  measureAnyway: false,
};

/**
 * Refuses values that no run could use.
 *
 * @throws RangeError naming the option, its value and what is allowed
 */
export function checkRunOptions(options: RunOptions): void {
  oneOf('format', options.format, ['multiple-choice', 'completion']);
  oneOf('start', options.start, starts);
  oneOf('operator', options.operator, operators);
  oneOf('method', options.method, methods);
  oneOf('answer-prefix', options.answerPrefix, answerPrefixOptions);
  oneOf('precision', options.precision, ['file', 'f32', 'f16', 'bf16']);
  oneOf('kv-cache', options.kvCache, ['f32', 'f16']);
  const { multipliers } = options;
  if (
    multipliers.length < 2 ||
    !multipliers.every(Number.isFinite) ||
    new Set(multipliers).size < multipliers.length
  ) {
    throw new RangeError(
      `invalid "multipliers"; expected at least two different numbers: ${multipliers.join(',')}`,
    );
  }
  for (const name of ['contextTokens', 'batchRows', 'cellItems'] as const) {
    if (!Number.isInteger(options[name]) || options[name] < 1) {
      throw new RangeError(`invalid "${name}"; expected a whole number from 1 on: ${options[name]}`);
    }
  }
  for (const name of [
    'seed',
    'randomVectors',
    'shuffledVectors',
    'nullItems',
    'noiseItems',
    'continuedItems',
  ] as const) {
    if (!Number.isInteger(options[name]) || options[name] < 0) {
      throw new RangeError(`invalid "${name}"; expected a whole number from 0 on: ${options[name]}`);
    }
  }
}

function oneOf(name: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value))
    throw new RangeError(`invalid "${name}"; not one of ${allowed.join(', ')}: ${value}`);
}

/**
 * The layers that a text such as `all`, `15`, `10-20` or `10,15` names, ascending.
 *
 * @throws RangeError for a text of another form; SteerbenchError `layer-out-of-range`
 */
export function parseLayers(text: string, blocks: number): number[] {
  if (text === 'all') return Array.from({ length: blocks }, (_, layer) => layer);
  const layers = new Set<number>();
  for (const part of text.split(',')) {
    const match = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part);
    if (match === null) throw new RangeError(`invalid "layers"; expected all, 15, 10-20 or 10,15: ${text}`);
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    if (last < first) throw new RangeError(`invalid "layers"; ${first}-${last} runs backwards`);
    if (last >= blocks) {
      throw new SteerbenchError(
        'layer-out-of-range',
        `layer ${last} does not exist: the model has ${blocks} blocks, 0 to ${blocks - 1}`,
        {
          remedy: `give --layers between 0 and ${blocks - 1}`,
        },
      );
    }
    for (let layer = first; layer <= last; layer++) layers.add(layer);
  }
  return [...layers].sort((a, b) => a - b);
}
