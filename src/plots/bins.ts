/** An item's place in a dot histogram. */
export interface DotBin {
  item: number;
  slope: number;
  /** Middle of its bin. */
  centre: number;
  /** 1 for the lowest of its bin, 2 for the next. */
  place: number;
}

/** A dot histogram: where each item goes, and the ends of the axis. */
export interface DotHistogram {
  dots: DotBin[];
  step: number;
  from: number;
  to: number;
}

/**
 * Stacks items in bins (k·step, (k + 1)·step]: 0 is always a border, and a slope of exactly 0 is on the left of it.
 *
 * The step is 1, 2 or 5 times a power of ten, the smallest that needs no more than `most` bins. The axis always
 * reaches 0 and a bin beyond.
 */
export function stackInBins(items: { item: number; slope: number }[], most: number): DotHistogram {
  const lowest = Math.min(0, ...items.map(({ slope }) => slope));
  const highest = Math.max(0, ...items.map(({ slope }) => slope));
  const step = niceStep((highest - lowest || 1) / (most - 2));
  const filled = new Map<number, number>();
  const dots = [...items]
    .sort((a, b) => a.slope - b.slope || a.item - b.item)
    .map(({ item, slope }) => {
      const bin = Math.ceil(slope / step) - 1;
      const place = (filled.get(bin) ?? 0) + 1;
      filled.set(bin, place);
      return { item, slope, centre: (bin + 0.5) * step, place };
    });
  const from = (Math.ceil(lowest / step) - 1) * step;
  return { dots, step, from, to: Math.max(step, Math.ceil(highest / step) * step) };
}

function niceStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= least) ?? least;
}
