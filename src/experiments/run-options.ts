import type { Format } from '../dataset/item.ts';
import { type Lora, type Precision, precisions } from '../engine/engine.ts';
import { SteerbenchError } from '../errors.ts';
import { type Operator, operators, type Start, starts } from '../interventions/intervention.ts';
import { type AnswerPrefixOption, answerPrefixOptions } from '../prompts/answer-prefix.ts';
import type { PromptForm } from '../prompts/prompt-form.ts';
import type { Score } from '../scores/propensity.ts';
import { type Method, methods } from '../vectors/method.ts';
import { choices, type ProfileName, profileNames } from './profiles.ts';

/** What a run takes as propensity, where its format allows; see `profiles.ts`. */
export type PropensityChoice = 'letter' | 'answer-logits' | Exclude<Score, 'logit-difference' | 'logit-sum'>;

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
  /** Where the next eleven options come from, unless one was given by itself. */
  profile: ProfileName;
  /** Whether percent slices are stratified by letter and word. */
  stratify: boolean;
  /** `published`: the test items begin at the 50th shuffled item, training items among them. */
  leak: 'none' | 'published';
  /** How a prompt is rendered: the model's own template, or as the published runs did. */
  promptForm: PromptForm;
  propensity: PropensityChoice;
  /** Whether lettered test items are measured with their letters exchanged as well. */
  orders: 'both' | 'given';
  /** Items that offer a third option. */
  multiOption: 'drop' | 'keep';
  personaPrompts: 'put-right' | 'published';
  /** Whether vectors in their own settings count in correlations over settings. */
  selfPairs: 'exclude' | 'include';
  /** How relative steerability is computed. */
  relative: 'bounded' | 'published';
  /** Layers as given: `all`, `15`, `10-20`, `10,15`. */
  layers: string;
  /** Which layers are steered on validation items: a shortlist of six, or every one. */
  layerSearch: 'shortlist' | 'every';
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
  /**
   * Test items that are measured under other prompt settings; 0 measures BASE alone. With fewer than all
   * only the vectors of BASE and of the setting itself are steered, at three multipliers.
   */
  settingItems: number | 'all';
  /** Persona sentences that ask for either side, in place of those the behaviour has; null for these. */
  personaPositive: string | null;
  personaNegative: string | null;
  /** What the positive and the negative answers show, as phrases for reports and judges; null for the behaviour's own words. */
  positiveMeaning: string | null;
  negativeMeaning: string | null;
  /** Neutral system messages under which items are measured again, for the noise of an item's slope, and items. */
  replicates: number;
  replicateItems: number;
  /** Metadata fields of the items that count as factors of bias, beside letter and word. */
  factors: string[];
  /** Neutral texts steered, for damage. */
  damageTexts: number;
  /** Tokens of each that are compared, from its first. */
  damageTokens: number;
  /** Ascending; also those beyond the run's multipliers, to find where damage begins. */
  damageMultipliers: number[];
  /** Vectors of resampled training pairs, for the stability of the vector. */
  bootstrapVectors: number;
  /** Test prompts continued, and the length of each continuation. */
  continuedItems: number;
  continuedTokens: number;
  /** Sampled continuations beside the greedy one (0 or 1), and their temperature. */
  sampledTexts: number;
  temperature: number;
  /** What scores free answers. */
  scorer: 'classifier' | 'judge' | 'none';
  /** An OpenAI-compatible endpoint, its model, and the name of the variable that holds its key; null without. */
  judgeUrl: string | null;
  judgeModel: string | null;
  judgeKeyVariable: string | null;
  /** Whose prompts and answers stand in the result; `own` leaves out those of public datasets. Item numbers always do. */
  keepTexts: 'all' | 'own' | 'none';
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
  profile: 'corrected',
  stratify: true,
  leak: 'none',
  promptForm: 'template',
  propensity: 'letter',
  orders: 'both',
  multiOption: 'drop',
  personaPrompts: 'put-right',
  selfPairs: 'exclude',
  relative: 'bounded',
  layers: 'all',
  layerSearch: 'shortlist',
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
  settingItems: 0,
  personaPositive: null,
  personaNegative: null,
  positiveMeaning: null,
  negativeMeaning: null,
  replicates: 2,
  replicateItems: 20,
  factors: [],
  damageTexts: 10,
  damageTokens: 64,
  damageMultipliers: [-2, -1.5, -1, -0.5, 0.5, 1, 1.5, 2],
  bootstrapVectors: 200,
  continuedItems: 20,
  continuedTokens: 32,
  sampledTexts: 0,
  temperature: 0.8,
  scorer: 'classifier',
  judgeUrl: null,
  judgeModel: null,
  judgeKeyVariable: null,
  keepTexts: 'all',
  measureAnyway: false,
};

/**
 * Refuses values that no run could use.
 *
 * @throws RangeError naming the option, its value and what is allowed
 */
export function checkRunOptions(options: RunOptions): void {
  oneOf('format', options.format, ['multiple-choice', 'completion']);
  oneOf('profile', options.profile, profileNames);
  for (const [name, fields] of choiceFields) oneOf(name, String(options[name]), fields);
  oneOf('start', options.start, starts);
  oneOf('operator', options.operator, operators);
  oneOf('method', options.method, methods);
  oneOf('answer-prefix', options.answerPrefix, answerPrefixOptions);
  oneOf('precision', options.precision, precisions);
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
  oneOf('keepTexts', options.keepTexts, ['all', 'own', 'none']);
  oneOf('scorer', options.scorer, ['classifier', 'judge', 'none']);
  const { settingItems, sampledTexts, temperature } = options;
  if (settingItems !== 'all' && !(Number.isInteger(settingItems) && settingItems >= 0)) {
    throw new RangeError(
      `invalid "settingItems"; expected a whole number from 0 on, or all: ${settingItems}`,
    );
  }
  if (sampledTexts !== 0 && sampledTexts !== 1) {
    throw new RangeError(`invalid "sampledTexts"; expected 0 or 1: ${sampledTexts}`);
  }
  if (!(temperature > 0 && Number.isFinite(temperature))) {
    throw new RangeError(`invalid "temperature"; expected a number above 0: ${temperature}`);
  }
  for (const name of [
    'seed',
    'randomVectors',
    'shuffledVectors',
    'nullItems',
    'noiseItems',
    'replicates',
    'replicateItems',
    'damageTexts',
    'damageTokens',
    'bootstrapVectors',
    'continuedItems',
    'continuedTokens',
  ] as const) {
    if (!Number.isInteger(options[name]) || options[name] < 0) {
      throw new RangeError(`invalid "${name}"; expected a whole number from 0 on: ${options[name]}`);
    }
  }
}

/** Options that a profile sets, with the values they may have. */
const choiceFields = (
  [
    'leak',
    'promptForm',
    'propensity',
    'orders',
    'multiOption',
    'personaPrompts',
    'selfPairs',
    'relative',
  ] as const
).map((field) => {
  const values = Object.values(choices).flatMap((choice) =>
    Object.values(choice.values as Record<string, Partial<RunOptions>>).flatMap((part) => part[field] ?? []),
  );
  return [field, values] as const;
});

/** A count of items, or all of a set. */
export function countOf(items: number | 'all', all: number): number {
  return items === 'all' ? all : Math.min(items, all);
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
