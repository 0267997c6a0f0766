import type { Rule } from '../result/verdict.ts';
import type { Estimate } from '../statistics/estimate.ts';
import { percent, plain } from './plain-number.ts';
import type { Evidence } from './verdict-evidence.ts';
import { interval, slopeText } from './verdict-words.ts';

/** A rule: looks at the evidence, and says what it found with the numbers. */
type RuleFunction = (evidence: Evidence) => Rule;

/** Largest p with which a slope counts as beyond random directions. */
const significance = 0.05;
/** The Wilson lower bound of the backward share may not exceed this. */
const backwardLimit = 0.1;
/** The lower bound of the share explained by letter and Yes/No may not exceed this. */
const biasLimit = 0.5;
/** The upper bound of relative steerability may not be below this in any setting. */
const promptLimit = 0.5;
/** 95th percentile of per-token KL in nats from which a multiplier damages the text. */
export const damageLimitNats = 1;

/** Rule 1: can this model take this test at all? */
export const measurableRule: RuleFunction = ({ competence, format }) => {
  const rule = ruleOf('not measurable in this format');
  if (competence === null) return rule.notMeasured('The competence check was not made.');
  const { right, questions, share, threshold, passed } = competence;
  const bound =
    share.low === null
      ? `there is no interval (${share.reason ?? 'no reason given'})`
      : `lower bound ${percent(share.low)}, which must exceed ${percent(threshold)}`;
  const both = format === 'multiple-choice' ? ' in both letter orders' : '';
  return rule.flagIf(
    !passed,
    `${right} of ${questions} control questions are right${both}: ${bound}.${passed ? '' : consequences[format]}`,
  );
};

const consequences = {
  'multiple-choice':
    ' Letter propensities would measure the letter, not the behaviour; use the completion format.',
  completion:
    ' The model does not prefer a sensible answer, so its preferences say nothing about a behaviour.',
};

/** Rule 2: is the mean slope told apart from 0? */
export const shownRule: RuleFunction = ({ slope, unit, smallestDetectable }) => {
  const rule = ruleOf('inconclusive');
  if (slope === null || slope.value === null) {
    return rule.flagIf(true, `There is no mean slope: ${slope?.reason ?? 'it was not measured'}.`);
  }
  if (slope.low === null || slope.high === null) {
    return rule.flagIf(true, `The mean slope ${plain(slope.value)} has no interval: ${slope.reason}.`);
  }
  const containsZero = slope.low <= 0 && slope.high >= 0;
  const power =
    smallestDetectable === null
      ? ''
      : ` ${slope.n} items could have shown a slope of ${plain(smallestDetectable)} (80 % power).`;
  return rule.flagIf(
    containsZero,
    `The interval of the mean slope, ${slopeText(slope, unit)}, ${containsZero ? 'contains' : 'does not contain'} 0.${power}`,
  );
};

/** Rule 3: does the vector lower what it should raise? */
export const wayRule: RuleFunction = ({ slope }) => {
  const high = slope!.high!;
  const below = high < 0;
  return ruleOf('steers the wrong way').flagIf(
    below,
    `The upper bound of the mean slope, ${plain(high)}, is ${below ? 'below' : 'above'} 0.`,
  );
};

const beyondRandom: RuleFunction = ({ randomNull }) => {
  const rule = ruleOf('not beyond random');
  if (randomNull === null || randomNull.p === null) {
    return rule.notMeasured('No random directions were measured beside the vector.');
  }
  const { p, k } = randomNull;
  return rule.flagIf(
    p > significance,
    `p = ${plain(p)} among ${k} random directions of the same norm (at most ${significance} is asked; the least that ${k} can give is ${plain(1 / (k + 1))}).`,
  );
};

const backwards: RuleFunction = ({ antiSteerable }) =>
  bounded(
    'backwards on many',
    antiSteerable,
    'The share of backward items was not measured.',
    ({ value, low, high }, n) => ({
      flag: low > backwardLimit,
      because: `${percent(value)} of ${n} items go backwards (${percent(low)} to ${percent(high)}); the lower bound may not exceed ${percent(backwardLimit)}.`,
    }),
  );

const belowNoise: RuleFunction = ({ slope, noiseRms, unit }) => {
  const rule = ruleOf('below the numeric noise');
  if (noiseRms === null) return rule.notMeasured('The numeric noise of the precision was not measured.');
  const size = Math.abs(slope!.value!);
  return rule.flagIf(
    size < noiseRms,
    `The mean slope's size, ${plain(size)} ${unit}, against the rms noise of one item's slope at this precision, ${plain(noiseRms)}.`,
  );
};

const letterBias: RuleFunction = ({ format, explainedShare, letterShare }) => {
  const name = 'mostly letter or Yes/No bias';
  if (format === 'completion' && explainedShare === null)
    return ruleOf(name).flagIf(false, 'Does not apply to answers of their own, which have no letters.');
  const between = bounded(
    name,
    explainedShare,
    'The share that letter and Yes/No explain was not measured.',
    ({ value, low, high }) => ({
      flag: low > biasLimit,
      because: `Letter and Yes/No explain ${percent(value)} of the slopes' variance between items (${percent(low)} to ${percent(high)}); the lower bound may not exceed ${percent(biasLimit)}.`,
    }),
  );
  if (letterShare?.low == null || letterShare.value === null) return between;
  const within = `Within items the letter makes ${percent(letterShare.value)} (${percent(letterShare.low)} to ${percent(letterShare.high!)}).`;
  const because = `${between.because} ${within}`;
  return letterShare.low > biasLimit ? ruleOf(name).flagIf(true, because) : { ...between, because };
};

const onlySeenWords: RuleFunction = ({ format, lowOverlapSlope, unit }) => {
  const name = 'only words it has seen';
  if (format === 'multiple-choice') {
    return ruleOf(name).flagIf(false, 'Does not apply to answer letters, which are the same in every item.');
  }
  return bounded(
    name,
    lowOverlapSlope,
    'The items with the least overlap were not measured.',
    ({ low }, n) => ({
      flag: low <= 0,
      because: `On the ${n} items whose answers share the fewest words with training answers the mean slope is ${slopeText(lowOverlapSlope!, unit)}; its lower bound must be above 0.`,
    }),
  );
};

const damaging: RuleFunction = ({ damage }) => {
  const rule = ruleOf('damaging');
  const atOne = damage?.find(({ multiplier }) => multiplier === 1);
  if (atOne === undefined)
    return rule.notMeasured('Damage to neutral text at multiplier 1 was not measured.');
  if (atOne.klP95 === null)
    return rule.flagIf(
      true,
      'At multiplier 1 the steered model is not finite at some token of the neutral text.',
    );
  return rule.flagIf(
    atOne.klP95 > damageLimitNats,
    `The 95th percentile of the per-token KL divergence on neutral text at multiplier 1 is ${plain(atOne.klP95)} nats; at most ${damageLimitNats} is in order.`,
  );
};

const brittle: RuleFunction = ({ promptRatios }) => {
  const rule = ruleOf('brittle to the prompt');
  const known = (promptRatios ?? []).filter(({ ratio }) => ratio.high !== null);
  if (known.length === 0) return rule.notMeasured('Steerability under other prompts was not measured.');
  const worst = known.reduce((least, next) => (next.ratio.high! < least.ratio.high! ? next : least));
  const because = `Relative steerability is lowest in ${worst.setting}: ${interval(worst.ratio)}; the upper bound may not be below ${promptLimit}.`;
  if (worst.ratio.high! < promptLimit) return rule.flagIf(true, because);
  return known.length < promptRatios!.length
    ? rule.notMeasured(`${because} ${promptRatios!.length - known.length} settings have no interval.`)
    : rule.flagIf(false, because);
};

/** The rules for a vector that steers, in their order. */
export const flagRules: readonly RuleFunction[] = [
  beyondRandom,
  backwards,
  belowNoise,
  letterBias,
  onlySeenWords,
  damaging,
  brittle,
];

/** A rule on one estimate, which must have an interval. */
function bounded(
  name: string,
  estimate: Estimate | null,
  missing: string,
  judge: (
    bounds: { value: number; low: number; high: number },
    n: number,
  ) => { flag: boolean; because: string },
): Rule {
  const rule = ruleOf(name);
  if (estimate === null) return rule.notMeasured(missing);
  const { value, low, high, n, reason } = estimate;
  if (value === null || low === null || high === null) {
    return rule.notMeasured(`There is no interval: ${reason ?? 'no reason given'}.`);
  }
  const { flag, because } = judge({ value, low, high }, n);
  return rule.flagIf(flag, because);
}

function ruleOf(rule: string): {
  flagIf: (flag: boolean, because: string) => Rule;
  notMeasured: (because: string) => Rule;
} {
  return {
    flagIf: (flag, because) => ({ rule, outcome: flag ? 'flag' : 'holds', because }),
    notMeasured: (because) => ({ rule, outcome: 'not measured', because }),
  };
}
