/** A corner of the outline of a row's histogram: its height as a share of the highest bar. */
interface Corner {
  x: number;
  share: number;
}

/** Outlines of a histogram: left and right of 0. */
interface SplitHistogram {
  backwards: Corner[];
  forward: Corner[];
}

/**
 * Histogram of slopes as two outlines, with a border of bins at 0, so that the area left of it is exactly the share
 * of items with a slope of 0 or below.
 *
 * @param most Most bins over the whole axis.
 */
export function splitHistogram(
  slopes: readonly number[],
  [low, high]: [number, number],
  most: number,
): SplitHistogram {
  const step = (high - low) / most;
  const counts = new Map<number, number>();
  for (const slope of slopes) {
    // Bins (k·step, (k + 1)·step]: a slope of exactly 0 is on the left.
    const bin = Math.ceil(slope / step) - 1;
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const highest = Math.max(...counts.values());
  const outline = (bins: number[]): Corner[] => {
    const from = Math.min(...bins);
    const to = Math.max(...bins);
    if (bins.length === 0) return [];
    return Array.from({ length: to - from + 1 }, (_, k) => from + k).flatMap((bin) => {
      const share = (counts.get(bin) ?? 0) / highest;
      return [
        { x: bin * step, share },
        { x: (bin + 1) * step, share },
      ];
    });
  };
  const bins = [...counts.keys()];
  return {
    backwards: outline(bins.filter((bin) => bin < 0)),
    forward: outline(bins.filter((bin) => bin >= 0)),
  };
}
