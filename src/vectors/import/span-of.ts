/**
 * Whole numbers as a phrase: runs of neighbours by their ends, ascending.
 *
 * @example
 * spanOf([5, 1, 2, 3]); // '1 to 3, 5'
 */
export function spanOf(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const number of sorted) {
    const last = runs.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)).join(', ');
}
