import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadEngine } from '../../src/engine/remote-engine.ts';
import { SteerbenchError } from '../../src/errors.ts';
import { Xoshiro } from '../../src/math/xoshiro.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';

let tiny: TinyLlama;
let bytes: Buffer;
beforeAll(async () => {
  tiny = await tinyLlama({ blocks: 2 });
  bytes = await readFile(tiny.path);
});
afterAll(() => tiny.remove());

/** Loads bytes as a model in an engine process: its error, or null where it was loaded and measures. */
async function load(content: Buffer, name: string): Promise<SteerbenchError | null> {
  const path = join(dirname(tiny.path), `${name}.gguf`);
  await writeFile(path, content);
  try {
    const engine = await loadEngine({ path, contextTokens: 256, threads: 1 });
    await engine
      .tokenize('Hello (A)', { addSpecial: true, parseSpecial: true })
      .finally(() => engine.dispose());
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(SteerbenchError);
    return error as SteerbenchError;
  }
}

it.each([
  ['in its header', 100],
  ['in its tensor list', 9000],
  ['by half', 0.5],
  ['by one byte', -1],
])('a file that is cut %s is refused as corrupt', async (_, at) => {
  const end = at < 0 ? bytes.length + at : at < 1 ? Math.floor(bytes.length * at) : at;
  expect(await load(bytes.subarray(0, end), 'cut')).toMatchObject({
    code: 'model-corrupt',
    message: expect.stringContaining('cut.gguf'),
  });
});

it('numbers of the shape that do not belong together are refused', async () => {
  for (const [key, value] of [
    ['llama.block_count', 3],
    ['llama.block_count', 2 ** 31],
    ['llama.attention.head_count', 0],
    ['llama.attention.head_count_kv', 5],
    ['llama.embedding_length', 31],
  ] as const) {
    const mutant = Buffer.from(bytes);
    // Behind the key: its type, 4 bytes, then the value.
    mutant.writeUInt32LE(value, mutant.indexOf(`${key}`) + key.length + 4);
    const error = await load(mutant, 'shape');
    expect(error, `${key} = ${value}`).toBeInstanceOf(SteerbenchError);
    expect(error!.code).toMatch(/^(model-corrupt|out-of-memory)$/);
  }
});

it('single bytes changed at random: an engine that works, or an error with a code', async () => {
  const random = new Xoshiro(1);
  const at = (text: string) => bytes.indexOf(text);
  const ends = at('output_norm.weight') + 60;
  // Most of a header are token texts; numbers and the tensor list are where a change does something.
  const regions: [from: number, to: number, mutants: number][] = [
    [0, at('tokenizer.ggml.tokens'), 9],
    [at('tokenizer.ggml.tokens'), at('tokenizer.ggml.merges'), 2],
    [at('tokenizer.ggml.merges'), ends, 8],
    [ends, bytes.length, 1],
  ];
  const mutants = regions.flatMap(([from, to, count]) =>
    Array.from({ length: count }, () => {
      const mutant = Buffer.from(bytes);
      mutant[from + random.below(to - from)] = random.below(256);
      return mutant;
    }),
  );
  const errors: (SteerbenchError | null)[] = [];
  for (let first = 0; first < mutants.length; first += 2) {
    errors.push(
      ...(await Promise.all(
        mutants.slice(first, first + 2).map((mutant, index) => load(mutant, `mutant-${index}`)),
      )),
    );
  }
  const refused = errors.filter((error) => error !== null);
  expect(refused.length).toBeGreaterThan(2);
  expect(errors.length - refused.length).toBeGreaterThan(2);
}, 60_000);
