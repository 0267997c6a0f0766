import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MeasureRequest } from '../../src/engine/engine.ts';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import { randomCases, randomVector } from '../support/cases.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';

let tiny: TinyLlama;
let engine: LlamaEngine;
beforeAll(async () => {
  tiny = await tinyLlama({ seed: 4 });
  engine = await loadLlama({ path: tiny.path, contextTokens: 512, threads: 1 });
});
afterAll(async () => {
  await engine.dispose();
  await tiny.remove();
});

it('a branch that drives the model out of range leaves no trace in later work', async () => {
  const cases = randomCases(2, { vocabulary: 259, seed: 3 });
  const vector = randomVector(engine.facts.width, 1, 5);
  const request = (multiplier: number): MeasureRequest => ({
    cases,
    interventions: [0, 2].map((layer) => ({ layer, vector, multiplier, operator: 'add', start: 'all' })),
    branches: [[], [0], [1]],
    tokens: 'answer',
    logprobs: true,
  });
  // Smaller than the broken work, so that cells which that one used lie beyond its own, masked but read.
  const small: MeasureRequest = { ...request(1), cases: cases.slice(0, 1), branches: [[]] };
  const before = (await engine.measure(small)).measurements;
  const broken = (await engine.measure(request(1e40))).measurements.flat();
  expect(broken.some(({ positive }) => !positive.logits.every(Number.isFinite))).toBe(true);
  expect((await engine.measure(small)).measurements).toEqual(before);
});
