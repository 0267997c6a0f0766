import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ParquetColumn, readParquet, writeParquet } from './parquet.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-parquet-'));
});
afterAll(() => rm(folder, { recursive: true }));

const columns: ParquetColumn[] = [
  { name: 'behaviour', type: 'string', values: ['sentiment', '', null, 'zählt 🙂'] },
  { name: 'item', type: 'int32', values: [0, -(2 ** 31), null, 2 ** 31 - 1] },
  { name: 'propensity', type: 'float64', values: [0.1, -0, null, Number.MIN_VALUE] },
  { name: 'steered', type: 'boolean', values: [true, false, null, true] },
  { name: 'never', type: 'float64', values: [null, null, null, null] },
];

test('reads back what was written, nulls and extremes included', async () => {
  const path = join(folder, 'a.parquet');
  await writeParquet(path, columns);
  const rows = await readParquet(path);
  expect(rows).toEqual(
    [0, 1, 2, 3].map((row) => Object.fromEntries(columns.map(({ name, values }) => [name, values[row]]))),
  );
});

test('the same table gives the same bytes, and any number of rows is kept', async () => {
  const [a, b] = [join(folder, 'b.parquet'), join(folder, 'c.parquet')];
  const values = Array.from({ length: 30_000 }, (_, i) => (i % 7 === 0 ? null : Math.sin(i)));
  await writeParquet(a, [{ name: 'x', type: 'float64', values }]);
  await writeParquet(b, [{ name: 'x', type: 'float64', values }]);
  expect((await readFile(a)).equals(await readFile(b))).toBe(true);
  expect((await readParquet(a)).map(({ x }) => x)).toEqual(values);
  await writeParquet(a, [{ name: 'x', type: 'string', values: [] }]);
  expect(await readParquet(a)).toEqual([]);
});

test.each<[ParquetColumn[], string]>([
  [[{ name: 'x', type: 'float64', values: [1, Number.NaN] }], 'invalid column "x", row 1: NaN is no float64'],
  [[{ name: 'x', type: 'int32', values: [2 ** 31] }], 'invalid column "x", row 0: 2147483648 is no int32'],
  [
    [columns[0]!, { name: 'x', type: 'int32', values: [1] }],
    'invalid column "x": 1 values; the first column has 4',
  ],
])('refuses what the type cannot hold (%#)', async (bad, message) => {
  await expect(writeParquet(join(folder, 'bad.parquet'), bad)).rejects.toThrow(new RangeError(message));
});

test('names a file that is no Parquet', async () => {
  const path = join(folder, 'text.parquet');
  await writeFile(path, 'not parquet at all');
  await expect(readParquet(path, 'run-malformed')).rejects.toMatchObject({
    code: 'run-malformed',
    message: expect.stringContaining(path),
  });
});
