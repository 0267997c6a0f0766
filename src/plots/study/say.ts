import { type Estimate, formatShare } from '../format-number.ts';
import { quantileOf } from './ranges.ts';

/** "1 run", "2 runs". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** "7 of 12", or "all 12", or "none of 12". */
export function partOf(part: number, all: number): string {
  if (all > 1 && part === all) return `all ${all}`;
  return part === 0 ? `none of ${all}` : `${part} of ${all}`;
}

/** "40 items", "12 to 40 items": the numbers of items behind several estimates. */
export function sayItems(counts: readonly number[], what = 'items'): string {
  const from = counts.reduce((a, b) => Math.min(a, b), Infinity);
  const to = counts.reduce((a, b) => Math.max(a, b), -Infinity);
  if (counts.length === 0) return `no ${what}`;
  return from === to ? `${from} ${what}` : `${from} to ${to} ${what}`;
}

/** Median of shares in per cent; "not known" without any. */
export function medianShare(shares: readonly number[]): string {
  return formatShare(quantileOf(shares, 0.5));
}

/** True where the interval lies wholly above the limit. */
export function clearlyAbove(estimate: Pick<Estimate, 'low'> | null, limit: number): boolean {
  return estimate?.low != null && estimate.low > limit;
}

/** True where the two intervals have no value in common. */
export function apart(a: Pick<Estimate, 'low' | 'high'>, b: Pick<Estimate, 'low' | 'high'>): boolean {
  if (a.low === null || a.high === null || b.low === null || b.high === null) return false;
  return a.low > b.high || b.low > a.high;
}

/** The cells of an estimate in a table: value, low, high, n. */
export function estimateCells(estimate: Estimate | null): (number | null)[] {
  return estimate === null
    ? [null, null, null, null]
    : [estimate.value, estimate.low, estimate.high, estimate.n];
}

/** Names of those cells, each behind the name of the quantity. */
export function estimateColumns(quantity: string): string[] {
  return [quantity, `${quantity} low`, `${quantity} high`, `${quantity} n`];
}

/** A number with two decimals and a true minus sign: "−0.26". */
export function formatFixed(value: number): string {
  const text = value.toFixed(2);
  return Number(text) === 0 ? '0.00' : text.replace('-', '−');
}
