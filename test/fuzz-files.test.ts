import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SteerbenchError } from '../src/errors.ts';
import { type GgufFile, openGguf } from '../src/files/gguf-read.ts';
import { encodeGguf } from '../src/files/gguf-write.ts';
import { parseJsonLines } from '../src/files/jsonl.ts';
import { openSafetensors } from '../src/files/safetensors-read.ts';
import { encodeSafetensors } from '../src/files/safetensors-write.ts';

const folder = mkdtempSync(join(tmpdir(), 'steerbench-fuzz-'));
const path = join(folder, 'mutant');
afterAll(() => rmSync(folder, { recursive: true }));

/** Numbers that counts, lengths and offsets are replaced by. */
const hostile = [
  ...[
    0n,
    1n,
    5n,
    255n,
    2n ** 16n,
    2n ** 20n,
    2n ** 22n,
    2n ** 24n,
    2n ** 31n - 1n,
    2n ** 31n,
    2n ** 32n - 1n,
  ],
  ...[2n ** 32n, 2n ** 40n, 2n ** 53n, 2n ** 61n, 2n ** 62n + 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n],
];

/** Bytes allocated beyond which a small file is said to be out of proportion. */
const allocationLimitBytes = 4 * 2 ** 20;

/** Constants of Knuth's MMIX; the upper bits are used. */
function generator(seed: bigint): (below: number) => number {
  let state = seed;
  return (below) => {
    state = BigInt.asUintN(64, state * 6364136223846793005n + 1442695040888963407n);
    return Number((state >> 33n) % BigInt(below));
  };
}

/**
 * Every truncation; every hostile number wherever eight bytes hold a small one, as counts and lengths do; one hostile
 * number at every other place of the header; then flips and cuts at random.
 */
function* mutants(
  original: Buffer,
  headerBytes: number,
  random: (below: number) => number,
): Generator<Buffer> {
  for (let length = 0; length < original.length; length++) yield original.subarray(0, length);
  for (let at = 0; at + 8 <= headerBytes; at++) {
    const isCount = original.readBigUInt64LE(at) < 2n ** 16n;
    const numbers = isCount ? hostile : [hostile[random(hostile.length)]!];
    for (const number of numbers) {
      const mutant = Buffer.from(original);
      if (isCount) mutant.writeBigUInt64LE(number, at);
      else mutant.writeUInt32LE(Number(BigInt.asUintN(32, number)), at);
      yield mutant;
    }
  }
  for (let i = 0; i < 800; i++) {
    const mutant = Buffer.from(original);
    for (let flips = 1 + random(4); flips > 0; flips--) mutant[random(headerBytes)]! ^= 1 << random(8);
    yield mutant;
  }
  for (let i = 0; i < 200; i++) {
    const [a, b] = [random(original.length), random(original.length)];
    yield Buffer.concat([original.subarray(0, a), original.subarray(b)]);
  }
}

/** Runs one reading: true if it gave an answer, false if it gave an error of our own that names the file. */
async function survives(read: () => Promise<void>, codes: string[]): Promise<boolean> {
  const before = process.memoryUsage();
  try {
    await read();
    return true;
  } catch (error) {
    if (!(error instanceof SteerbenchError)) throw error;
    expect(codes).toContain(error.code);
    expect(error.message).toContain(path);
    return false;
  } finally {
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(allocationLimitBytes);
    expect(after.heapUsed - before.heapUsed).toBeLessThan(allocationLimitBytes);
  }
}

test('every mutated GGUF gives an error that names it, or tensors that lie in it', {
  timeout: 60_000,
}, async () => {
  const content = encodeGguf({
    metadata: [
      ['general.architecture', { type: 'string', value: 'llama' }],
      ['general.alignment', { type: 'uint32', value: 32 }],
      ['llama.block_count', { type: 'uint32', value: 2 }],
      ['llama.eps', { type: 'float32', value: 1e-5 }],
      ['x.seed', { type: 'uint64', value: 7n }],
      ['x.tied', { type: 'bool', value: true }],
      ['tokens', { type: 'array', itemType: 'string', length: 4, value: ['<s>', 'a', '', 'Ġthe'] }],
      ['types', { type: 'array', itemType: 'int32', length: 4, value: Int32Array.of(3, 1, 1, 1) }],
      ['flags', { type: 'array', itemType: 'bool', length: 2, value: [true, false] }],
      ['template', { type: 'string', value: '{{ messages }}' }],
    ],
    tensors: [
      {
        name: 'token_embd.weight',
        shape: [8, 4],
        type: 'F32',
        data: Float32Array.from({ length: 32 }, Math.sin),
      },
      { name: 'half', shape: [4, 2, 1], type: 'F16', data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
      { name: 'q', shape: [32], type: 'Q8_0', data: new Uint8Array(34) },
    ],
  });
  const original = Buffer.concat(content);
  const outcomes = { answers: 0, errors: 0 };
  for (const mutant of mutants(original, content[0]!.length, generator(1n))) {
    writeFileSync(path, mutant);
    const wanted = outcomes.errors % 2 === 0 ? 'all' : ['tokens'];
    const answered = await survives(async () => {
      const file = await openGguf(path, { arrays: wanted });
      await checkTensors(file, mutant).finally(() => file.close());
    }, ['model-corrupt']);
    outcomes[answered ? 'answers' : 'errors']++;
  }
  expect(outcomes.answers + outcomes.errors).toBeGreaterThan(2000);
  expect(outcomes.answers).toBeGreaterThan(100);
  expect(outcomes.errors).toBeGreaterThan(1000);
});

/** Every F32 row that is read holds the very bytes of the file. */
async function checkTensors(file: GgufFile, bytes: Buffer): Promise<void> {
  for (const { name, shape, type, offset, bytes: length } of file.tensors.values()) {
    expect(offset + (length ?? 0)).toBeLessThanOrEqual(bytes.length);
    if (type !== 'F32') continue;
    const rows = shape.slice(1).reduce((product, extent) => product * extent, 1);
    const values = await file.readRows(name, 0, rows);
    const raw = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
    expect(raw.equals(bytes.subarray(offset, offset + length!))).toBe(true);
  }
}

test('every mutated safetensors file gives an error that names it, or whole tensors', {
  timeout: 60_000,
}, async () => {
  const content = encodeSafetensors({
    metadata: [
      ['format', 'pt'],
      ['method', 'mean-difference'],
    ],
    tensors: [
      { name: 'layer.1', type: 'F32', shape: [2, 4], values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
      { name: 'half', type: 'F16', shape: [4], values: Float32Array.of(1, 2, 3, 4) },
      { name: 'count', type: 'I64', shape: [1], values: BigInt64Array.of(7n) },
    ],
  });
  const original = Buffer.concat(content);
  const outcomes = { answers: 0, errors: 0 };
  for (const mutant of mutants(original, content[0]!.length, generator(2n))) {
    writeFileSync(path, mutant);
    const answered = await survives(async () => {
      const file = await openSafetensors(path);
      try {
        for (const { name, shape } of file.tensors.values()) {
          expect((await file.read(name)).length).toBe(shape.reduce((product, extent) => product * extent, 1));
        }
      } finally {
        await file.close();
      }
    }, ['file-malformed']);
    outcomes[answered ? 'answers' : 'errors']++;
  }
  expect(outcomes.answers).toBeGreaterThan(20);
  expect(outcomes.errors).toBeGreaterThan(500);
});

test('every mutated JSON Lines file gives an error that names line and file, or values', async () => {
  const original = Buffer.from(
    '\uFEFF{"prompt":"Wie geht\'s?","positive":"gut","negative":"naja"}\r\n\n[1,2.5e3,"\\u00e9"]\n"ü🙂"\nnull',
  );
  const outcomes = { answers: 0, errors: 0 };
  for (const mutant of mutants(original, original.length, generator(3n))) {
    const lineCount = mutant.toString('latin1').split('\n').length;
    const answered = await survives(async () => {
      let last = 0;
      for (const { line } of parseJsonLines(mutant, path)) {
        expect(line).toBeGreaterThan(last);
        expect(line).toBeLessThanOrEqual(lineCount);
        last = line;
      }
    }, ['data-malformed']);
    outcomes[answered ? 'answers' : 'errors']++;
  }
  expect(outcomes.answers).toBeGreaterThan(20);
  expect(outcomes.errors).toBeGreaterThan(500);
});
