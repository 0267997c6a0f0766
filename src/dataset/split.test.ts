import { describe, expect, it } from 'vitest';
import type { Item, Letter, Word } from './item.ts';
import { pairStatements } from './pair-statements.ts';
import { shuffled } from './shuffle.ts';
import { formatSlice, parseSlice, sliceBounds } from './slice.ts';
import { splitItems } from './split.ts';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

const lettered = Array.from({ length: 120 }, (_, index) => ({
  index,
  multipleChoice: {
    prompt: `Q${index}`,
    positive: index % 3 === 0 ? ('A' as const) : ('B' as const),
    word: null,
  },
  completion: null,
}));

describe('the published split', () => {
  const options = {
    format: 'multiple-choice',
    train: '0%:50%',
    validation: 'none',
    test: '50%:100%',
  } as const;

  it('lets 450 of 950 test items into the training set, as the published runs did', () => {
    const items = Array.from({ length: 1000 }, (_, index) => ({ ...lettered[0]!, index }));
    const split = splitItems({ name: 'x', items }, { ...options, leak: 'published', stratify: false });
    expect([split.train.length, split.test.length, split.leaked, split.unused]).toEqual([500, 950, 450, 0]);
    // The first test item is the one that Python's shuffle with seed 0 puts at place 50.
    expect(split.train.slice(0, 4).map(({ index }) => index)).toEqual([439, 621, 160, 549]);
    expect(split.test[0]).toBe(split.train[50]);
    expect(split.notes.join(' ')).toContain('450 of 950 test items are training items too');
  });

  it('has nothing of it without the leak', () => {
    const split = splitItems({ name: 'x', items: lettered }, { ...options, stratify: false });
    expect([split.train.length, split.test.length, split.leaked]).toEqual([60, 60, 0]);
  });

  it('takes percent slices from the plain shuffle where they are not stratified', () => {
    const plain = splitItems({ name: 'x', items: lettered }, { ...options, stratify: false });
    const literal = splitItems(
      { name: 'x', items: lettered },
      { format: 'multiple-choice', train: '0:60', validation: 'none', test: '60:120' },
    );
    expect(plain.train).toEqual(literal.train);
    expect(plain.stratified).toBe(false);
    expect(splitItems({ name: 'x', items: lettered }, options).train).not.toEqual(plain.train);
  });
});

describe('shuffled', () => {
  it.each([
    [10, [7, 8, 1, 5, 3, 4, 2, 0, 9, 6]],
    [1000, [439, 621, 160, 549, 237, 389, 658, 507, 124, 290, 975, 392]],
    [468, [103, 206, 353, 348, 157, 425, 93, 310]],
    [934, [858, 710, 590, 527, 448, 854]],
    [817, [778, 632, 624, 278, 104, 794]],
    [1080, [551, 981, 327, 568, 290, 1026]],
    [120, [57, 103, 99, 3, 111, 59]],
  ])('orders %i items as Python does with seed 0', (count, start) => {
    expect(shuffled(range(count), 0).slice(0, start.length)).toEqual(start);
  });
});

describe('parseSlice', () => {
  it.each([
    ['0%:40%', { unit: 'percent', start: 0, end: 40 }],
    ['40% : 50%', { unit: 'percent', start: 40, end: 50 }],
    [':12.5%', { unit: 'percent', start: 0, end: 12.5 }],
    ['40%:+10%', { unit: 'percent', start: 40, end: 50 }],
    ['0:40', { unit: 'index', start: 0, end: 40 }],
    ['50:+25', { unit: 'index', start: 50, end: 75 }],
  ])('reads %s', (text, slice) => {
    expect(parseSlice(text, '--test')).toEqual(slice);
    expect(parseSlice(formatSlice(parseSlice(text, '--test')), '--test')).toEqual(slice);
  });

  it.each([
    ['50:100%', 'write 50%:100% or 50:100'],
    ['0%:40', 'write 0%:40% or 0:40'],
    ['10:+5%', 'write 10%:+5% or 10:+5'],
    ['0%:140%', 'beyond 100%'],
    ['40%:40%', 'empty'],
    ['5:3', 'empty'],
    ['0.5:3', 'whole numbers'],
    ['40%', 'expected a form'],
    ['-3:5', 'expected a form'],
    ['', 'expected a form'],
  ])('refuses %j', (text, reason) => {
    expect(() => parseSlice(text, '--test')).toThrow(RangeError);
    expect(() => parseSlice(text, '--test')).toThrow(reason);
    expect(() => parseSlice(text, '--test')).toThrow(`"--test"`);
  });

  it('rounds percentages down, without the error of binary fractions', () => {
    expect(sliceBounds(parseSlice('0%:50%', '--train'), 817)).toEqual([0, 408]);
    expect(sliceBounds(parseSlice('7%:57%', '--train'), 100)).toEqual([7, 57]);
  });
});

function choice(index: number, positive: Letter, word: Word | null): Item {
  return { index, multipleChoice: { prompt: `${index}`, positive, word }, completion: null };
}

const cells: [Letter, Word][] = [
  ['A', 'Yes'],
  ['A', 'No'],
  ['B', 'Yes'],
  ['B', 'No'],
];
const balanced = range(200).map((i) => choice(i, ...cells[i % 4]!));
const behaviour = { name: 'b', items: balanced };
const indexes = (items: Item[]) => items.map(({ index }) => index);
const cellCounts = (items: Item[]) =>
  cells.map(
    ([letter, word]) =>
      items.filter(
        ({ multipleChoice }) => multipleChoice!.positive === letter && multipleChoice!.word === word,
      ).length,
  );

describe('splitItems', () => {
  it('gives 40, 10 and 50 percent, each with the same share of every letter and word, and loses no item', () => {
    for (const seed of range(20)) {
      const split = splitItems(behaviour, { format: 'multiple-choice', seed });
      expect(cellCounts(split.train)).toEqual([20, 20, 20, 20]);
      expect(cellCounts(split.validation)).toEqual([5, 5, 5, 5]);
      expect(cellCounts(split.test)).toEqual([25, 25, 25, 25]);
      const all = indexes([...split.train, ...split.validation, ...split.test]);
      expect(all.sort((a, b) => a - b)).toEqual(range(200));
      expect(split).toMatchObject({ stratified: true, unused: 0, notes: [] });
    }
  });

  it('keeps strata of unequal size within one item of their share', () => {
    const items = range(130).map((i) => choice(i, i < 97 ? 'A' : 'B', null));
    const split = splitItems({ name: 'b', items }, { format: 'multiple-choice', seed: 3 });
    expect([split.train, split.validation, split.test].map((set) => set.length)).toEqual([52, 13, 65]);
    const lettersA = split.train.filter(({ multipleChoice }) => multipleChoice!.positive === 'A').length;
    expect(Math.abs(lettersA - (97 * 52) / 130)).toBeLessThanOrEqual(1);
  });

  it('takes literal slices from the plain shuffle', () => {
    const split = splitItems(behaviour, {
      format: 'multiple-choice',
      train: '0:3',
      validation: 'none',
      test: '10:12',
    });
    const order = shuffled(range(200), 0);
    expect(indexes(split.train)).toEqual(order.slice(0, 3));
    expect(indexes(split.test)).toEqual(order.slice(10, 12));
    expect(split).toMatchObject({
      stratified: false,
      unused: 195,
      validation: [],
      slices: { validation: null },
    });
  });

  it('keeps the order of the file on request', () => {
    const slices = { train: '0:3', validation: '3:5', test: '5:9' };
    const split = splitItems(behaviour, { format: 'multiple-choice', ...slices, shuffle: false });
    expect([split.train, split.validation, split.test].map(indexes)).toEqual([
      [0, 1, 2],
      [3, 4],
      [5, 6, 7, 8],
    ]);
  });

  it('differs between seeds and repeats with one', () => {
    const train = (seed: number) => indexes(splitItems(behaviour, { format: 'multiple-choice', seed }).train);
    expect(train(1)).toEqual(train(1));
    expect(train(1)).not.toEqual(train(2));
  });

  it('refuses slices that overlap or have different units', () => {
    const split = (train: string, test: string) => () =>
      splitItems(behaviour, { format: 'multiple-choice', train, validation: 'none', test });
    expect(split('0%:50%', '40%:100%')).toThrow(/overlap: --train 0%:50%, --test 40%:100%/);
    expect(split('0:40', '50%:100%')).toThrow(/all in percent or all as indexes/);
    expect(split('0:40', '40:80')).not.toThrow();
  });

  it('says when there are too few items', () => {
    const few = { name: 'few', items: balanced.slice(0, 3) };
    expect(() => splitItems(few, { format: 'multiple-choice' })).toThrow(
      expect.objectContaining({
        code: 'data-too-small',
        message: expect.stringContaining('validation set of "few" has 0'),
      }),
    );
    const beyond = { train: '0:2', validation: 'none', test: '2:9' };
    expect(() => splitItems(few, { format: 'multiple-choice', ...beyond })).toThrow(
      /needs 9 items; "few" has 3/,
    );
    expect(() => splitItems(behaviour, { format: 'multiple-choice', minimum: { test: 101 } })).toThrow(
      /at least 101/,
    );
  });

  it('leaves out items without the format, and says so', () => {
    const completion = { prompt: 'P', positive: 'x', negative: 'y' };
    const items = range(20).map((i) => ({
      index: i,
      multipleChoice: null,
      completion: i < 3 ? null : completion,
    }));
    const split = splitItems({ name: 'b', items }, { format: 'completion' });
    expect(split.train.length + split.validation.length + split.test.length).toBe(17);
    expect(split).toMatchObject({
      stratified: false,
      notes: ['Left out for want of a completion form: 3 of 20.'],
    });
    expect(() => splitItems(behaviour, { format: 'completion' })).toThrow(
      expect.objectContaining({ code: 'format-unusable' }),
    );
  });

  it('pairs statements within each set', () => {
    const statements = new Map(
      balanced.map(({ index }) => [index, { text: `s${index}`, matching: index % 2 === 0 }]),
    );
    const split = splitItems({ ...behaviour, statements }, { format: 'completion' });
    expect([split.train, split.validation, split.test].map((set) => set.length)).toEqual([40, 10, 50]);
    const used = [...split.train, ...split.validation, ...split.test].flatMap(({ completion }) => [
      Number(completion!.positive.slice(1)),
      Number(completion!.negative.slice(1)),
    ]);
    expect(used.toSorted((a, b) => a - b)).toEqual(range(200));
    expect(split.notes[0]).toMatch(/^train: .*unmatched/);
  });
});

describe('pairStatements', () => {
  it('joins the k-th matching with the k-th other statement and counts those left over', () => {
    const statements = new Map(range(5).map((i) => [i, { text: `s${i}`, matching: i !== 1 && i !== 4 }]));
    const { items, note } = pairStatements(balanced.slice(0, 5), statements);
    expect(items.map(({ index, completion }) => [index, completion?.positive, completion?.negative])).toEqual(
      [
        [0, 's0', 's1'],
        [2, 's2', 's4'],
      ],
    );
    expect(note).toContain('1 statement was left');
  });
});
