import type { Balance } from './balance.ts';
import { describeBalance } from './balance.ts';
import type { Fault } from './fault.ts';
import { firstWordAccuracy } from './first-word.ts';
import type { Item } from './item.ts';
import { nearDuplicates } from './near-duplicates.ts';
import { type LoadedBehaviour, parseBehaviour } from './parse.ts';
import { splitRecords } from './records.ts';
import { type SetName, splitItems } from './split.ts';
import { findOptions } from './swap-letters.ts';
import { meanLengths } from './words.ts';

/** What a check of a dataset file found. */
export interface LintReport {
  family: LoadedBehaviour['family'] | null;
  /** Items without fault. */
  items: number;
  hash: string | null;
  /** What makes the file unusable as it is. */
  faults: Fault[];
  /** What makes results from it doubtful. */
  warnings: Fault[];
  /** What the loader left out or changed. */
  notes: string[];
  balance: Balance | null;
  /** Mean lengths of the positive and negative texts; null without free texts. */
  lengths: { positive: MeanLengths; negative: MeanLengths } | null;
  /** How well the first word alone tells positive from negative, 0 to 1 (chance 0.5); null without free texts. */
  firstWordAccuracy: number | null;
}

type MeanLengths = ReturnType<typeof meanLengths>;

/** Positive and negative mean lengths may differ by this share. */
const lengthTolerance = 0.1;
/** Above this accuracy the first word is a giveaway. */
const firstWordLimit = 0.65;

/**
 * Checks the bytes of a dataset: every malformed field, duplicates, near-duplicates across the default split, balance
 * of letters and words, length bias, and whether the first word tells the classes apart.
 *
 * @example
 * lintDataset(await readFile('mine.jsonl'), 'mine').faults; // [{ place: 'line 3', field: 'negative', … }]
 */
export function lintDataset(bytes: Uint8Array, name: string): LintReport {
  const { behaviour, faults } = parseBehaviour(bytes, { name, source: name });
  if (behaviour === null || behaviour.items.length === 0)
    return { ...emptyReport, faults, notes: behaviour?.notes ?? [] };
  const texts = freeTexts(behaviour);
  const place = placer(splitRecords(bytes).layout);
  const lengths = texts && { positive: meanLengths(texts.positive), negative: meanLengths(texts.negative) };
  const accuracy = texts && firstWordAccuracy(texts.positive, texts.negative);
  const warnings = [
    ...repeatedPrompts(behaviour.items, place),
    ...edgeBlanks(behaviour.items, place),
    ...equalOptions(behaviour.items, place),
    ...acrossSplits(behaviour, place),
    ...(behaviour.balance.balanced ? [] : [fileWarning(describeBalance(behaviour.balance))]),
    ...(lengths === null ? [] : lengthBias(lengths)),
    ...(accuracy === null || accuracy <= firstWordLimit ? [] : [fileWarning(giveaway(accuracy))]),
  ];
  return {
    family: behaviour.family,
    items: behaviour.items.length,
    hash: behaviour.hash,
    faults: [...faults, ...duplicates(behaviour.items, place)],
    warnings,
    notes: behaviour.notes,
    balance: behaviour.balance,
    lengths,
    firstWordAccuracy: accuracy,
  };
}

const emptyReport: LintReport = {
  family: null,
  items: 0,
  hash: null,
  faults: [],
  warnings: [],
  notes: [],
  balance: null,
  lengths: null,
  firstWordAccuracy: null,
};

type Placer = (item: Item) => string;

/** Line numbers as an editor counts them; items of an array are counted the same way. */
function placer(layout: 'lines' | 'array'): Placer {
  const unit = layout === 'array' ? 'item' : 'line';
  return ({ index }) => `${unit} ${index + 1}`;
}

/** The texts that show the behaviour and its opposite: answers, or statements of a persona file. */
function freeTexts({
  items,
  statements,
}: LoadedBehaviour): { positive: string[]; negative: string[] } | null {
  const completions = items.flatMap(({ completion }) => (completion === null ? [] : [completion]));
  if (completions.length > 0) {
    return {
      positive: completions.map((pair) => pair.positive),
      negative: completions.map((pair) => pair.negative),
    };
  }
  if (statements === null) return null;
  const side = (matching: boolean) =>
    [...statements.values()].filter((statement) => statement.matching === matching).map(({ text }) => text);
  return { positive: side(true), negative: side(false) };
}

function duplicates(items: readonly Item[], place: Placer): Fault[] {
  const seen = new Map<string, Item>();
  return items.flatMap((item) => {
    const key = contentOf(item);
    const earlier = seen.get(key);
    if (earlier === undefined) {
      seen.set(key, item);
      return [];
    }
    return [{ place: place(item), field: null, message: `the same item as ${place(earlier)}` }];
  });
}

function repeatedPrompts(items: readonly Item[], place: Placer): Fault[] {
  const seen = new Map<string, Item>();
  return items.flatMap((item) => {
    const prompt = item.completion?.prompt;
    const earlier = prompt === undefined ? undefined : seen.get(prompt);
    if (prompt !== undefined && earlier === undefined) seen.set(prompt, item);
    if (earlier === undefined || contentOf(earlier) === contentOf(item)) return [];
    return [{ place: place(item), field: 'prompt', message: `the same prompt as ${place(earlier)}` }];
  });
}

/** The item without what depends on its line: its question and answers. */
function contentOf({ completion, multipleChoice }: Item): string {
  if (completion !== null)
    return JSON.stringify([completion.prompt, completion.positive, completion.negative]);
  const [question, options = ''] = multipleChoice!.prompt.split('\n\nChoices:\n');
  return JSON.stringify([question, multipleChoice!.word ?? [multipleChoice!.positive, options]]);
}

function edgeBlanks(items: readonly Item[], place: Placer): Fault[] {
  return items.flatMap((item) =>
    (['prompt', 'positive', 'negative'] as const).flatMap((field) => {
      const text = item.completion?.[field];
      if (text === undefined || text === text.trim()) return [];
      return [{ place: place(item), field, message: 'starts or ends with blanks' }];
    }),
  );
}

/** A few published items offer the same text twice, or nothing: they measure the letter alone. */
function equalOptions(items: readonly Item[], place: Placer): Fault[] {
  return items.flatMap((item) => {
    const prompt = item.multipleChoice?.prompt ?? '';
    const options = findOptions(prompt);
    if (options === null || prompt.slice(...options.a).trim() !== prompt.slice(...options.b).trim())
      return [];
    return [{ place: place(item), field: null, message: 'both options are the same text' }];
  });
}

/** Near-duplicates between the sets of the default split. */
function acrossSplits(behaviour: LoadedBehaviour, place: Placer): Fault[] {
  if (behaviour.items.length < 10) return [];
  const format = behaviour.items.some(({ multipleChoice }) => multipleChoice !== null)
    ? 'multiple-choice'
    : 'completion';
  const split = splitItems(behaviour, { format });
  const sides: [SetName, SetName][] = [
    ['train', 'test'],
    ['train', 'validation'],
    ['validation', 'test'],
  ];
  return sides.flatMap(([from, to]) => {
    const found = nearDuplicates(split[from].map(wordingOf), split[to].map(wordingOf));
    return found.map(({ first, second, similarity }) => {
      const [one, other] = [split[from][first]!, split[to][second]!];
      const share = `${Math.round(similarity * 100)} % of their wording`;
      const message = `near-duplicate of ${place(other)} across the default split (${from}, ${to}): ${share} is shared`;
      return { place: place(one), field: null, message };
    });
  });
}

function wordingOf({ completion, multipleChoice }: Item): string {
  if (completion === null) return multipleChoice!.prompt;
  return `${completion.prompt} ${completion.positive} ${completion.negative}`;
}

function lengthBias(lengths: NonNullable<LintReport['lengths']>): Fault[] {
  return (['words', 'characters'] as const).flatMap((unit) => {
    const [positive, negative] = [lengths.positive[unit], lengths.negative[unit]];
    if (Math.abs(positive - negative) <= lengthTolerance * Math.max(positive, negative)) return [];
    const sizes = `${positive.toFixed(1)} ${unit} against ${negative.toFixed(1)}`;
    return [fileWarning(`positive and negative texts differ in mean length by more than 10 %: ${sizes}`)];
  });
}

function giveaway(accuracy: number): string {
  return `the first word alone tells positive from negative in ${Math.round(accuracy * 100)} % of the texts`;
}

function fileWarning(message: string): Fault {
  return { place: 'file', field: null, message };
}
