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
