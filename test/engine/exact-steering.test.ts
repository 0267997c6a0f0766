import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnswerMeasurement } from '../../src/engine/engine.ts';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import { logSumExp } from '../../src/engine/log-sum-exp.ts';
import { type Intervention, operators, type Start, starts } from '../../src/interventions/intervention.ts';
import { plainCase, randomCases, randomVector } from '../support/cases.ts';
import { controlVectorLogits } from '../support/control-vector.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';

let tiny: TinyLlama;
let engine: LlamaEngine;
beforeAll(async () => {
  tiny = await tinyLlama({ seed: 8 });
  engine = await loadLlama({ path: tiny.path, contextTokens: 256, threads: 1 });
});
afterAll(async () => {
  await engine.dispose();
  await tiny.remove();
});

const tokens = randomCases(1, { vocabulary: 259, seed: 1, stem: 20 })[0]!.positive.tokens;
const decoded = tokens.subarray(0, tokens.length - 1);
/** Every token but the first is an answer token: every decoded row is read. */
const wholeText = plainCase(tokens, { lastPromptToken: 0, end: tokens.length });

async function measureOne(interventions: Intervention[]): Promise<AnswerMeasurement> {
  const { measurements } = await engine.measure({
    cases: [wholeText],
    interventions,
    branches: [interventions.map((_, index) => index)],
    tokens: 'answer',
    logprobs: true,
  });
  return measurements[0]![0]!.positive;
}

/** The same numbers, from the whole rows of logits. */
function readAnswer(rows: Float32Array[]): AnswerMeasurement {
  return {
    logits: Float32Array.from(rows, (row, index) => row[tokens[index + 1]!]!),
    logSumExp: Float64Array.from(rows, (row) => logSumExp(row)),
  };
}

describe("adding a vector by the hook equals llama.cpp's control vector bit for bit", () => {
  it.each([[[1]], [[2]], [[3]], [[1, 2, 3]]])('blocks %j', async (layers) => {
    for (const multiplier of [1, -1.3]) {
      const data = new Float32Array(3 * 32);
      const interventions = layers.map((layer) => {
        const vector = randomVector(32, 5, layer);
        data.set(
          vector.map((value) => multiplier * value),
          (layer - 1) * 32,
        );
        return { ...add(layer, 'all'), vector, multiplier };
      });
      const expected = readAnswer(controlVectorLogits(tiny.path, engine.facts, decoded, data));
      expect(await measureOne(interventions)).toEqual(expected);
      expect(expected.logits).not.toEqual((await measureOne([])).logits);
    }
  });

  it('and without either, the numbers are those of the plain decode', async () => {
    expect(await measureOne([])).toEqual(
      readAnswer(controlVectorLogits(tiny.path, engine.facts, decoded, null)),
    );
  });
});

describe('nothing added changes nothing, bit for bit', () => {
  it.each(starts)(
    'a zero vector at every block, start %s: the hook writes back what it read',
    async (start) => {
      const zeros = [0, 1, 2, 3].map((layer) => ({ ...add(layer, start), vector: new Float32Array(32) }));
      expect(await measureOne(zeros)).toEqual(await measureOne([]));
    },
  );

  it.each(starts)('multiplier 0, start %s', async (start) => {
    for (const layer of [0, 1, 2, 3])
      expect(await measureOne([{ ...add(layer, start), multiplier: 0 }])).toEqual(await measureOne([]));
  });

  it('multiplier 0 beside steered branches is the unsteered branch, and costs no row', async () => {
    const steered = operators.map((operator) => ({ ...add(1, 'last-prompt-token'), operator }));
    const zero = { ...add(2, 'all'), multiplier: 0 };
    const cases = randomCases(4, { vocabulary: 259, seed: 2 });
    const branches = steered.map((_, index) => [index]);
    const measure = (first: number[]) =>
      engine.measure({
        cases,
        interventions: [...steered, zero],
        branches: [first, ...branches],
        tokens: 'answer',
        logprobs: true,
      });
    const [unsteered, identity] = [await measure([]), await measure([steered.length])];
    expect(identity.measurements).toEqual(unsteered.measurements);
    expect(identity.work.decodedTokens).toBe(unsteered.work.decodedTokens);
    const both = await engine.measure({
      cases,
      interventions: [...steered, zero],
      branches: [[], [steered.length], [0], [steered.length, 0]],
      tokens: 'answer',
      logprobs: true,
    });
    for (const [plain, withZero, one, oneWithZero] of both.measurements) {
      expect(withZero).toEqual(plain);
      expect(oneWithZero).toEqual(one);
    }
  });

  it('multiplier 0 of an operator that ablates is not the unsteered model', async () => {
    const ablated = await measureOne([{ ...add(1, 'all'), operator: 'ablate-then-add', multiplier: 0 }]);
    expect(ablated.logits).not.toEqual((await measureOne([])).logits);
  });
});

function add(layer: number, start: Start): Intervention {
  return { layer, vector: randomVector(32, 5, layer), multiplier: 1, operator: 'add', start };
}
