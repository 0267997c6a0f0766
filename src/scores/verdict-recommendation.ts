import type { Verdict } from '../result/verdict.ts';
import type { Evidence } from './verdict-evidence.ts';
import { damageLimitNats } from './verdict-rules.ts';

/** A recommended multiplier, only for a vector that steers: the largest one tested without damage. */
export function recommend(
  kind: Verdict['kind'],
  { multipliers, damage }: Evidence,
): Pick<Verdict, 'recommendedMultiplier' | 'recommendation'> {
  if (kind !== 'steers') return none(`No multiplier is recommended: the verdict is "${kind}".`);
  const tested = multipliers.filter((multiplier) => multiplier > 0).sort((a, b) => a - b);
  if (tested.length === 0) return none('No multiplier is recommended: none above 0 was tested.');
  const names = tested.join(', ');
  const measured = (damage ?? []).filter(({ multiplier }) => tested.includes(multiplier));
  if (measured.length === 0) {
    return none(
      `The multipliers ${names} were tested, but damage to other text was not measured, so none is recommended; 1, the vector as extracted, is a starting point for the command line.`,
    );
  }
  const harmless = measured.filter(({ klP95 }) => klP95 !== null && klP95 <= damageLimitNats);
  if (harmless.length === 0) {
    return none(`No multiplier is recommended: each of ${names} that was checked damages neutral text.`);
  }
  const largest = Math.max(...harmless.map(({ multiplier }) => multiplier));
  return {
    recommendedMultiplier: largest,
    recommendation: `${largest} is the largest of the tested multipliers ${names} that does not damage neutral text.`,
  };
}

function none(recommendation: string): Pick<Verdict, 'recommendedMultiplier' | 'recommendation'> {
  return { recommendedMultiplier: null, recommendation };
}
