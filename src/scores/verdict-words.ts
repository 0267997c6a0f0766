import type { Estimate } from '../statistics/estimate.ts';
import { plain } from './plain-number.ts';

/** "4.8 (95 % interval 4.5 to 5.1)"; without the interval where there is none. */
export function interval({ value, low, high }: Estimate): string {
  if (value === null) return 'unknown';
  return low === null || high === null
    ? plain(value)
    : `${plain(value)} (95 % interval ${plain(low)} to ${plain(high)})`;
}

/** The same with the unit of a slope: "4.8 nats per unit of multiplier (95 % interval 4.5 to 5.1)". */
export function slopeText({ value, low, high }: Estimate, unit: string): string {
  if (value === null) return 'unknown';
  const size = `${plain(value)} ${unit} per unit of multiplier`;
  return low === null || high === null ? size : `${size} (95 % interval ${plain(low)} to ${plain(high)})`;
}
