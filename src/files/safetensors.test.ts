import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSafetensors } from './safetensors-read.ts';
import { type SafetensorsData, writeSafetensors } from './safetensors-write.ts';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-safetensors-'));
  path = join(folder, 'a.safetensors');
});
afterAll(() => rm(folder, { recursive: true }));

const tensors: SafetensorsData[] = [
  { name: 'u8', type: 'U8', shape: [3], values: Uint8Array.of(1, 2, 255) },
  { name: 'f16', type: 'F16', shape: [2, 1], values: Float32Array.of(1, -0.5) },
  { name: 'bf16', type: 'BF16', shape: [1], values: Float32Array.of(256) },
  { name: '10', type: 'F32', shape: [2, 2], values: Float32Array.of(1, 2, 3, 4.5) },
  { name: '9', type: 'F32', shape: [0], values: new Float32Array(0) },
  { name: 'f64', type: 'F64', shape: [], values: Float64Array.of(0.1) },
  { name: 'i64', type: 'I64', shape: [2], values: BigInt64Array.of(-1n, 2n ** 62n) },
];

test('what is written is read back, each tensor at a multiple of its value size', async () => {
  await writeSafetensors(path, {
    metadata: [
      ['b', 'ü"'],
      ['a', ''],
    ],
    tensors,
  });
  const file = await openSafetensors(path);
  expect([...file.metadata]).toEqual([
    ['a', ''],
    ['b', 'ü"'],
  ]);
  expect([...file.tensors.keys()].sort()).toEqual(tensors.map(({ name }) => name).sort());
  for (const { name, type, shape, values } of tensors) {
    const tensor = file.tensors.get(name)!;
    expect(tensor).toMatchObject({ type, shape });
    expect(await file.read(name)).toEqual(values);
    if (tensor.bytes > 0) expect(tensor.offset % (tensor.bytes / values.length)).toBe(0);
  }
  await expect(file.read('none')).rejects.toThrow(new RangeError('no tensor "none" in the file'));
  await file.close();
});

test('the bytes are those of the specification', async () => {
  await writeSafetensors(path, {
    metadata: [['k', 'v']],
    tensors: [{ name: 't', type: 'F32', shape: [1], values: Float32Array.of(1) }],
  });
  const json = '{"__metadata__":{"k":"v"},"t":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  // 79 characters, padded to 80.
  const expected = Buffer.concat([
    Buffer.of(80, 0, 0, 0, 0, 0, 0, 0),
    Buffer.from(`${json} \0\0\x80\x3f`, 'latin1'),
  ]);
  expect((await readFile(path)).equals(expected)).toBe(true);
});

test('the order in which tensors and metadata are given does not matter', async () => {
  const other = join(folder, 'b.safetensors');
  await writeSafetensors(path, {
    metadata: [
      ['a', '1'],
      ['b', '2'],
    ],
    tensors,
  });
  await writeSafetensors(other, {
    metadata: [
      ['b', '2'],
      ['a', '1'],
    ],
    tensors: [...tensors].reverse(),
  });
  expect((await readFile(path)).equals(await readFile(other))).toBe(true);
});

test.each<[string, SafetensorsData[]]>([
  ['"u8" occurs twice', [tensors[0]!, tensors[0]!]],
  ['"__metadata__" occurs twice', [{ ...tensors[0]!, name: '__metadata__' }]],
  ['3 values; its shape takes 4', [{ ...tensors[0]!, shape: [4] }]],
  ['F32 values must be a Float32Array', [{ ...tensors[0]!, type: 'F32' }]],
])('the writer refuses: %s', async (message, bad) => {
  await expect(writeSafetensors(path, { metadata: [], tensors: bad })).rejects.toThrow(message);
});

const t = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
test.each<[string, string, number]>([
  ['the header is not JSON', '{"t":', 4],
  ['the header is not a JSON object', '[1]', 4],
  ['tensor "t" is not described by an object', '{"t":null}', 4],
  ['tensor "t" is of type "F99"', JSON.stringify({ t: { ...t, dtype: 'F99' } }), 4],
  ['tensor "t" is of type "toString"', JSON.stringify({ t: { ...t, dtype: 'toString' } }), 4],
  ['tensor "t" has no valid shape', JSON.stringify({ t: { ...t, shape: [-1] } }), 4],
  ['tensor "t" has no valid shape', JSON.stringify({ t: { ...t, shape: Array(17).fill(1) } }), 4],
  ['tensor "t" has no valid data_offsets', JSON.stringify({ t: { ...t, data_offsets: [0] } }), 4],
  ['takes 4 bytes by its shape, 8 by its offsets', JSON.stringify({ t: { ...t, data_offsets: [0, 8] } }), 8],
  ['takes 4e+48 bytes', JSON.stringify({ t: { ...t, shape: [1e15, 1e15, 1e15, 1e3] } }), 4],
  ['tensor "u" starts at byte', JSON.stringify({ t, u: t }), 4],
  ['and the file at byte', JSON.stringify({ t }), 3],
  ['and the file at byte', JSON.stringify({ t }), 5],
  ['"__metadata__" is not an object of strings', JSON.stringify({ t, __metadata__: { a: 1 } }), 4],
])('a malformed file is refused by name: %s', async (message, header, dataBytes) => {
  const length = Buffer.from(BigUint64Array.of(BigInt(header.length)).buffer);
  await writeFile(path, Buffer.concat([length, Buffer.from(header), Buffer.alloc(dataBytes)]));
  const error = await openSafetensors(path, 'vector-malformed').catch((error: unknown) => error);
  expect(error).toMatchObject({ code: 'vector-malformed', message: expect.stringContaining(message) });
  expect((error as Error).message).toContain(path);
});

test('a length of the header beyond the file, an empty file, a missing one', async () => {
  await writeFile(path, Buffer.alloc(20, 0xff));
  await expect(openSafetensors(path)).rejects.toThrow('it claims a header of 18446744073709552000 bytes');
  await writeFile(path, '');
  await expect(openSafetensors(path)).rejects.toMatchObject({ code: 'file-malformed' });
  await expect(openSafetensors(join(folder, 'none'))).rejects.toThrow('there is no such file');
});
