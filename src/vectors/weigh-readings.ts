import { binomialCdf } from '../math/distributions.ts';
import { cosine } from '../math/vector.ts';
import type { Reading } from './import/readings.ts';
import type { StoredEntry } from './import/stored-file.ts';

/** One vector of a file beside the vectors of a model. */
export interface WeighedEntry {
  /** Its name in the file. */
  stored: string;
  /** By reading: cosine with the model's vector at the layer that the reading gives; null where there is none. */
  cosines: (number | null)[];
}

/** Which of several readings of a file lies closer to vectors that a model gives for the same pairs. */
export interface WeighedReadings {
  entries: WeighedEntry[];
  /** By reading: mean cosine over the entries that every reading has one for; null without any. */
  meanCosines: (number | null)[];
  /** By reading: entries at which it alone lies closest, by the absolute cosine. */
  closest: number[];
  /** Entries that were compared. */
  compared: number;
  /** Place of the reading that the evidence points to; null where it does not tell. */
  pointsTo: number | null;
}

/** A reading is pointed to where chance would give it as many entries in one of a hundred files. */
const significance = 0.01;

/**
 * Compares the readings of a file with the vectors that a model gives for the same contrast pairs.
 *
 * Neighbouring blocks have similar vectors, so a mean alone says little: a reading is pointed to only where it lies
 * closest, by |cos|, at more entries than fair coins would give (two-sided sign test, p < 0.01; eight entries are the
 * fewest that can), and on the average too. The entries are not independent, so p is nominal. The absolute value, because
 * a file may hold the opposite sign.
 *
 * @param extracted by 0-based block output: the model's vectors, of the width of the entries
 */
export function weighReadings(
  stored: readonly StoredEntry[],
  readings: readonly Reading[],
  extracted: ReadonlyMap<number, Float32Array>,
): WeighedReadings {
  const entries = stored.map(({ name, index, values }) => ({
    stored: name,
    cosines: readings.map(({ measured }) => {
      const reference = extracted.get((index ?? 0) + measured);
      return reference === undefined ? null : cosine(values, reference);
    }),
  }));
  const whole = entries.flatMap(({ cosines }) =>
    cosines.every((value) => value !== null) ? [cosines as number[]] : [],
  );
  const closest = readings.map(
    (_, place) =>
      whole.filter((cosines) => cosines.every((other, i) => i === place || closer(cosines[place]!, other)))
        .length,
  );
  const means = readings.map((_, place) => meanOf(whole.map((cosines) => cosines[place]!)));
  const sizes = readings.map((_, place) => meanOf(whole.map((cosines) => Math.abs(cosines[place]!))) ?? 0);
  const best = closest.indexOf(Math.max(...closest));
  const clear =
    signTest(closest[best]!, whole.length) < significance &&
    sizes.every((size, place) => place === best || size < sizes[best]!);
  return { entries, meanCosines: means, closest, compared: whole.length, pointsTo: clear ? best : null };
}

/** Two-sided p of at least `count` heads among `n` fair coins. Source: Conover 1999, section 3.4. */
function signTest(count: number, n: number): number {
  return n === 0 ? 1 : Math.min(1, 2 * (1 - binomialCdf(count - 1, n, 0.5)));
}

function closer(a: number, b: number): boolean {
  return Math.abs(a) > Math.abs(b);
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
