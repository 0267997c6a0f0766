import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBehaviour } from '../../src/dataset/load-behaviour.ts';
import type { MeasureRequest } from '../../src/engine/engine.ts';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import { logSumExp } from '../../src/engine/log-sum-exp.ts';
import { type Intervention, operators, type Start, starts } from '../../src/interventions/intervention.ts';
import { createCaseBuilder } from '../../src/prompts/build-case.ts';
import type { Case } from '../../src/prompts/case.ts';
import { extractVector } from '../../src/vectors/extract-vector.ts';
import { plainCase } from '../support/cases.ts';
import { controlVectorLogits } from '../support/control-vector.ts';
import { defaultModelAtF32 } from '../support/default-model.ts';
import { largestMeasurementDifference } from '../support/measurements.ts';

const tolerance = 1e-4;
const layers = [0, 14, 29];

let path: string;
let engine: LlamaEngine;
/** Two items of each format, as the model's own template puts them. */
let completions: Case[];
let choices: Case[];
/** Mean difference at each of `layers`. */
let vectors: Map<number, Float32Array>;

beforeAll(async () => {
  const model = await defaultModelAtF32();
  path = model.path;
  // Threads that wait for each other are slow where another process has the second core.
  engine = await loadLlama({ ...model, contextTokens: 1024, threads: 1 });
  completions = await buildCases('sentiment', 'completion', [0, 7]);
  choices = await buildCases('introversion', 'multiple-choice', [3, 10]);
  const { positive, negative, width } = await engine.capture(completions, 'answer-mean', layers);
  vectors = new Map(
    layers.map((layer, place) => {
      const at = (rows: Float32Array) => rows.subarray(place * width, (place + 1) * width);
      return [layer, extractVector('mean-difference', positive.map(at), negative.map(at))];
    }),
  );
});
afterAll(() => engine?.dispose());

async function buildCases(name: string, format: 'completion' | 'multiple-choice', items: number[]) {
  const behaviour = await loadBehaviour(name);
  const builder = await createCaseBuilder({
    behaviour: name,
    format,
    system: 'You are a helpful, honest and concise assistant.',
    tokenizer: engine,
    facts: engine.facts,
  });
  return Promise.all(items.map((index) => builder.build(behaviour.items[index]!)));
}

describe('branches over shared prefixes equal one-at-a-time evaluation', () => {
  async function check(request: MeasureRequest): Promise<number> {
    const { measurements, work } = await engine.measure(request);
    expect(work.decodedTokens).toBe(work.distinctTokens);
    let largest = 0;
    for (const [index, item] of request.cases.entries()) {
      for (const [place, branch] of request.branches.entries()) {
        const alone = await engine.measure({ ...request, cases: [item], branches: [branch] });
        const difference = largestMeasurementDifference(
          measurements[index]![place]!,
          alone.measurements[0]![0]!,
        );
        largest = Math.max(largest, difference);
      }
    }
    return largest;
  }

  it.each(starts)('completions, start %s', async (start) => {
    const interventions = layers.map((layer, index) => ({ ...add(layer, start), multiplier: 1.5 - index }));
    const branches = [[], [0], [1], [2], [0, 2]];
    const largest = await check({
      cases: completions,
      interventions,
      branches,
      tokens: 'answer',
      logprobs: true,
    });
    expect(largest).toBeLessThan(tolerance);
  });

  it('letters, every operator; both ways to a letter give the same logits', async () => {
    expect(engine.facts.shortLetterPath).toBe(true);
    const interventions = operators.map((operator, index) => ({
      ...add(layers[index % 3]!, 'last-prompt-token'),
      operator,
    }));
    const branches = [[], ...interventions.map((_, index) => [index])];
    const request: MeasureRequest = {
      cases: choices,
      interventions,
      branches,
      tokens: 'letter',
      logprobs: false,
    };
    expect(await check(request)).toBeLessThan(tolerance);
    const short = await engine.measure(request);
    const whole = await engine.measure({ ...request, logprobs: true });
    short.measurements.forEach((row, index) => {
      row.forEach(({ positive, negative }, branch) => {
        const other = whole.measurements[index]![branch]!;
        expect(Math.abs(positive.logits[0]! - other.positive.logits[0]!)).toBeLessThan(tolerance);
        expect(Math.abs(negative.logits[0]! - other.negative.logits[0]!)).toBeLessThan(tolerance);
      });
    });
  });
});

describe('bit for bit', () => {
  /** Every token but the first counts as answer, so that every decoded row is read. */
  const wholeText = () => {
    const { tokens } = completions[0]!.positive;
    return plainCase(tokens, { lastPromptToken: 0, end: tokens.length });
  };

  async function measureOne(interventions: Intervention[]) {
    const { measurements } = await engine.measure({
      cases: [wholeText()],
      interventions,
      branches: [interventions.map((_, index) => index)],
      tokens: 'answer',
      logprobs: true,
    });
    return measurements[0]![0]!.positive;
  }

  it("adding by the hook equals llama.cpp's control vector, at one block and at all it can reach", async () => {
    const { tokens } = wholeText().positive;
    expect(tokens.length).toBeLessThanOrEqual(engine.facts.batchRows);
    const { width, blocks } = engine.facts;
    const all = Array.from({ length: blocks - 1 }, (_, index) => index + 1);
    for (const steered of [[14], all]) {
      const data = new Float32Array((blocks - 1) * width);
      const vector = vectors.get(14)!;
      const multiplier = steered.length === 1 ? 1.5 : 0.05;
      for (const layer of steered) {
        data.set(
          vector.map((value) => multiplier * value),
          (layer - 1) * width,
        );
      }
      const rows = controlVectorLogits(path, engine.facts, tokens.subarray(0, tokens.length - 1), data);
      expect(await measureOne(steered.map((layer) => ({ ...add(14, 'all'), layer, multiplier })))).toEqual({
        logits: Float32Array.from(rows, (row, index) => row[tokens[index + 1]!]!),
        logSumExp: Float64Array.from(rows, (row) => logSumExp(row)),
      });
    }
  });

  it('multiplier 0, and a zero vector at every block, equal no hook', async () => {
    const unsteered = await measureOne([]);
    expect(await measureOne([{ ...add(14, 'all'), multiplier: 0 }])).toEqual(unsteered);
    const zero = new Float32Array(engine.facts.width);
    const everywhere = Array.from({ length: engine.facts.blocks }, (_, layer) => ({
      ...add(14, 'all'),
      layer,
      vector: zero,
    }));
    expect(await measureOne(everywhere)).toEqual(unsteered);
    expect(await measureOne([add(14, 'all')])).not.toEqual(unsteered);
  });
});

function add(layer: number, start: Start): Intervention {
  return { layer, vector: vectors.get(layer)!, multiplier: 1, operator: 'add', start };
}
