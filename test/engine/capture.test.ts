import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReadPosition } from '../../src/engine/engine.ts';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import type { Case, Sequence } from '../../src/prompts/case.ts';
import { largestDifference, randomCases } from '../support/cases.ts';
import { steeredForward } from '../support/steered-forward.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';

const tolerance = 1e-4;
const layers = [0, 1, 2, 3];
const width = 32;

let tiny: TinyLlama;
let cases: Case[];
/** Block outputs of each sequence by the plain forward pass: layer, then position. */
let outputs: Map<Sequence, Float64Array[][]>;
let engine: LlamaEngine;

beforeAll(async () => {
  tiny = await tinyLlama();
  cases = randomCases(6, { vocabulary: 259, seed: 4 });
  outputs = new Map(
    cases
      .flatMap(({ positive, negative }) => [positive, negative])
      .map((sequence) => [sequence, steeredForward(tiny, sequence).blockOutputs]),
  );
  engine = await loadLlama({ path: tiny.path, contextTokens: 256, threads: 1 });
});
afterAll(async () => {
  await engine.dispose();
  await tiny.remove();
});

/** Positions whose mean is read, one list a row. */
const rowsOf: Record<ReadPosition, (sequence: Sequence) => number[][]> = {
  letter: ({ letter }) => [[letter!]],
  'answer-mean': ({ answerStart, answerEnd }) => [range(answerStart, answerEnd)],
  'answer-last': ({ answerEnd }) => [[answerEnd - 1]],
  'last-prompt-token': ({ lastPromptToken }) => [[lastPromptToken]],
  all: ({ tokens }) => range(0, tokens.length).map((position) => [position]),
};

describe('capture against the plain forward pass', () => {
  it.each(Object.keys(rowsOf) as ReadPosition[])('%s, every block', async (position) => {
    const captured = await engine.capture(cases, position, layers);
    expect(captured).toMatchObject({ layers, width });
    cases.forEach((item, index) => {
      for (const side of ['positive', 'negative'] as const) {
        expect(
          largestDifference(captured[side][index]!, expected(item[side], position, layers)),
        ).toBeLessThan(tolerance);
      }
    });
    expect(captured.work.decodedTokens).toBe(captured.work.distinctTokens);
    expect(captured.work.steeredRows).toEqual([]);
  });

  it.each([[[2]], [[3]], [[0]], [[3, 1]]])('layers %j alone, in the order asked for', async (some) => {
    const captured = await engine.capture(cases, 'letter', some);
    cases.forEach((item, index) => {
      expect(
        largestDifference(captured.positive[index]!, expected(item.positive, 'letter', some)),
      ).toBeLessThan(tolerance);
    });
  });

  it('decodes what cases share once, and nothing behind the last position that is read', async () => {
    const { work } = await engine.capture(cases, 'last-prompt-token', [1]);
    const prompts = cases.map(({ positive }) => positive.tokens.subarray(0, positive.firstAnswerToken));
    const prefixes = new Set(
      prompts.flatMap((prompt) =>
        range(1, prompt.length + 1).map((end) => prompt.subarray(0, end).join(',')),
      ),
    );
    expect(work.decodedTokens).toBe(prefixes.size);
  });

  it('gives the same bits whatever was measured before', async () => {
    const before = await engine.capture(cases, 'all', layers);
    await engine.measure({ cases, interventions: [], branches: [[]], tokens: 'answer', logprobs: true });
    await engine.capture(cases, 'letter', [0]);
    const after = await engine.capture(cases, 'all', layers);
    expect(after.positive).toEqual(before.positive);
    expect(after.negative).toEqual(before.negative);
  });

  it('refuses the letter of a case that has none', async () => {
    const without = cases.map((item) => ({ ...item, positive: { ...item.positive, letter: null } }));
    await expect(engine.capture(without, 'letter', [1])).rejects.toThrow(
      new RangeError('case "random/0" has no answer letter to read'),
    );
  });
});

function expected(sequence: Sequence, position: ReadPosition, some: number[]): Float64Array {
  const rows = rowsOf[position](sequence);
  const values = new Float64Array(some.length * rows.length * width);
  some.forEach((layer, place) => {
    rows.forEach((positions, row) => {
      for (const at of positions) {
        outputs.get(sequence)![layer]![at]!.forEach((value, i) => {
          values[(place * rows.length + row) * width + i]! += value / positions.length;
        });
      }
    });
  });
  return values;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
