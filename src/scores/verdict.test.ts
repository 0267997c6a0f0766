import { describe, expect, it } from 'vitest';
import { verdictSchema } from '../result/verdict.ts';
import type { Estimate } from '../statistics/estimate.ts';
import { judgeCompetence } from './competence.ts';
import { decideVerdict } from './verdict.ts';
import type { Evidence } from './verdict-evidence.ts';

const estimate = (value: number, low: number | null, high: number | null, n = 60): Estimate => ({
  value,
  low,
  high,
  n,
  method: 'hand',
  reason: low === null ? 'too few items' : null,
});

/** Evidence for a vector that is reliable in every respect. */
const sound: Evidence = {
  behaviour: 'Sentiment',
  model: 'SmolLM2',
  format: 'completion',
  unit: 'nats',
  multipliers: [-1.5, -1, -0.5, 0, 0.5, 1, 1.5],
  competence: judgeCompetence(new Array(24).fill(true)),
  slope: estimate(4.8, 4.5, 5.1),
  smallestDetectable: 0.42,
  antiSteerable: estimate(0.05, 0.02, 0.14),
  randomNull: { p: 1 / 21, k: 20 },
  lowOverlapSlope: estimate(3, 2, 4, 20),
  noiseRms: 0.01,
  explainedShare: estimate(0.3, 0.2, 0.4),
  letterShare: null,
  damage: [
    { multiplier: -1, klP95: 0.9 },
    { multiplier: 0.5, klP95: 0.2 },
    { multiplier: 1, klP95: 0.6 },
    { multiplier: 1.5, klP95: 1.4 },
  ],
  promptRatios: [{ setting: 'SYS_NEG', ratio: estimate(0.8, 0.6, 1.1) }],
};
const decide = (change: Partial<Evidence> = {}) => {
  const verdict = decideVerdict({ ...sound, ...change });
  // Every verdict fits the result document, whatever went in.
  return verdictSchema.parse(verdict);
};
const outcomeOf = (rule: string, change: Partial<Evidence>) =>
  decide(change).rules.find((entry) => entry.rule === rule)!.outcome;

describe('decideVerdict, in the order of its rules', () => {
  it('calls a vector reliable that passes every rule', () => {
    const verdict = decide();
    expect(verdict.rules.map(({ rule, outcome }) => [rule, outcome])).toEqual([
      ['not measurable in this format', 'holds'],
      ['inconclusive', 'holds'],
      ['steers the wrong way', 'holds'],
      ['not beyond random', 'holds'],
      ['backwards on many', 'holds'],
      ['below the numeric noise', 'holds'],
      ['mostly letter or Yes/No bias', 'holds'],
      ['only words it has seen', 'holds'],
      ['damaging', 'holds'],
      ['brittle to the prompt', 'holds'],
    ]);
    expect(verdict).toMatchObject({ kind: 'steers', reliable: true });
  });

  it('stops at a failed competence check, whatever the slope', () => {
    const failed = judgeCompetence(Array.from({ length: 24 }, (_, question) => question < 12));
    const verdict = decide({ competence: failed, format: 'multiple-choice', slope: estimate(-3, -4, -2) });
    expect(verdict.kind).toBe('not measurable');
    expect(verdict.rules).toHaveLength(1);
    expect(verdict.rules[0]).toMatchObject({ rule: 'not measurable in this format', outcome: 'flag' });
    expect(verdict.rules[0]!.because).toContain('12 of 24 control questions are right in both letter orders');
    expect(verdict.rules[0]!.because).toContain('lower bound 31.4 %, which must exceed 60 %');
    expect(verdict.rules[0]!.because).toContain('use the completion format');
    expect(verdict.headline).toBe(
      '"Sentiment" cannot be measured on SmolLM2 in the multiple-choice format: the model fails the control questions.',
    );
    expect(verdict.recommendedMultiplier).toBeNull();
    expect(decide({ competence: failed }).rules[0]!.because).not.toContain('letter');
  });

  it('says so when there are too few control questions for an interval', () => {
    const [rule] = decide({ competence: judgeCompetence([true, true]) }).rules;
    expect(rule!.because).toContain(
      'there is no interval (an interval needs at least 10 items; there are 2)',
    );
  });

  it('goes on without a competence check, but is not reliable then', () => {
    const verdict = decide({ competence: null });
    expect(verdict).toMatchObject({ kind: 'steers', reliable: false });
    expect(verdict.rules[0]!.outcome).toBe('not measured');
  });

  it.each([
    [estimate(1, 0, 2), 'inconclusive'],
    [estimate(1, 1e-9, 2), 'steers'],
    [estimate(-1, -2, 0), 'inconclusive'],
    [estimate(-1, -2, -1e-9), 'steers the wrong way'],
    [estimate(0.1, -0.5, 0.7), 'inconclusive'],
    [estimate(5, null, null, 8), 'inconclusive'],
    [null, 'inconclusive'],
    [{ ...estimate(0, null, null, 0), value: null, reason: 'there are no values' }, 'inconclusive'],
  ])('from the slope %j: %s', (slope, kind) => {
    expect(decide({ slope }).kind).toBe(kind);
  });

  it('prints the smallest slope that could have been shown when it is inconclusive', () => {
    const verdict = decide({ slope: estimate(0.1, -0.5, 0.7) });
    expect(verdict.rules).toHaveLength(2);
    expect(verdict.rules[1]!.because).toBe(
      'The interval of the mean slope, 0.1 nats per unit of multiplier (95 % interval -0.5 to 0.7), contains 0. 60 items could have shown a slope of 0.42 (80 % power).',
    );
    expect(verdict.headline).toContain('is not shown: 0.1 nats');
  });

  it('gives the reason when there is no interval, or no slope', () => {
    expect(decide({ slope: estimate(5, null, null, 8) }).rules[1]!.because).toContain(
      'no interval: too few items',
    );
    expect(decide({ slope: null }).rules[1]!.because).toContain(
      'There is no mean slope: it was not measured',
    );
    expect(decide({ slope: null }).headline).toContain('there is no mean slope');
  });

  it('stops at a vector that steers the wrong way', () => {
    const verdict = decide({ slope: estimate(-2, -3, -1) });
    expect(verdict.rules).toHaveLength(3);
    expect(verdict.headline).toContain('steers the wrong way on SmolLM2: -2 nats');
    expect(verdict.recommendation).toContain('"steers the wrong way"');
    expect(verdict).toMatchObject({ reliable: false, recommendedMultiplier: null });
  });
});

describe('decideVerdict, each flag at its boundary', () => {
  const few = estimate(0.5, null, null, 5);

  it.each<[string, string, Partial<Evidence>, string]>([
    ['not beyond random', 'p of exactly 0.05', { randomNull: { p: 0.05, k: 19 } }, 'holds'],
    ['not beyond random', 'p above 0.05', { randomNull: { p: 0.0501, k: 19 } }, 'flag'],
    ['not beyond random', 'K too small to show it', { randomNull: { p: 0.1, k: 9 } }, 'flag'],
    ['not beyond random', 'no null', { randomNull: null }, 'not measured'],
    ['not beyond random', 'no p', { randomNull: { p: null, k: 0 } }, 'not measured'],
    ['backwards on many', 'lower bound of exactly 10 %', { antiSteerable: estimate(0.2, 0.1, 0.3) }, 'holds'],
    ['backwards on many', 'lower bound above 10 %', { antiSteerable: estimate(0.2, 0.1001, 0.3) }, 'flag'],
    ['backwards on many', 'no interval', { antiSteerable: few }, 'not measured'],
    ['backwards on many', 'nothing', { antiSteerable: null }, 'not measured'],
    ['below the numeric noise', 'noise as large as the slope', { noiseRms: 4.8 }, 'holds'],
    ['below the numeric noise', 'noise above the slope', { noiseRms: 4.8001 }, 'flag'],
    ['below the numeric noise', 'no noise at F32', { noiseRms: 0 }, 'holds'],
    ['below the numeric noise', 'nothing', { noiseRms: null }, 'not measured'],
    [
      'mostly letter or Yes/No bias',
      'lower bound of exactly 50 %',
      { explainedShare: estimate(0.7, 0.5, 0.9) },
      'holds',
    ],
    [
      'mostly letter or Yes/No bias',
      'lower bound above 50 %',
      { explainedShare: estimate(0.7, 0.501, 0.9) },
      'flag',
    ],
    ['mostly letter or Yes/No bias', 'answers of their own', { explainedShare: null }, 'holds'],
    [
      'mostly letter or Yes/No bias',
      'letters, and nothing measured',
      { format: 'multiple-choice', explainedShare: null },
      'not measured',
    ],
    [
      'mostly letter or Yes/No bias',
      'within items, lower bound of exactly 50 %',
      { letterShare: estimate(0.7, 0.5, 0.9) },
      'holds',
    ],
    [
      'mostly letter or Yes/No bias',
      'within items, lower bound above 50 %',
      { letterShare: estimate(0.7, 0.501, 0.9) },
      'flag',
    ],
    ['damaging', 'not finite', { damage: [{ multiplier: 1, klP95: null }] }, 'flag'],
    [
      'only words it has seen',
      'lower bound of exactly 0',
      { lowOverlapSlope: estimate(1, 0, 2, 20) },
      'flag',
    ],
    ['only words it has seen', 'lower bound above 0', { lowOverlapSlope: estimate(1, 1e-9, 2, 20) }, 'holds'],
    ['only words it has seen', 'the wrong way', { lowOverlapSlope: estimate(-1, -2, -0.5, 20) }, 'flag'],
    ['only words it has seen', 'no interval', { lowOverlapSlope: few }, 'not measured'],
    ['only words it has seen', 'nothing', { lowOverlapSlope: null }, 'not measured'],
    ['only words it has seen', 'letters', { format: 'multiple-choice', lowOverlapSlope: null }, 'holds'],
    ['damaging', 'exactly 1 nat at 1', { damage: [{ multiplier: 1, klP95: 1 }] }, 'holds'],
    ['damaging', 'more at 1', { damage: [{ multiplier: 1, klP95: 1.001 }] }, 'flag'],
    ['damaging', 'only at another multiplier', { damage: [{ multiplier: 1.5, klP95: 9 }] }, 'not measured'],
    ['damaging', 'nothing', { damage: null }, 'not measured'],
    [
      'brittle to the prompt',
      'upper bound of exactly 0.5',
      { promptRatios: [{ setting: 'USER_POS', ratio: estimate(0.4, 0.3, 0.5) }] },
      'holds',
    ],
    [
      'brittle to the prompt',
      'one setting below',
      { promptRatios: [sound.promptRatios![0]!, { setting: 'USER_NEG', ratio: estimate(0.4, 0.3, 0.499) }] },
      'flag',
    ],
    [
      'brittle to the prompt',
      'one of two without interval',
      { promptRatios: [sound.promptRatios![0]!, { setting: 'USER_NEG', ratio: few }] },
      'not measured',
    ],
    [
      'brittle to the prompt',
      'no interval at all',
      { promptRatios: [{ setting: 'USER_NEG', ratio: few }] },
      'not measured',
    ],
    ['brittle to the prompt', 'nothing', { promptRatios: null }, 'not measured'],
  ])('%s: %s', (rule, _, change, outcome) => {
    expect(outcomeOf(rule, change)).toBe(outcome);
    const verdict = decide(change);
    expect(verdict.kind).toBe('steers');
    expect(verdict.reliable).toBe(outcome === 'holds');
    // Only this rule differs from the sound evidence.
    expect(
      verdict.rules.filter((entry) => entry.rule !== rule).every((entry) => entry.outcome === 'holds'),
    ).toBe(true);
  });

  it('gives the numbers that it used', () => {
    const because = Object.fromEntries(decide().rules.map((rule) => [rule.rule, rule.because]));
    expect(because['not beyond random']).toContain('p = 0.0476 among 20 random directions');
    expect(because['backwards on many']).toContain('5 % of 60 items go backwards (2 % to 14 %)');
    expect(because['below the numeric noise']).toContain('4.8 nats');
    expect(because['mostly letter or Yes/No bias']).toContain(
      "30 % of the slopes' variance between items (20 % to 40 %)",
    );
    expect(because['only words it has seen']).toContain('On the 20 items');
    expect(because['damaging']).toContain('at multiplier 1 is 0.6 nats');
    expect(because['brittle to the prompt']).toContain('SYS_NEG: 0.8 (95 % interval 0.6 to 1.1)');
    expect(decide({ format: 'multiple-choice' }).rules[7]!.because).toContain(
      'Does not apply to answer letters',
    );
    expect(decide({ lowOverlapSlope: few }).rules[7]!.because).toContain(
      'There is no interval: too few items',
    );
  });
});

describe('the headline', () => {
  it('names behaviour, model, slope with unit and interval, and the share that goes backwards', () => {
    expect(decide().headline).toBe(
      'The vector for "Sentiment" steers SmolLM2: 4.8 nats per unit of multiplier (95 % interval 4.5 to 5.1), with 5 % of 60 test items going backwards.',
    );
    expect(decide({ antiSteerable: null, unit: 'logits' }).headline).toBe(
      'The vector for "Sentiment" steers SmolLM2: 4.8 logits per unit of multiplier (95 % interval 4.5 to 5.1).',
    );
  });
});

describe('the recommended multiplier', () => {
  it('is the largest tested without damage', () => {
    expect(decide()).toMatchObject({ recommendedMultiplier: 1 });
    expect(decide().recommendation).toContain('1 is the largest of the tested multipliers 0.5, 1, 1.5');
    // A multiplier that was checked for damage but not tested on the items does not count; exactly 1 nat does.
    const damage = [
      { multiplier: 1.5, klP95: 1 },
      { multiplier: 2, klP95: 0.1 },
    ];
    expect(decide({ damage }).recommendedMultiplier).toBe(1.5);
  });

  it('is null where damage was not measured, with a starting point', () => {
    const verdict = decide({ damage: null });
    expect(verdict.recommendedMultiplier).toBeNull();
    expect(verdict.recommendation).toBe(
      'The multipliers 0.5, 1, 1.5 were tested, but damage to other text was not measured, so none is recommended; 1, the vector as extracted, is a starting point for the command line.',
    );
  });

  it('is null where every one damages, or none above 0 was tested', () => {
    expect(decide({ damage: [{ multiplier: 0.5, klP95: 1.01 }] })).toMatchObject({
      recommendedMultiplier: null,
    });
    expect(decide({ damage: [{ multiplier: 0.5, klP95: 1.01 }] }).recommendation).toContain(
      'damages neutral text',
    );
    expect(decide({ multipliers: [-1, 0] }).recommendation).toContain('none above 0 was tested');
    expect(decide({ slope: estimate(1, -1, 3) }).recommendation).toBe(
      'No multiplier is recommended: the verdict is "inconclusive".',
    );
  });
});
