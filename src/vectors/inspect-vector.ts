import { SteerbenchError } from '../errors.ts';
import { chooseReading } from './import/choose-reading.ts';
import { readStoredFile } from './import/read-stored.ts';
import { allReadings, type Reading } from './import/readings.ts';
import type { StoredFile } from './import/stored-file.ts';
import { type LoadVectorOptions, naming, toVector, withModel } from './load-vector.ts';
import type { LoadedVector } from './loaded-vector.ts';

/** A vector file with all that it can mean. */
export interface VectorInspection {
  /** As it is stored. */
  stored: StoredFile;
  /** Every reading that is known for a file of this layout. */
  readings: Reading[];
  /** The vector; null where the file does not tell what its layers mean. */
  loaded: LoadedVector | null;
  /** Why there is none: `vector-ambiguous`, with the producer to give. */
  problem: SteerbenchError | null;
}

/**
 * Looks at a vector file: what {@link loadVector} makes of it, and every reading beside.
 *
 * @throws as loadVector, except that `vector-ambiguous` is a part of the result
 * @example
 * const { loaded, problem } = await inspectVector('unknown.gguf');
 * console.log(loaded?.source.notes ?? problem?.message);
 */
export async function inspectVector(
  path: string,
  options: LoadVectorOptions = {},
): Promise<VectorInspection> {
  return naming(path, async () => {
    const stored = await readStoredFile(path);
    const resolved = await withModel(stored, options);
    const readings = allReadings(stored);
    try {
      const reading = chooseReading(path, stored, resolved);
      return { stored, readings, loaded: await toVector(path, stored, reading, resolved), problem: null };
    } catch (error) {
      if (!(error instanceof SteerbenchError) || error.code !== 'vector-ambiguous') throw error;
      return { stored, readings, loaded: null, problem: error };
    }
  });
}
