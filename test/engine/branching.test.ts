import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Measurement, MeasureRequest } from '../../src/engine/engine.ts';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import { type Intervention, operators, type Start, starts } from '../../src/interventions/intervention.ts';
import type { Case } from '../../src/prompts/case.ts';
import { randomCases, randomVector } from '../support/cases.ts';
import { largestMeasurementDifference } from '../support/measurements.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';

const tolerance = 1e-4;
/** Two stems of their own, so that the trie has several roots. */
const cases = [
  ...randomCases(5, { vocabulary: 259, seed: 21 }),
  ...randomCases(3, { vocabulary: 259, seed: 22 }),
];

let tiny: TinyLlama;
/** Decodes one (case, branch) at a time: nothing shared, nothing beside it but the other answer. */
let alone: LlamaEngine;

beforeAll(async () => {
  tiny = await tinyLlama({ seed: 5 });
  alone = await loadLlama({ path: tiny.path, contextTokens: 256, batchRows: 64, threads: 1 });
});
afterAll(async () => {
  await alone.dispose();
  await tiny.remove();
});

describe.each([
  { batchRows: 7, contextTokens: 256 },
  { batchRows: 32, contextTokens: 256 },
  { batchRows: 128, contextTokens: 256 },
  { batchRows: 128, contextTokens: 4096 },
])('many branches at once equal one at a time, %j', (limits) => {
  let engine: LlamaEngine;
  beforeAll(async () => {
    engine = await loadLlama({ path: tiny.path, threads: 1, ...limits });
    expect(engine.facts.contextTokens).toBe(limits.contextTokens);
  });
  afterAll(() => engine.dispose());

  it.each([...starts, 'mixed'] as const)('start %s', async (start) => {
    const { interventions, branches } = branchesWith(start);
    const request: MeasureRequest = { cases, interventions, branches, tokens: 'answer', logprobs: true };
    const { measurements, work } = await engine.measure(request);
    expect(await largestFromAlone(request, measurements)).toBeLessThan(tolerance);
    // Each distinct token of the trie is decoded once, also where the context is too small for all of them.
    expect(work.decodedTokens).toBe(work.distinctTokens);
    if (start === 'all') expect(work.distinctTokens).toBeGreaterThan(1000);
    expect(work.batches).toBeGreaterThanOrEqual(Math.ceil(work.decodedTokens / limits.batchRows));
  });

  it('letters by the short path', async () => {
    const { interventions, branches } = branchesWith('mixed');
    const request: MeasureRequest = { cases, interventions, branches, tokens: 'letter', logprobs: false };
    const { measurements } = await engine.measure(request);
    expect(await largestFromAlone(request, measurements)).toBeLessThan(tolerance);
  });
});

it('a wide sweep of one item decodes its prompt once: 300 branches, one row each and an answer token', async () => {
  const [item] = cases as [Case];
  const interventions = Array.from({ length: 300 }, (_, index) =>
    intervention(index % 4, (index % 30) / 10 - 1.55, 'last-prompt-token'),
  );
  const branches = interventions.map((_, index) => [index]);
  const { work } = await alone.measure({
    cases: [item],
    interventions,
    branches: [[], ...branches],
    tokens: 'letter',
    logprobs: false,
  });
  // The letter is the second answer token, and both answers begin with the same one.
  expect(work.distinctTokens).toBe(item.positive.lastPromptToken + 301 * 2);
  expect(work.decodedTokens).toBe(work.distinctTokens);
});

it('the same request gives the same bits', async () => {
  const { interventions, branches } = branchesWith('mixed');
  const request: MeasureRequest = { cases, interventions, branches, tokens: 'answer', logprobs: true };
  const [first, second] = [await alone.measure(request), await alone.measure(request)];
  expect(second.measurements).toEqual(first.measurements);
  expect(second.work.steeredRows).toEqual(first.work.steeredRows);
});

it('requests that are made at once are served one after the other', async () => {
  const { interventions, branches } = branchesWith('last-prompt-token');
  const request: MeasureRequest = { cases, interventions, branches, tokens: 'letter', logprobs: false };
  const expected = await alone.measure(request);
  const results = await Promise.all([alone.measure(request), alone.measure(request), alone.measure(request)]);
  for (const { measurements } of results) expect(measurements).toEqual(expected.measurements);
});

/** Every operator at some block, twice the same branch, an unsteered one, one of two interventions. */
function branchesWith(start: Start | 'mixed'): Pick<MeasureRequest, 'interventions' | 'branches'> {
  const startOf = (index: number) => (start === 'mixed' ? starts[index % 3]! : start);
  const interventions = [
    ...operators.map((operator, index) => ({ ...intervention(index % 4, 1, startOf(index)), operator })),
    ...[0, 1, 2, 3].map((layer) => intervention(layer, -0.8, startOf(layer + 1))),
    intervention(2, 0, startOf(0)),
  ];
  return { interventions, branches: [[], ...interventions.map((_, index) => [index]), [0], [5, 8], [8, 5]] };
}

function intervention(layer: number, multiplier: number, start: Start): Intervention {
  return { layer, vector: randomVector(32, 5, layer), multiplier, operator: 'add', start };
}

/** Each (case, branch) of a request on its own; the numbers do not depend on the limits, so they are kept. */
async function measureAlone(request: MeasureRequest): Promise<Measurement[][]> {
  const key = JSON.stringify([request.tokens, request.interventions.map(({ start }) => start)]);
  const known = measuredAlone.get(key);
  if (known !== undefined) return known;
  const measurements: Measurement[][] = [];
  for (const item of request.cases) {
    const row: Measurement[] = [];
    for (const branch of request.branches) {
      const single = await alone.measure({ ...request, cases: [item], branches: [branch] });
      row.push(single.measurements[0]![0]!);
    }
    measurements.push(row);
  }
  measuredAlone.set(key, measurements);
  return measurements;
}

const measuredAlone = new Map<string, Measurement[][]>();

async function largestFromAlone(request: MeasureRequest, measurements: Measurement[][]): Promise<number> {
  const singles = await measureAlone(request);
  return Math.max(
    ...measurements.flatMap((row, index) =>
      row.map((found, place) => largestMeasurementDifference(found, singles[index]![place]!)),
    ),
  );
}
