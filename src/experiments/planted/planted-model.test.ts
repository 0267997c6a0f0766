import { expect, test } from 'vitest';
import { plainForward } from '../../../test/support/plain-forward.ts';
import type { Case, Sequence } from '../../prompts/case.ts';
import { plantedMeanDifference, plantedPropensity, plantedSlope } from './planted-answer.ts';
import { plantedItems } from './planted-items.ts';
import { type PlantedModel, plantedModel } from './planted-model.ts';

const multipliers = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5];

/** Tokens of this tokenizer are bytes; `before` is what both answers begin with. */
function caseOf(index: number, prompt: string, before: string, positive: string, negative: string): Case {
  const sequence = (answer: string): Sequence => {
    const start = Buffer.byteLength(prompt);
    const tokens = Int32Array.from(Buffer.from(prompt + before + answer));
    return {
      tokens,
      lastPromptToken: start - 1,
      firstAnswerToken: start,
      letter: before === '' ? null : start + before.length,
      answerStart: start,
      answerEnd: tokens.length,
    };
  };
  return {
    id: `planted/${index}`,
    item: index,
    positive: sequence(positive),
    negative: sequence(negative),
    seamMoved: false,
  };
}

function completions(model: PlantedModel, count: number): Case[] {
  return plantedItems(model, count).map(({ index, completion }) =>
    caseOf(index, `${completion!.prompt}\n`, '', completion!.positive, completion!.negative),
  );
}

function letters(model: PlantedModel, count: number): Case[] {
  return plantedItems(model, count).map(({ index, multipleChoice }) => {
    const [own, other] = multipleChoice!.positive === 'A' ? ['A)', 'B)'] : ['B)', 'A)'];
    return caseOf(index, `${multipleChoice!.prompt}\n`, '(', own, other);
  });
}

/** Propensity by running the whole model. */
function measured(model: PlantedModel, item: Case, multiplier: number, layer: number, from: number): number {
  const position = item.positive.letter ?? item.positive.answerStart;
  const { logits } = plainForward(model.shape, model.weights, item.positive.tokens, (block, at, h) =>
    block === layer && at >= from ? h.map((value, i) => value + multiplier * model.direction[i]!) : undefined,
  );
  const row = logits[position - 1]!;
  return row[item.positive.tokens[position]!]! - row[item.negative.tokens[position]!]!;
}

const model = plantedModel();

test('the closed form is what the whole model computes, at every block from 1 on and from every start', () => {
  const cases = [...completions(model, 11), ...letters(model, 4)];
  for (const [i, item] of cases.entries()) {
    const layer = 1 + (i % 3);
    const from = i % 2 === 0 ? item.positive.lastPromptToken : 0;
    for (const multiplier of [-1.5, 0, 1]) {
      const expected = measured(model, item, multiplier, layer, from);
      expect(plantedPropensity(model, item, multiplier)).toBeCloseTo(expected, 10);
    }
  }
});

test('steering one block too early is noticed: it passes through the block that writes', () => {
  const [item] = completions(model, 1);
  const early = measured(model, item!, 1, 0, item!.positive.lastPromptToken);
  expect(Math.abs(early - plantedPropensity(model, item!, 1))).toBeGreaterThan(1e-3);
});

test('extraction returns the planted direction from balanced pairs, the letter direction from letters', () => {
  const difference = (cases: Case[], layer: number) => {
    const mean = new Float64Array(model.shape.width);
    for (const item of cases) {
      const position = item.positive.letter ?? item.positive.answerStart;
      const read = (tokens: Int32Array) =>
        plainForward(model.shape, model.weights, tokens).blockOutputs[layer]![position]!;
      const [positive, negative] = [read(item.positive.tokens), read(item.negative.tokens)];
      for (let i = 0; i < mean.length; i++) mean[i]! += (positive[i]! - negative[i]!) / cases.length;
    }
    return mean;
  };
  const balanced = completions(model, 8);
  expectClose(plantedMeanDifference(model, balanced), model.direction, 6);
  for (const layer of [1, 3])
    expectClose(difference(balanced, layer), plantedMeanDifference(model, balanced), 10);

  const lettered = letters(model, 8);
  const row = (token: number) => model.weights.embedding.subarray(token * 32, (token + 1) * 32);
  const half = row(65).map((value, i) => 0.5 * (value - row(66)[i]!));
  expectClose(plantedMeanDifference(model, lettered), half, 6);
  expectClose(difference(lettered, 1), half, 6);
});

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, digits: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i]!, digits);
}

test.each([0, 1, 2])('seed %i: exactly the planted items steer backwards, none of them by a hair', (seed) => {
  const seeded = plantedModel(seed);
  const items = plantedItems(seeded, 64);
  const cases = completions(seeded, 64);
  for (const [i, item] of cases.entries()) {
    const slope = plantedSlope(seeded, item, multipliers);
    expect(slope < 0).toBe(items[i]!.backward);
    expect(Math.abs(slope)).toBeGreaterThan(0.5);
  }
  expect(items.filter(({ backward }) => backward)).toHaveLength(16);
  for (const [i, item] of letters(seeded, 16).entries()) {
    const slope = plantedSlope(seeded, item, multipliers, plantedMeanDifference(seeded, letters(seeded, 16)));
    expect(slope < 0).toBe(items[i]!.multipleChoice!.positive === 'B');
  }
});

test('the slope is least squares, and the curve is bent enough to tell it from a difference quotient', () => {
  const [item] = completions(model, 1);
  const m = multipliers.map((multiplier) => plantedPropensity(model, item!, multiplier));
  // Symmetric multipliers: Σλm / Σλ², Σλ² = 7.
  const expected = multipliers.reduce((sum, multiplier, i) => sum + (multiplier * m[i]!) / 7, 0);
  expect(plantedSlope(model, item!, multipliers)).toBeCloseTo(expected, 12);
  expect(Math.abs((m[6]! - m[0]!) / 3 - expected)).toBeGreaterThan(0.01);
});

test('prompts are all different, and their number is checked', () => {
  const items = plantedItems(model, 512);
  expect(new Set(items.map(({ completion }) => completion!.prompt)).size).toBe(512);
  expect(() => plantedItems(model, 513)).toThrow('invalid count 513; not 1 to 512');
  expect(() =>
    plantedPropensity(
      model,
      { ...letters(model, 1)[0]!, positive: { ...letters(model, 1)[0]!.positive, letter: null } },
      0,
    ),
  ).toThrow('an answer of 3 tokens; not one');
});

test('the same seed gives the same weights', () => {
  expect(plantedModel(5).weights).toEqual(plantedModel(5).weights);
  expect(plantedModel(5).weights.embedding).not.toEqual(plantedModel(6).weights.embedding);
});
