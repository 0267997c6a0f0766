import type { Estimate } from '../plots/format-number.ts';
import type { Result } from '../result/schema.ts';

/**
 * The prompt under which the vector keeps least of what the prompt's own vector does, and of how many; null where no
 * ratio is known.
 */
export function worstPrompt({ ood }: Result): { setting: string; ratio: Estimate; of: number } | null {
  const known = (ood?.relative ?? []).filter(
    ({ vector, self, ratio }) => vector === 'BASE' && !self && ratio.value !== null,
  );
  if (known.length === 0) return null;
  // As the verdict has it: the least that the interval allows it to keep at best.
  const most = ({ ratio }: (typeof known)[number]) => ratio.high ?? ratio.value!;
  const { setting, ratio } = known.reduce((a, b) => (most(b) < most(a) ? b : a));
  return { setting, ratio, of: known.length };
}

/** The 95th percentile of per-token KL at multiplier 1, in nats; null where it was not measured. */
export function damageAtOne({ damage }: Result): Estimate | null {
  return damage?.points.find(({ multiplier }) => multiplier === 1)?.klP95 ?? null;
}

/** The effect at the multiplier where the damage reaches its limit; null where either is not known. */
export function effectAtEqualDamage({
  damage,
}: Result): { limit: number; multiplier: number; effect: Estimate } | null {
  if (damage === null) return null;
  const { limit, multiplier, effect } = damage.equal;
  return multiplier === null || effect?.value == null ? null : { limit, multiplier, effect };
}

/** Rank correlation of the greedy free answers' effect with the slopes; null where there are no scores. */
export function freeAnswerCorrelation({ generationCheck }: Result): Estimate | null {
  const greedy = generationCheck?.samplings.find(({ sampling }) => sampling === 'greedy');
  return greedy?.correlation?.value == null ? null : greedy.correlation;
}

/** The factors of the bias decomposition in words ("letter and word"), and the share they explain; null without. */
export function explainedShare({ bias }: Result): { factors: string; share: Estimate } | null {
  if (bias === null || bias.adjustedR2.value === null) return null;
  return { factors: bias.factors.map(({ name }) => name).join(' and '), share: bias.adjustedR2 };
}
