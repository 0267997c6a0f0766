import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LoadOptions, MeasureRequest } from '../../src/engine/engine.ts';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import type { Intervention } from '../../src/interventions/intervention.ts';
import { plainCase, randomCases, randomVector } from '../support/cases.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';

let tiny: TinyLlama;
let engine: LlamaEngine;
beforeAll(async () => {
  tiny = await tinyLlama();
  engine = await loadLlama({ path: tiny.path, contextTokens: 256, threads: 1 });
});
afterAll(async () => {
  await engine.dispose();
  await tiny.remove();
});

const cases = randomCases(2, { vocabulary: 259, seed: 3 });
const add: Intervention = {
  layer: 1,
  vector: randomVector(32, 5, 1),
  multiplier: 1,
  operator: 'add',
  start: 'all',
};
const measure = (changes: Partial<Intervention>, request: Partial<MeasureRequest> = {}) =>
  engine.measure({
    cases,
    interventions: [{ ...add, ...changes }],
    branches: [[0]],
    tokens: 'answer',
    logprobs: false,
    ...request,
  });

describe('requests that are refused', () => {
  it.each([4, -1, 1.5, Number.NaN])('layer %d', async (layer) => {
    const refusal = {
      code: 'layer-out-of-range',
      message: `layer ${layer} does not exist: "tiny-llama" has 4 blocks, 0 to 3`,
      remedy: 'give layers between 0 and 3',
    };
    await expect(measure({ layer })).rejects.toMatchObject(refusal);
    await expect(engine.capture(cases, 'letter', [0, layer])).rejects.toMatchObject(refusal);
    await expect(
      engine.generate({
        prompts: [Int32Array.of(1, 2)],
        interventions: [{ ...add, layer }],
        branches: [[0]],
        maxTokens: 2,
        temperature: 0,
        seed: 0,
      }),
    ).rejects.toMatchObject(refusal);
  });

  it.each([31, 33, 0])('a vector of %d values', async (width) => {
    await expect(measure({ vector: new Float32Array(width) })).rejects.toMatchObject({
      code: 'vector-dimension',
      message: `the vector has ${width} values, the residual stream of "tiny-llama" has 32`,
    });
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('a vector that holds %d', async (value) => {
    const vector = randomVector(32, 5, 1);
    vector[17] = value;
    await expect(measure({ vector })).rejects.toThrow(
      new RangeError('the vector for layer 1 holds values that are not finite'),
    );
  });

  it('a multiplier that is not finite', async () => {
    await expect(measure({ multiplier: Number.NaN })).rejects.toThrow(
      new RangeError('the multiplier for layer 1 is not a finite number: NaN'),
    );
  });

  it('the direction of a zero vector', async () => {
    await expect(measure({ vector: new Float32Array(32), operator: 'ablate' })).rejects.toThrow(
      new RangeError('the zero vector has no direction to "ablate"; layer 1'),
    );
  });

  it('the letter of a case that has none', async () => {
    const item = plainCase(Int32Array.of(1, 2, 3), { lastPromptToken: 1, end: 3 });
    await expect(measure({}, { cases: [item], tokens: 'letter' })).rejects.toThrow(
      new RangeError('case "test/0" has no answer letter to measure'),
    );
  });

  it('a case that is longer than the context', async () => {
    const item = plainCase(new Int32Array(300).fill(65), { lastPromptToken: 297, end: 300 });
    await expect(measure({}, { cases: [item] })).rejects.toMatchObject({
      code: 'out-of-memory',
      message: expect.stringContaining('the context holds 256 tokens'),
      remedy: expect.stringContaining('--context'),
    });
    await expect(engine.capture([item], 'all', [0])).rejects.toMatchObject({ code: 'out-of-memory' });
  });

  it('and after each of them the engine goes on as before', async () => {
    const before = await measure({});
    await measure({ layer: 9 }).catch(() => {});
    const long = plainCase(new Int32Array(300).fill(65), { lastPromptToken: 297, end: 300 });
    await measure({}, { cases: [cases[0]!, long] }).catch(() => {});
    expect((await measure({})).measurements).toEqual(before.measurements);
  });
});

describe('files that are refused', () => {
  const load = (options: Partial<LoadOptions>) => loadLlama({ path: tiny.path, threads: 1, ...options });

  it('a file that is no GGUF', async () => {
    const path = join(dirname(tiny.path), 'text.gguf');
    await writeFile(path, 'This is not a model.\n'.repeat(50));
    await expect(load({ path })).rejects.toMatchObject({
      code: 'model-corrupt',
      message: expect.stringContaining(path),
    });
  });

  it('a file that is not there', async () => {
    const path = join(dirname(tiny.path), 'absent.gguf');
    await expect(load({ path })).rejects.toMatchObject({ message: expect.stringContaining(path) });
    await expect(load({ path })).rejects.toHaveProperty('code');
  });

  it('a context that does not fit the memory, before anything is loaded', async () => {
    await expect(load({ contextTokens: 2 ** 40 })).rejects.toMatchObject({
      code: 'out-of-memory',
      message: expect.stringMatching(/needs about [\d.]+ GiB .* are free/),
    });
  });

  it.each([
    ['batchRows', 3, 4],
    ['contextTokens', 0, 1],
    ['threads', 0.5, 1],
    ['gpuLayers', -1, 0],
  ])('"%s" %d', async (name, value, least) => {
    await expect(load({ [name]: value })).rejects.toThrow(
      new RangeError(`invalid "${name}"; not a whole number from ${least} on: ${value}`),
    );
  });
});
