import type { ModelShape, Producer } from './producer.ts';
import type { ProducerName } from './producer-names.ts';
import { producers } from './producers.ts';
import type { StoredFile } from './stored-file.ts';

/** Tools that can have written a file and mean the same blocks by its numbers. */
export interface Reading {
  /** None where the file names no layer and it was given with the file. */
  producers: Producer[];
  /** Number N of the file was measured at the output of block N + `measured`. */
  measured: 0 | -1;
  /** What in the file shows it, a phrase; null where nothing does. */
  because: string | null;
}

/**
 * What a file can mean: one reading where its content tells, several where tools that mean different blocks can have
 * written it.
 *
 * @returns `recognised` is false where the content fits no known tool: then the readings are all that are known for
 * such a layout, and none of them may be taken unasked.
 */
export function readingsOf(
  file: StoredFile,
  model: ModelShape | null,
): { recognised: boolean; readings: Reading[] } {
  const candidates = producers.filter(({ layouts }) => layouts.includes(file.layout));
  const fitting = candidates.flatMap((producer) => {
    const because = producer.recognise?.(file, model) ?? null;
    return because === null ? [] : [{ producer, because }];
  });
  const recognised = fitting.length > 0;
  return { recognised, readings: recognised ? grouped(fitting) : allReadings(file) };
}

/** Tools that mean the same blocks make one reading. */
function grouped(known: readonly { producer: Producer; because: string | null }[]): Reading[] {
  return ([0, -1] as const).flatMap((measured): Reading[] => {
    const same = known.filter(({ producer }) => producer.index.measured === measured);
    if (same.length === 0) return [];
    return [{ producers: same.map(({ producer }) => producer), measured, because: same[0]!.because }];
  });
}

/** All readings that are known for the layout of a file, whatever its content says. */
export function allReadings({ layout }: StoredFile): Reading[] {
  const candidates = producers.filter(({ layouts }) => layouts.includes(layout));
  return grouped(candidates.map((producer) => ({ producer, because: null })));
}

/** The reading that was asked for by its name. */
export function readingAs(name: ProducerName): Reading {
  const producer = producers.find((each) => each.name === name)!;
  return { producers: [producer], measured: producer.index.measured, because: null };
}

/** The names of a reading's tools, as a phrase. */
export function namesOf(reading: Reading): string {
  return reading.producers.map(({ name }) => name).join(' or ');
}
