import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type GgufFile, openGguf } from '../src/files/gguf-read.ts';
import { encodeGguf } from '../src/files/gguf-write.ts';
import { parseJsonLines } from '../src/files/jsonl.ts';
import { openSafetensors } from '../src/files/safetensors-read.ts';
import { encodeSafetensors } from '../src/files/safetensors-write.ts';
import { generator, mutants, survives } from './support/mutants.ts';

const folder = mkdtempSync(join(tmpdir(), 'steerbench-fuzz-'));
const path = join(folder, 'mutant');
afterAll(() => rmSync(folder, { recursive: true }));

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
    const answered = await survives(path, async () => {
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
    const answered = await survives(path, async () => {
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
    const answered = await survives(path, async () => {
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
