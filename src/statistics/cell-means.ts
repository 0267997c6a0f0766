import type { Estimate } from './estimate.ts';
import { mean } from './mean.ts';

/** The items that share a level of each factor. */
export interface CellMean {
  /** Level of each factor, by the factor's name. */
  levels: Record<string, string>;
  /** Mean of the cell with the t interval; its `n` is the count. */
  slope: Estimate;
}

/**
 * Mean slope of every cell that holds items, cells in alphabetical order of their levels.
 *
 * @example
 * cellMeans([1, 2, 3], [{ name: 'letter', levels: ['B', 'A', 'A'] }]); // A: mean 2.5 of 2, B: mean 1 of 1
 */
export function cellMeans(
  slopes: ArrayLike<number>,
  factors: readonly { name: string; levels: readonly (string | null)[] }[],
): CellMean[] {
  if (factors.length === 0) return [];
  const cells = new Map<string, number[]>();
  for (let i = 0; i < slopes.length; i++) {
    const key = JSON.stringify(factors.map(({ levels }) => levels[i]));
    cells.set(key, [...(cells.get(key) ?? []), slopes[i]!]);
  }
  return [...cells]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, values]) => {
      const levels = JSON.parse(key) as string[];
      return {
        levels: Object.fromEntries(factors.map(({ name }, place) => [name, levels[place]!])),
        slope: mean(values),
      };
    });
}
