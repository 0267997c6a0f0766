import type { Result } from '../../result/schema.ts';
import { type Estimate, noEstimate } from '../../statistics/estimate.ts';
import { mean } from '../../statistics/mean.ts';
import { largestPair } from './multiplier-pair.ts';
import type { SettingCell } from './setting-slopes.ts';

/**
 * Prompting, steering and both together, as half the distance between the propensities of the two sides, per item.
 *
 * Prompting exchanges the system message and steers nothing; steering leaves the message as it is and goes to ±λ; both
 * does the two at once. Null where the settings or the multipliers were not measured.
 */
export function comparePrompting(cells: readonly SettingCell[], multipliers: number[]): Result['prompting'] {
  const [zero, size] = [multipliers.indexOf(0), largestPair(multipliers)];
  const of = (setting: string) =>
    cells.find((cell) => cell.vector === 'BASE' && cell.setting === setting)?.slopes;
  const [base, positive, negative] = [of('BASE'), of('SYS_POS'), of('SYS_NEG')];
  if (zero < 0 || size === null || !base || !positive || !negative) return null;
  const [up, down] = [multipliers.indexOf(size), multipliers.indexOf(-size)];
  const half = (side: { above: typeof base; at: number; below: typeof base; under: number }): Estimate => {
    const differences = side.above.flatMap(({ propensities }, item) => {
      const [high, low] = [propensities[side.at], side.below[item]!.propensities[side.under]];
      return high == null || low == null ? [] : [(high - low) / 2];
    });
    return differences.length === 0
      ? noEstimate(0, 't interval', 'no item has both propensities')
      : mean(differences);
  };
  return {
    multiplier: size,
    items: base.length,
    prompting: half({ above: positive, at: zero, below: negative, under: zero }),
    steering: half({ above: base, at: up, below: base, under: down }),
    both: half({ above: positive, at: up, below: negative, under: down }),
  };
}
