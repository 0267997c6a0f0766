import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnswerMeasurement, Measurement } from '../engine/engine.ts';
import { answerTotals } from './answer-totals.ts';
import { choiceMass, propensity, type Score } from './propensity.ts';

const answer = (logits: number[], logSumExp: number[] | null = null): AnswerMeasurement => ({
  logits: Float32Array.from(logits),
  logSumExp: logSumExp === null ? null : Float64Array.from(logSumExp),
});
const both = (positive: AnswerMeasurement, negative: AnswerMeasurement): Measurement => ({
  positive,
  negative,
});

// Two tokens of probability e^-1 and e^-2 against one of e^-4: -3 and -4 nats, means -1.5 and -4.
const completion = both(answer([2, 1], [3, 3]), answer([-1], [3]));
const letters = both(answer([1.5], [2]), answer([0.25], [2]));

describe('propensity, by hand', () => {
  it.each<[Score, Measurement, number]>([
    ['logit-difference', letters, 1.25],
    ['logit-sum', letters, 1.25],
    // 2 + 1 against -1: every token counts, whatever the lengths.
    ['logit-sum', completion, 4],
    ['logprob', letters, 1.25],
    ['logprob-mean', letters, 1.25],
    ['normalised', letters, Math.exp(-0.5) / (Math.exp(-0.5) + Math.exp(-1.75))],
    ['accuracy', letters, 1],
    ['logprob', completion, 1],
    ['logprob-mean', completion, 2.5],
    ['normalised', completion, Math.exp(-3) / (Math.exp(-3) + Math.exp(-4))],
    ['accuracy', completion, 1],
    ['accuracy', both(completion.negative, completion.positive), 0],
    ['accuracy', both(letters.positive, letters.positive), 0],
    ['normalised', both(letters.positive, letters.positive), 0.5],
  ])('%s', (score, measurement, expected) => {
    const result = propensity(measurement, score);
    expect(result.value).toBeCloseTo(expected, 12);
    expect(result.reason).toBeNull();
  });

  it('ranks answers by their log-probability, not by their raw logits', () => {
    // Raw logits favour the positive answer, its row's normaliser turns that round.
    expect(propensity(both(answer([5], [9]), answer([1], [2])), 'accuracy').value).toBe(0);
  });

  it('sums in float64: a thousand tokens of 0.1 nats', () => {
    const long = both(answer(new Array(1000).fill(0), new Array(1000).fill(0.1)), answer([0], [0]));
    expect(propensity(long, 'logprob').value).toBeCloseTo(-100, 9);
    expect(propensity(long, 'logprob-mean').value).toBeCloseTo(-0.1, 12);
  });

  it('stays a number where both answers are next to impossible', () => {
    const impossible = both(answer([-900], [0]), answer([-2000], [0]));
    expect(propensity(impossible, 'normalised').value).toBe(1);
    expect(propensity(both(impossible.negative, impossible.positive), 'normalised').value).toBe(0);
  });
});

describe('propensity without an answer', () => {
  const plain = both(answer([1, 2]), answer([3]));

  it.each<Score>(['logprob', 'logprob-mean', 'normalised', 'accuracy'])(
    '%s needs log-probabilities',
    (score) => {
      expect(propensity(plain, score)).toEqual({
        value: null,
        reason: 'log-probabilities were not measured',
      });
    },
  );

  it('compares letters by their logits alone, where one row predicts both', () => {
    const bare = both(answer([1.5]), answer([0.25]));
    expect(propensity(bare, 'accuracy').value).toBe(1);
    expect(propensity(bare, 'normalised').value).toBeCloseTo(1 / (1 + Math.exp(-1.25)), 12);
    expect(propensity(bare, 'logprob').value).toBeNull();
  });

  it('has no logit difference of answers that are longer than a letter', () => {
    expect(propensity(plain, 'logit-difference')).toEqual({
      value: null,
      reason: 'a logit difference compares single tokens; the answers have 2 and 1',
    });
  });

  it.each([
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, 0],
    [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
  ])('is null with a reason for logits %d and %d', (positive, negative) => {
    const { value, reason } = propensity(both(answer([positive]), answer([negative])), 'logit-difference');
    expect(value).toBeNull();
    expect(reason).toContain('not a finite number');
  });

  it('refuses a measurement without tokens, or with too few normalisers', () => {
    expect(() => propensity(both(answer([]), answer([1])), 'logprob')).toThrow(RangeError);
    expect(() => answerTotals(answer([1, 2], [3]))).toThrow('2 logits and 1 log-sum-exps');
  });
});

describe('propensity, whatever was measured', () => {
  const side = fc
    .array(fc.tuple(fc.integer({ min: -60, max: 60 }), fc.integer({ min: 0, max: 40 })), {
      minLength: 1,
      maxLength: 5,
    })
    .map((tokens) =>
      answer(
        tokens.map(([logit]) => logit / 4),
        tokens.map(([logit, above]) => (logit + above) / 4),
      ),
    );

  it('turns round when the answers are exchanged, and is in its range', () => {
    fc.assert(
      fc.property(side, side, (positive, negative) => {
        const there = both(positive, negative);
        const back = both(negative, positive);
        for (const score of ['logprob', 'logprob-mean'] as const)
          expect(propensity(there, score).value! + propensity(back, score).value!).toBeCloseTo(0, 9);
        const share = propensity(there, 'normalised').value!;
        expect(share + propensity(back, 'normalised').value!).toBeCloseTo(1, 9);
        expect(share >= 0 && share <= 1).toBe(true);
        expect(propensity(there, 'accuracy').value).toBe(propensity(there, 'logprob').value! > 0 ? 1 : 0);
      }),
    );
  });
});

describe('choiceMass', () => {
  it('is the probability of the two letters', () => {
    expect(choiceMass(both(answer([Math.log(0.5)], [0]), answer([Math.log(0.25)], [0]))).value).toBeCloseTo(
      0.75,
      7,
    );
  });

  it('is null without log-probabilities, and for longer answers', () => {
    expect(choiceMass(both(answer([1]), answer([2]))).reason).toContain('not measured');
    expect(choiceMass(completion)).toEqual({
      value: null,
      reason: 'a choice has one letter each; the answers have 2 and 1 tokens',
    });
  });
});

describe('answerTotals', () => {
  it('sums logits, log-probabilities and tokens', () => {
    expect(answerTotals(answer([2, 1], [3, 4]))).toEqual({ logit: 3, logprob: -4, tokens: 2 });
    expect(answerTotals(answer([2, 1]))).toEqual({ logit: 3, logprob: null, tokens: 2 });
  });
});
