import { SteerbenchError } from '../errors.ts';
import type { Statement } from './conversion.ts';
import type { Behaviour, Format, Item } from './item.ts';
import { pairStatements } from './pair-statements.ts';
import { shuffled } from './shuffle.ts';
import { formatSlice, parseSlice, type Slice, sliceBounds } from './slice.ts';
import { spreadStrata } from './strata.ts';

/** The three sets of an experiment. */
export type SetName = 'train' | 'validation' | 'test';

const setNames: readonly SetName[] = ['train', 'validation', 'test'];

/** How items are divided. */
export interface SplitOptions {
  format: Format;
  /** Slices as `parseSlice` reads them, or `none` for an empty set. Defaults `0%:40%`, `40%:50%`, `50%:100%`. */
  train?: string;
  validation?: string;
  test?: string;
  /** Seed of the shuffle, as Python's. Default 0. */
  seed?: number;
  /** Default true; false keeps the order of the file. */
  shuffle?: boolean;
  /** Whether percent slices are stratified by letter and word. Default true. */
  stratify?: boolean;
  /**
   * `published`: the test set begins at the item that was shuffled to the 50th place, whatever the training set holds.
   * Default `none`: the sets are disjoint.
   */
  leak?: 'none' | 'published';
  /** Fewest items of each set that is not `none`. Default 1. */
  minimum?: Partial<Record<SetName, number>>;
}

/** Items divided into three sets, disjoint unless the published leak was asked for. */
export interface Split {
  train: Item[];
  validation: Item[];
  test: Item[];
  /** Slices as resolved; null for `none`. */
  slices: Record<SetName, string | null>;
  /** True where each set has the letters and words in the proportions of the whole. */
  stratified: boolean;
  /** Items that can take the format but lie in no slice. */
  unused: number;
  /** Test items that are training or validation items as well; 0 without the published leak. */
  leaked: number;
  /** What was left out and how pairs were made, one sentence each. */
  notes: string[];
}

/**
 * Divides the items that can take a format: shuffle, then slice.
 *
 * Percent slices are stratified by positive letter x word; literal slices are taken from the plain shuffle, so that
 * published splits can be repeated. Persona items in `completion` are split as statements, then paired within a set.
 *
 * @throws RangeError for slices that overlap or mix percent with indexes; SteerbenchError `data-too-small`,
 * `format-unusable`.
 * @example
 * const { train, validation, test } = splitItems(behaviour, { format: 'completion' });
 */
export function splitItems(
  behaviour: Pick<Behaviour, 'name' | 'items'> & { statements?: ReadonlyMap<number, Statement> | null },
  options: SplitOptions,
): Split {
  const slices = resolveSlices(options);
  const usable = usableItems(behaviour, options.format);
  const order = options.shuffle === false ? [...usable.items] : shuffled(usable.items, options.seed ?? 0);
  const percent = setNames.some((name) => slices[name]?.unit === 'percent');
  const stratified = percent && options.stratify !== false;
  const arranged = stratified ? spreadStrata(order) : order;
  const split: Split = {
    train: [],
    validation: [],
    test: [],
    slices: { train: null, validation: null, test: null },
    stratified: stratified && order.some((item) => item.multipleChoice !== null),
    unused: order.length,
    leaked: 0,
    notes: usable.notes,
  };
  for (const name of setNames) {
    const slice = slices[name];
    if (slice === null) continue;
    const [own, end] = boundsWithin(slice, order.length, behaviour.name, name);
    const start = name === 'test' && options.leak === 'published' ? Math.min(publishedTestStart, own) : own;
    split.slices[name] = formatSlice(slice);
    split.unused -= end - start;
    split[name] = arranged.slice(start, end);
    if (usable.statements !== null) {
      const paired = pairStatements(split[name], usable.statements);
      split[name] = paired.items;
      split.notes.push(`${name}: ${paired.note}`);
    }
    requireEnough(split[name], options.minimum?.[name] ?? 1, behaviour.name, name);
  }
  if (options.leak !== 'published') assertDisjoint(split);
  else describeLeak(split);
  return split;
}

/**
 * Index at which the published test sets begin: "50:100%" lacks a %, and was read as an index.
 *
 * Source: `dtch1997/repepo`, `experiments/persona_generalization.py`.
 */
const publishedTestStart = 50;

function describeLeak(split: Split): void {
  const used = new Set([...split.train, ...split.validation].map(({ index }) => index));
  split.leaked = split.test.filter(({ index }) => used.has(index)).length;
  split.unused = Math.max(0, split.unused + split.leaked);
  split.notes.push(
    `As in the published runs, ${split.leaked} of ${split.test.length} test items are training items too.`,
  );
}

function resolveSlices(options: SplitOptions): Record<SetName, Slice | null> {
  const defaults = { train: '0%:40%', validation: '40%:50%', test: '50%:100%' };
  const parse = (name: SetName) => {
    const text = options[name] ?? defaults[name];
    return text === 'none' ? null : parseSlice(text, `--${name}`);
  };
  const slices = { train: parse('train'), validation: parse('validation'), test: parse('test') };
  const used = setNames.flatMap((name) => (slices[name] === null ? [] : [{ name, slice: slices[name] }]));
  const written = used.map(({ name, slice }) => `--${name} ${formatSlice(slice)}`).join(', ');
  if (new Set(used.map(({ slice }) => slice.unit)).size > 1) {
    throw new RangeError(`invalid slices; give all in percent or all as indexes: ${written}`);
  }
  const sorted = used.toSorted((a, b) => a.slice.start - b.slice.start);
  for (const [i, { slice }] of sorted.entries()) {
    if (i > 0 && slice.start < sorted[i - 1]!.slice.end)
      throw new RangeError(`invalid slices; they overlap: ${written}`);
  }
  return slices;
}

/** Items that have the format; for persona items in `completion`, the statements to pair after the split. */
function usableItems(
  behaviour: Parameters<typeof splitItems>[0],
  format: Format,
): { items: Item[]; statements: ReadonlyMap<number, Statement> | null; notes: string[] } {
  const field = format === 'completion' ? 'completion' : 'multipleChoice';
  const items = behaviour.items.filter((item) => item[field] !== null);
  const statements = behaviour.statements ?? null;
  if (items.length === 0 && format === 'completion' && statements !== null) {
    return { items: behaviour.items.filter(({ index }) => statements.has(index)), statements, notes: [] };
  }
  if (items.length === 0) {
    throw new SteerbenchError('format-unusable', `no item of "${behaviour.name}" has a ${format} form`, {
      remedy: `give --format ${format === 'completion' ? 'multiple-choice' : 'completion'}`,
    });
  }
  const left = behaviour.items.length - items.length;
  return {
    items,
    statements: null,
    notes: left === 0 ? [] : [`Left out for want of a ${format} form: ${left} of ${behaviour.items.length}.`],
  };
}

function boundsWithin(slice: Slice, count: number, behaviour: string, name: SetName): [number, number] {
  const [start, end] = sliceBounds(slice, count);
  if (end <= count) return [start, end];
  const message = `--${name} ${formatSlice(slice)} needs ${end} items; "${behaviour}" has ${count}`;
  throw new SteerbenchError('data-too-small', message, {
    remedy: 'give a slice within the items, or one in percent',
  });
}

function requireEnough(items: readonly Item[], minimum: number, behaviour: string, name: SetName): void {
  if (items.length >= minimum) return;
  const message = `the ${name} set of "${behaviour}" has ${items.length} items; at least ${minimum} are needed`;
  throw new SteerbenchError('data-too-small', message, { remedy: `give a wider --${name}, or more data` });
}

/** Guards the one property without which no result can be trusted; the slices were checked before. */
function assertDisjoint(split: Split): void {
  const all = setNames.flatMap((name) => split[name].map(({ index }) => index));
  if (new Set(all).size !== all.length)
    throw new Error('an item lies in two of the sets train, validation and test');
}
