import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { memoryFolder } from '../../../test/support/memory-folder.ts';
import { loadVector } from '../load-vector.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(memoryFolder, 'steerbench-svec-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function load(content: unknown) {
  const path = join(folder, 'file.svec');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return loadVector(path);
}

it.each<[string, unknown, string]>([
  ['lists in lists', { directions: { 3: [[1, 2]] } }, 'aisteer360'],
  ['plain lists, as older files have them', { directions: { 3: [1, 2] } }, 'aisteer360'],
  [
    'variances beside',
    { directions: { 3: [1, 2] }, explained_variances: { 3: 0.5 } },
    'ibm-activation-steering',
  ],
  ['variances beside lists in lists', { directions: { 3: [[1, 2]] }, explained_variances: {} }, 'aisteer360'],
])('reads %s', async (_, content, producer) => {
  const vector = await load(content);
  expect(vector.source.producers).toEqual([producer]);
  expect(vector.layers).toEqual(new Map([[3, Float32Array.of(1, 2)]]));
});

it.each<[unknown, string]>([
  [{}, 'it has no "directions" by layer'],
  [{ directions: [[1]] }, 'it has no "directions" by layer'],
  [{ directions: {} }, 'its "directions" are empty'],
  [{ directions: { x: [1] } }, 'its direction "x" is no layer\'s number'],
  [{ directions: { '-1': [1] } }, 'its direction "-1" is no layer\'s number'],
  [{ directions: { 1: 'x' } }, 'its direction "1" is no list'],
  [{ directions: { 1: [1, null] } }, 'its direction "1" has no number at index 1'],
  ['{"directions":{"1":[1e999]}}', '"1" is not finite at index 0: Infinity'],
  [{ directions: { 1: [1], 2: [[1]] } }, 'others lists of lists'],
  [{ directions: { 1: [[1], [2]] } }, 'has 2 rows: positions, heads or a plane'],
  [{ directions: { 1: [[1]] }, num_heads: 4 }, 'directions of attention heads'],
  [{ directions: { 1: [[]] } }, 'of a width above 0'],
  [{ directions: { 1: [1, 2], 2: [1] } }, '"2" has width 1; "1" has 2'],
  [{ directions: { 1: new Array(65_537).fill(0) } }, 'vectors of width 65537; at most 65536'],
  [
    { directions: Object.fromEntries(Array.from({ length: 1025 }, (_, i) => [i, [1]])) },
    'vectors for 1025 layers; at most 1024',
  ],
])('refuses %j', async (content, part) => {
  await expect(load(content)).rejects.toMatchObject({
    code: 'vector-malformed',
    message: expect.stringContaining(part),
  });
});

it('takes no memory for what a hostile list would cost to describe', async () => {
  const before = process.memoryUsage().heapUsed;
  await expect(load(`{"directions":{"1":[${'"",'.repeat(60_000)}""]}}`)).rejects.toMatchObject({
    code: 'vector-malformed',
  });
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(16 * 2 ** 20);
});
