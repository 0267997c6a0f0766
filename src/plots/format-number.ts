import type { Result } from '../result/schema.ts';

/** An estimate with its 95 % interval, as the result document holds it. */
export type Estimate = NonNullable<Result['steerability']>['mean'];

/** Per cent sign that stays on its number's line. */
const perCent = '\u00a0%';

/**
 * A number with three significant digits, at most four decimals, and a true minus sign; "not known" for null.
 *
 * @example
 * formatNumber(-4.6183); // '−4.62'
 */
export function formatNumber(value: number | null): string {
  return value === null ? 'not known' : withDecimals(value, decimalsFor(Math.abs(value)));
}

/**
 * A number with the decimals that `largest`, a number it stands beside, has with three significant digits.
 *
 * @example
 * formatBeside(-0.0561, 1.51); // '−0.06'
 */
export function formatBeside(value: number, largest: number): string {
  return fixed(value, decimalsFor(Math.abs(largest)));
}

/**
 * Value and interval with the same decimals: "4.62 (4.32 to 4.91)"; the value alone where there is no interval.
 *
 * Three significant digits of the largest, unless `decimals` are given, as for ratios and correlations.
 *
 * @example
 * formatEstimate({ value: 4.618, low: 4.32, high: 4.91, n: 60, method: 't interval', reason: null });
 */
export function formatEstimate({ value, low, high }: Estimate, decimals?: number): string {
  if (value === null) return 'not known';
  const largest = Math.max(Math.abs(value), Math.abs(low ?? 0), Math.abs(high ?? 0));
  const write = (number: number) =>
    decimals === undefined
      ? withDecimals(number, decimalsFor(low === null ? Math.abs(value) : largest))
      : fixed(number, decimals);
  return low === null || high === null ? write(value) : `${write(value)} (${write(low)} to ${write(high)})`;
}

/**
 * "95 % interval", or "no intervals" where none of the estimates has one: for the notes of figures.
 *
 * @example
 * sayIntervals([steerability.mean]); // '95 % interval'
 */
export function sayIntervals(estimates: readonly Estimate[]): string {
  return estimates.some(({ low }) => low !== null) ? '95 % interval' : 'no intervals';
}

/**
 * Whether two intervals are apart: they have no value in common; null where one is missing.
 *
 * @example
 * areApart(prompting, steering);
 */
export function areApart(a: Estimate, b: Estimate): boolean | null {
  if (a.low === null || a.high === null || b.low === null || b.high === null) return null;
  return a.low > b.high || b.low > a.high;
}

/**
 * A share in per cent: "8.3 %".
 *
 * @example
 * formatShare(1 / 12); // '8.3 %'
 */
export function formatShare(share: number | null): string {
  return share === null ? 'not known' : `${percent(share)}${perCent}`;
}

/** A share with its interval in per cent: "8.3 % (3.6 to 18.1 %)". */
export function formatShareEstimate({ value, low, high }: Estimate): string {
  if (value === null || low === null || high === null) return formatShare(value);
  return `${percent(value)}${perCent} (${percent(low)} to ${percent(high)}${perCent})`;
}

/**
 * A multiplier with its sign: "+1.5", "−1", "0".
 *
 * @example
 * formatMultiplier(1.5); // '+1.5'
 */
export function formatMultiplier(multiplier: number): string {
  return multiplier > 0 ? `+${multiplier}` : `${multiplier}`.replace('-', '−');
}

/**
 * A tick of an axis: the shortest form, with a true minus sign.
 *
 * @example
 * formatTick(-2.5); // '−2.5'
 */
export function formatTick(value: number): string {
  return `${Number(value.toPrecision(10))}`.replaceAll('-', '−');
}

/**
 * A p value with two significant digits: "0.048".
 *
 * @example
 * formatP(1 / 21); // '0.048'
 */
export function formatP(p: number): string {
  return `${Number(p.toPrecision(2))}`;
}

/** How many items of an estimate's share: its value times n, whole. */
export function countOf({ value, n }: Estimate): number {
  return value === null ? 0 : Math.round(value * n);
}

function percent(share: number): string {
  const decimals = share === 0 || share === 1 ? 0 : 1;
  return withDecimals(share * 100, decimals);
}

function decimalsFor(magnitude: number): number {
  if (magnitude === 0) return 0;
  return Math.min(4, Math.max(0, 2 - Math.floor(Math.log10(magnitude))));
}

function withDecimals(value: number, decimals: number): string {
  if (value !== 0 && Math.abs(value) < 0.5 * 10 ** -decimals)
    return value.toExponential(1).replaceAll('-', '−');
  return fixed(value, decimals);
}

function fixed(value: number, decimals: number): string {
  const text = value.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}
