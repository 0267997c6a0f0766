import type { Verdict } from '../result/verdict.ts';
import type { Evidence } from './verdict-evidence.ts';
import { headline } from './verdict-headline.ts';
import { recommend } from './verdict-recommendation.ts';
import { flagRules, measurableRule, shownRule, wayRule } from './verdict-rules.ts';

/**
 * What the numbers amount to, by fixed rules in a fixed order.
 *
 * 1. *Not measurable*: the competence check failed. 2. *Inconclusive*: the interval of the mean slope contains 0, or
 * there is none. 3. *Steers the wrong way*: its upper bound is below 0. The first of these that applies ends the
 * rules. Else the vector *steers*, and each further rule holds, raises a flag or lacks data. *Reliable* needs every
 * rule to hold. A recommended multiplier is given only for a vector that steers, the largest tested without damage.
 *
 * @example
 * decideVerdict(evidence).kind; // 'steers'
 */
export function decideVerdict(evidence: Evidence): Verdict {
  const stops = [
    { kind: 'not measurable', rule: measurableRule },
    { kind: 'inconclusive', rule: shownRule },
    { kind: 'steers the wrong way', rule: wayRule },
  ] as const;
  const rules: Verdict['rules'] = [];
  for (const { kind, rule } of stops) {
    const outcome = rule(evidence);
    rules.push(outcome);
    if (outcome.outcome === 'flag') return verdict(kind, rules, evidence);
  }
  return verdict('steers', [...rules, ...flagRules.map((rule) => rule(evidence))], evidence);
}

function verdict(kind: Verdict['kind'], rules: Verdict['rules'], evidence: Evidence): Verdict {
  return {
    kind,
    reliable: kind === 'steers' && rules.every(({ outcome }) => outcome === 'holds'),
    headline: headline(kind, evidence),
    rules,
    ...recommend(kind, evidence),
  };
}
