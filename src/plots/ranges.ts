import { textWidth } from './text-width.ts';

/** Ends of an axis that holds all values, with 4 % of room on both sides; `always` are held too, such as 0. */
export function domainOf(
  values: readonly (number | null | undefined)[],
  always: number[] = [],
): [number, number] {
  const finite = [...values, ...always].filter((value): value is number => Number.isFinite(value));
  if (finite.length === 0) return [0, 1];
  // Not Math.min(...finite): that has a limit of some hundred thousand arguments.
  const low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  const room = (high - low || Math.abs(high) || 1) * 0.04;
  return [low - room, high + room];
}

/** A tick of an axis of shares: "25 %". */
export function percentTick(share: number): string {
  return `${Number((share * 100).toFixed(1))}\u00a0%`;
}

/** Width of the longest label that ticks of some ten steps between the ends could have, CSS pixels. */
export function widestTick(
  [low, high]: readonly [number, number],
  tickFormat: (value: number) => string,
): number {
  const step = 10 ** Math.floor(Math.log10((high - low || 1) / 10));
  return Math.max(...[low, high].map((end) => textWidth(tickFormat(Math.round(end / step) * step))));
}

/** Room at the left of a panel for the labels of its axis: 46 pixels, or more where numbers are long. */
export function axisRoom(domain: readonly [number, number], tickFormat: (value: number) => string): number {
  return Math.max(46, Math.ceil(widestTick(domain, tickFormat) + 12));
}
