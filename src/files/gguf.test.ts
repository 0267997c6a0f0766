import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openGguf } from './gguf-read.ts';
import type { GgufValue } from './gguf-types.ts';
import { type GgufContent, writeGguf } from './gguf-write.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-gguf-'));
});
afterAll(() => rm(folder, { recursive: true }));

const array = (
  itemType: Extract<GgufValue, { type: 'array' }>['itemType'],
  value: NonNullable<Extract<GgufValue, { type: 'array' }>['value']>,
): GgufValue => ({ type: 'array', itemType, length: value.length, value });

const metadata: [string, GgufValue][] = [
  ['general.architecture', { type: 'string', value: 'llama' }],
  ['a.uint8', { type: 'uint8', value: 255 }],
  ['a.int8', { type: 'int8', value: -128 }],
  ['a.uint16', { type: 'uint16', value: 65_535 }],
  ['a.int16', { type: 'int16', value: -32_768 }],
  ['a.uint32', { type: 'uint32', value: 4_294_967_295 }],
  ['a.int32', { type: 'int32', value: -2_147_483_648 }],
  ['a.float32', { type: 'float32', value: 0.5 }],
  ['a.float64', { type: 'float64', value: 0.1 }],
  ['a.uint64', { type: 'uint64', value: 2n ** 64n - 1n }],
  ['a.int64', { type: 'int64', value: -(2n ** 63n) }],
  ['a.true', { type: 'bool', value: true }],
  ['a.empty', { type: 'string', value: '' }],
  ['b.uint8', array('uint8', Uint8Array.of(1, 2, 3))],
  ['b.int16', array('int16', Int16Array.of(-1, 2))],
  ['b.float32', array('float32', Float32Array.of(1.5, -2))],
  ['b.float64', array('float64', Float64Array.of(0.1))],
  ['b.uint64', array('uint64', BigUint64Array.of(2n ** 60n))],
  ['b.bool', array('bool', [true, false])],
  ['b.string', array('string', ['Ġt', '', 'ß🙂'])],
  ['b.none', array('int32', new Int32Array(0))],
];

const content: GgufContent = {
  metadata,
  tensors: [
    { name: 'f32', shape: [3, 2], type: 'F32', data: Float32Array.of(1, 2, 3, 4, 5, 6) },
    { name: 'f16', shape: [2, 2, 2], type: 'F16', data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
    { name: 'bf16', shape: [1, 3], type: 'BF16', data: Float32Array.of(-1, 0.5, 256) },
    { name: 'q8', shape: [32, 2], type: 'Q8_0', data: new Uint8Array(68).fill(7) },
  ],
};

test('what is written is read back: every type of value, tensors by rows', async () => {
  const path = join(folder, 'all.gguf');
  await writeGguf(path, content);
  const file = await openGguf(path);
  expect(file.version).toBe(3);
  expect([...file.metadata]).toEqual(metadata);
  expect(
    [...file.tensors.values()].map(({ name, shape, type, bytes }) => ({ name, shape, type, bytes })),
  ).toEqual([
    { name: 'f32', shape: [3, 2], type: 'F32', bytes: 24 },
    { name: 'f16', shape: [2, 2, 2], type: 'F16', bytes: 16 },
    { name: 'bf16', shape: [1, 3], type: 'BF16', bytes: 6 },
    { name: 'q8', shape: [32, 2], type: 'Q8_0', bytes: 68 },
  ]);
  for (const { offset } of file.tensors.values()) expect(offset % 32).toBe(0);
  expect([...(await file.readRows('f32', 0, 2))]).toEqual([1, 2, 3, 4, 5, 6]);
  expect([...(await file.readRows('f32', 1, 1))]).toEqual([4, 5, 6]);
  expect([...(await file.readRows('f16', 2, 2))]).toEqual([5, 6, 7, 8]);
  expect([...(await file.readRows('bf16', 0, 3))]).toEqual([-1, 0.5, 256]);
  expect([...(await file.readRows('bf16', 3, 0))]).toEqual([]);
  await expect(file.readRows('none', 0, 1)).rejects.toThrow(new RangeError('no tensor "none" in the file'));
  await expect(file.readRows('f32', 1, 2)).rejects.toThrow('invalid rows 1 to 3 of tensor "f32"; it has 2');
  await expect(file.readRows('f32', -1, 1)).rejects.toThrow(RangeError);
  await expect(file.readRows('q8', 0, 1)).rejects.toThrow('tensor "q8" is of type Q8_0');
  const raw = (await readFile(path)).subarray(file.tensors.get('q8')!.offset);
  expect([...raw.subarray(0, 68)]).toEqual(Array(68).fill(7));
  await file.close();
});

test('the bytes are those of the specification', async () => {
  const path = join(folder, 'bytes.gguf');
  await writeGguf(path, {
    metadata: [['k', { type: 'uint32', value: 258 }]],
    tensors: [{ name: 't', shape: [1], type: 'F32', data: Float32Array.of(1) }],
  });
  const counts = '47475546 03000000 0100000000000000 0100000000000000';
  const pair = '0100000000000000 6b 04000000 02010000';
  const info = '0100000000000000 74 01000000 0100000000000000 00000000 0000000000000000';
  const header = (counts + pair + info).replaceAll(' ', '');
  // 24 + 17 + 33 = 74 bytes of header, padded to 96; 4 bytes of data, padded to 32.
  const expected = `${header.padEnd(192, '0')}${'0000803f'.padEnd(64, '0')}`;
  expect((await readFile(path)).toString('hex')).toBe(expected);
});

test('items of arrays that are not asked for are passed over', async () => {
  const path = join(folder, 'all.gguf');
  await writeGguf(path, content);
  const file = await openGguf(path, { arrays: ['b.string'] });
  expect(file.metadata.get('b.string')).toEqual(array('string', ['Ġt', '', 'ß🙂']));
  expect(file.metadata.get('b.float32')).toEqual({
    type: 'array',
    itemType: 'float32',
    length: 2,
    value: null,
  });
  expect([...(await file.readRows('f32', 1, 1))]).toEqual([4, 5, 6]);
  await file.close();
  const none = await openGguf(path, { arrays: [] });
  expect(none.metadata.get('b.string')).toEqual({
    type: 'array',
    itemType: 'string',
    length: 3,
    value: null,
  });
  expect(none.metadata.size).toBe(metadata.length);
  await none.close();
});

test('a header larger than the reading window is read right, and fast', async () => {
  const path = join(folder, 'large.gguf');
  const tokens = Array.from({ length: 100_000 }, (_, i) => `token ${i} ${'é'.repeat(i % 17)}`);
  const scores = Float32Array.from(tokens, (_, i) => i);
  await writeGguf(path, {
    metadata: [
      ['tokens', array('string', tokens)],
      ['scores', array('float32', scores)],
      ['template', { type: 'string', value: 'x'.repeat(3_000_000) }],
      ['last', { type: 'uint8', value: 7 }],
    ],
    tensors: [{ name: 't', shape: [2], type: 'F32', data: Float32Array.of(8, 9) }],
  });
  const start = performance.now();
  const file = await openGguf(path);
  // Measured 60 ms for the default model's 98,000 strings; ten times that would be noticed.
  expect(performance.now() - start).toBeLessThan(1500);
  expect(file.metadata.get('tokens')).toEqual(array('string', tokens));
  expect(file.metadata.get('scores')).toEqual(array('float32', scores));
  expect(file.metadata.get('last')).toEqual({ type: 'uint8', value: 7 });
  expect([...(await file.readRows('t', 0, 1))]).toEqual([8, 9]);
  await file.close();
});

test.each<[string, Partial<GgufContent>]>([
  ['"k" occurs twice', { metadata: [metadata[1]!, metadata[2]!].map(([, value]) => ['k', value]) }],
  ['invalid "general.alignment"', { metadata: [['general.alignment', { type: 'uint32', value: 24 }]] }],
  [
    'holds 0 of 3 items',
    { metadata: [['k', { type: 'array', itemType: 'string', length: 3, value: null }]] },
  ],
  ['not a typed array of int64', { metadata: [['k', array('int64', Int32Array.of(1))]] }],
  [
    '8 bytes; its shape takes 12',
    { tensors: [{ name: 't', shape: [3], type: 'F32', data: new Float32Array(2) }] },
  ],
  ['invalid shape [33]', { tensors: [{ name: 't', shape: [33], type: 'Q4_0', data: new Uint8Array(18) }] }],
  ['only raw bytes', { tensors: [{ name: 't', shape: [32], type: 'Q4_0', data: new Float32Array(32) }] }],
  [
    'invalid tensor name',
    { tensors: [{ name: 'x'.repeat(64), shape: [1], type: 'I8', data: new Uint8Array(1) }] },
  ],
])('the writer refuses: %s', async (message, bad) => {
  const path = join(folder, 'bad.gguf');
  const write = writeGguf(path, { metadata: [], tensors: [], ...bad });
  await expect(write).rejects.toThrow(RangeError);
  await expect(write).rejects.toThrow(message);
  expect(existsSync(path)).toBe(false);
});

describe('a malformed file is refused by name', () => {
  const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
  const u64 = (value: bigint) => Buffer.from(BigUint64Array.of(value).buffer);
  const text = (value: string) => Buffer.concat([u64(BigInt(value.length)), Buffer.from(value)]);
  const file = (tensors: bigint, pairs: bigint, ...rest: Buffer[]) =>
    Buffer.concat([Buffer.from('GGUF'), u32(3), u64(tensors), u64(pairs), ...rest]);
  const tensor = (extents: bigint[], type: number, offset: bigint, name = 't') =>
    Buffer.concat([text(name), u32(extents.length), ...extents.map(u64), u32(type), u64(offset)]);
  const data = Buffer.alloc(256);

  test.each<[string, Buffer]>([
    ['inside the magic number', Buffer.alloc(0)],
    ['it starts with "PK', Buffer.from('PK\x03\x04 and more')],
    ['inside the counts', Buffer.from('GGUF\x03\0\0\0')],
    ['version 1;', Buffer.concat([Buffer.from('GGUF'), u32(1), u64(0n), u64(0n)])],
    ['big-endian', Buffer.concat([Buffer.from('GGUF'), u32(0x03000000), u64(0n), u64(0n)])],
    ['claims 18446744073709552000 metadata entries', file(0n, 2n ** 64n - 1n)],
    ['claims 9223372036854776000 tensors', file(2n ** 63n, 0n)],
    ['inside the key of metadata entry 0', file(0n, 1n)],
    ['the key of metadata entry 0 claims 18446744073709552000 bytes', file(0n, 1n, u64(2n ** 64n - 1n))],
    ['the key of metadata entry 0 is empty', file(0n, 1n, text(''), u32(4), u32(0))],
    ['hold "k" twice', file(0n, 2n, text('k'), u32(4), u32(0), text('k'), u32(4), u32(0))],
    ['metadata "k" has type 77', file(0n, 1n, text('k'), u32(77), data)],
    ['the items of metadata "k" has type 9', file(0n, 1n, text('k'), u32(9), u32(9), u64(1n), data)],
    ['claims 4294967296 items', file(0n, 1n, text('k'), u32(9), u32(0), u64(2n ** 32n), data)],
    [
      'claims 33 items of type string, with 256 bytes left',
      file(0n, 1n, text('k'), u32(9), u32(8), u64(33n), data),
    ],
    ['metadata "k" claims 33554432 bytes', file(0n, 1n, text('k'), u32(8), u64(2n ** 25n), data)],
    ['neither 0 nor 1', file(0n, 1n, text('k'), u32(7), Buffer.of(2))],
    ['not a power of two', file(0n, 1n, text('general.alignment'), u32(4), u32(24))],
    ['not a power of two', file(0n, 1n, text('general.alignment'), u32(4), u32(0))],
    ['claims 5 dimensions', file(1n, 0n, tensor([1n, 1n, 1n, 1n, 1n], 0, 0n), data)],
    ['values', file(1n, 0n, tensor([2n ** 32n, 2n ** 32n], 0, 0n), data)],
    ['values', file(1n, 0n, tensor([2n ** 63n, 0n], 0, 0n), data)],
    ['no whole blocks of type Q4_0', file(1n, 0n, tensor([33n], 2, 0n), data)],
    ['has offset 64; it should be 0', file(1n, 0n, tensor([4n], 0, 64n), data)],
    ['should be a multiple of 32', file(2n, 0n, tensor([4n], 99, 0n), tensor([4n], 0, 33n, 'u'), data)],
    ['tensor "t" ends at byte', file(1n, 0n, tensor([4000n], 0, 0n), data)],
    ['holds tensor "t" twice', file(2n, 0n, tensor([4n], 0, 0n), tensor([4n], 0, 32n), data)],
    ['claims 100 bytes; at most 63', file(1n, 0n, u64(100n), data)],
  ])('%s', async (message, bytes) => {
    const path = join(folder, 'malformed.gguf');
    await writeFile(path, bytes);
    const error = await openGguf(path).catch((error: unknown) => error);
    expect(error).toMatchObject({ code: 'model-corrupt', message: expect.stringContaining(message) });
    expect((error as Error).message).toContain(path);
    await expect(openGguf(path, { code: 'vector-malformed' })).rejects.toMatchObject({
      code: 'vector-malformed',
    });
  });

  test('an unknown tensor type is named by its number', async () => {
    const path = join(folder, 'future.gguf');
    await writeFile(path, file(1n, 0n, tensor([4n], 99, 0n), data));
    const opened = await openGguf(path);
    expect(opened.tensors.get('t')).toMatchObject({ type: 'unknown(99)', bytes: null });
    await opened.close();
  });

  test('a missing file and a folder', async () => {
    await expect(openGguf(join(folder, 'none.gguf'))).rejects.toMatchObject({ code: 'model-not-found' });
    await expect(openGguf(folder)).rejects.toMatchObject({
      code: 'read-failed',
      message: `cannot read "${folder}": it is a folder, not a file`,
    });
  });
});
