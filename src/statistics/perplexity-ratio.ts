import type { Estimate } from './estimate.ts';
import { mean } from './mean.ts';

/**
 * Ratio of the perplexities of steered and unsteered model, exp(mean over texts of the difference per token).
 *
 * `differences[t]`: negative log-likelihood per token of text t, steered less unsteered, in nats. The interval is the
 * t interval over texts on the log scale; 1 means no damage. Null interval below 10 texts. Throws RangeError for a
 * difference that is not finite.
 *
 * @example
 * perplexityRatio([0.1, 0.3, 0.2]).value; // e^0.2 = 1.2214
 */
export function perplexityRatio(differences: ArrayLike<number>): Estimate {
  const log = mean(differences);
  const ratio = (end: number | null) => (end === null ? null : Math.exp(end));
  return {
    ...log,
    value: ratio(log.value),
    low: ratio(log.low),
    high: ratio(log.high),
    method: 't interval on the log scale',
  };
}
