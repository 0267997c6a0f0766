import type { Format } from '../../dataset/item.ts';
import { shortlistLength } from '../../scores/layer-choice.ts';
import { countOf, type RunOptions } from '../run-options.ts';

/** Sizes on which the cost of a run depends, measured on a few of its items or guessed from their characters. */
export interface RunSizes {
  format: Format;
  /** Items of each set. */
  train: number;
  validation: number;
  test: number;
  /** Mean tokens of a prompt and of an answer. */
  promptTokens: number;
  answerTokens: number;
  blocks: number;
  /** Width of the residual stream; null where it is not known. */
  width: number | null;
  /** Whether there are sentences for other settings. */
  hasPersona: boolean;
  /** Layers that are looked at. */
  layers: number;
}

/** What a run will cost. */
export interface RunCost {
  /** Rows that go through the decoder. */
  rows: number;
  /** Rows, each counted by the share of the blocks that it needs: what time goes by. */
  wholeRows: number;
  /** Bytes of cells. */
  diskBytes: number;
}

/** Control questions of the competence check, with the tokens of a question and of its answers. */
const controls = { 'multiple-choice': { items: 48, tokens: 62 }, completion: { items: 24, tokens: 56 } };

/** Tokens of a prompt before a neutral text. */
const neutralPrompt = 30;

/** Bytes of one measured number in a cell, as JSON has it. */
const bytesPerNumber = 20;

/** Rows of a stage, and the same counted by the share of the blocks that they need. */
interface Amount {
  rows: number;
  wholeRows: number;
}

/**
 * What a run of the audit's parts will cost, from its options and sizes alone.
 *
 * A prompt is decoded once, each branch from its last token on: rows = prompt + branches x (answers). Where one layer
 * is steered, the middle one is supposed, and the blocks below it count once a token path.
 */
export function estimateRun(options: RunOptions, sizes: RunSizes): RunCost {
  const amounts = stagesOf(options, sizes);
  const { test, train, validation, layers, width, format, answerTokens } = sizes;
  const moving = movingMultipliers(options);
  const numbers = (format === 'completion' ? 4 * answerTokens : 4) * bytesPerNumber;
  const branches = ordersOf(options, sizes) * (moving + 1) + (isWhole(options, sizes) ? 29 * moving : 0);
  const pairs = train * (layers + (isWhole(options, sizes) ? 4 : 0)) + validation;
  return {
    rows: Math.round(sum(amounts.map(({ rows }) => rows))),
    wholeRows: Math.round(sum(amounts.map(({ wholeRows }) => wholeRows))),
    diskBytes: Math.round(test * branches * numbers + (width === null ? 0 : 2 * pairs * width * 4)),
  };
}

function stagesOf(options: RunOptions, sizes: RunSizes): Amount[] {
  const { test, train, validation, layers } = sizes;
  const moving = movingMultipliers(options);
  const settingItems = settingItemsOf(options, sizes);
  const tried =
    layers === 1 ? 0 : options.layerSearch === 'every' ? layers : Math.min(layers, shortlistLength);
  const nullItems = Math.min(options.nullItems, test);
  const one = (items: number, branches: number) => steered(sizes, items, branches, true);
  const inOtherSettings = isWhole(options, sizes)
    ? [one(test, 5 * moving), one(4 * test, 6 * moving)]
    : [one(4 * settingItems, 4)];
  return [
    plain(controls[sizes.format].items * controls[sizes.format].tokens),
    plain(captured(sizes, train)),
    plain(captured(sizes, validation), 0.5),
    tried === 0 ? plain(0) : steered(sizes, validation, 2 * tried, false),
    one(ordersOf(options, sizes) * test, moving),
    ...[options.randomVectors, options.shuffledVectors].map((vectors) =>
      vectors === 0 ? plain(0) : one(nullItems, 2 * (vectors + 1)),
    ),
    ...(settingItems === 0 ? [] : [plain(4 * captured(sizes, train), 0.5), ...inOtherSettings]),
    one(options.replicates * Math.min(options.replicateItems, test), 2),
    plain(
      options.damageTexts * (neutralPrompt + options.damageTokens * (1 + options.damageMultipliers.length)),
      0.6,
    ),
    one(options.damageTexts === 0 ? 0 : Math.min(options.replicateItems, test), 2),
    plain(
      Math.min(options.continuedItems, test) *
        (sizes.promptTokens + 3 * (1 + options.sampledTexts) * options.continuedTokens),
    ),
    plain(captured(sizes, nullItems)),
  ];
}

/** Items under some steered branches and the unsteered one. */
function steered(
  { format, promptTokens, answerTokens }: RunSizes,
  items: number,
  branches: number,
  oneLayer: boolean,
): Amount {
  // The last prompt token is a row of every branch; an answer's last token predicts nothing.
  const branch = format === 'completion' ? 2 * answerTokens - 1 : 2;
  const path = promptTokens - 1 + branch;
  const rows = items * (path + branches * branch);
  return { rows, wholeRows: oneLayer ? (items * path) / 2 + rows / 2 : rows };
}

function plain(rows: number, share = 1): Amount {
  return { rows, wholeRows: rows * share };
}

/** Rows that are read of some pairs, unsteered: the prompt once, both answers. */
function captured({ promptTokens, answerTokens }: RunSizes, pairs: number): number {
  return pairs * (promptTokens + 2 * answerTokens);
}

function movingMultipliers({ multipliers }: RunOptions): number {
  return multipliers.filter((multiplier) => multiplier !== 0).length;
}

function settingItemsOf({ settingItems }: RunOptions, { hasPersona, test }: RunSizes): number {
  return hasPersona ? countOf(settingItems, test) : 0;
}

function isWhole(options: RunOptions, sizes: RunSizes): boolean {
  return sizes.test > 0 && settingItemsOf(options, sizes) === sizes.test;
}

function ordersOf({ orders }: RunOptions, { format }: RunSizes): number {
  return format === 'multiple-choice' && orders === 'both' ? 2 : 1;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
