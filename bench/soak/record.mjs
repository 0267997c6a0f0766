// What the soak has seen: counts, faults by check, and the verdict on memory.
import { median } from '../support.mjs';

const faultsKept = 5;

/** Counts what is checked and what is wrong. */
export class Record {
  checks = new Map();
  counts = {};

  /** Something was checked; `fault`: null, or what was wrong. */
  check(name, fault) {
    const known = this.checks.get(name) ?? { checked: 0, wrong: 0, faults: [] };
    this.checks.set(name, known);
    known.checked++;
    if (fault === null) return;
    known.wrong++;
    if (known.faults.length < faultsKept) known.faults.push(fault);
  }

  /** Something happened. */
  count(name) {
    this.counts[name] = (this.counts[name] ?? 0) + 1;
  }
}

/**
 * Whether memory is flat: the median of the last fifth of what follows the warm-up is at most 5 % above that of its
 * first fifth. The warm-up is the first third.
 *
 * @param samples of one window, in order
 * @returns `{ first, last, ratio, flat }`, MiB; null for fewer than 30 samples
 */
export function flatness(samples) {
  const warm = samples.slice(Math.ceil(samples.length / 3));
  const fifth = Math.floor(warm.length / 5);
  if (samples.length < 30) return null;
  const [first, last] = [median(warm.slice(0, fifth)), median(warm.slice(-fifth))];
  return { first, last, ratio: last / first, flat: last / first <= 1.05 };
}
