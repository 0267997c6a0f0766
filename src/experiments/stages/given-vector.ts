import type { ModelFacts } from '../../engine/engine.ts';
import { SteerbenchError } from '../../errors.ts';
import { hashFile } from '../../files/hash-file.ts';
import { checkVector } from '../../vectors/check-vector.ts';
import { loadVector } from '../../vectors/load-vector.ts';
import type { SteeringVector } from '../../vectors/steering-vector.ts';
import type { Progress } from '../progress.ts';

/** A vector from a file, at the layer it is to be used at. */
export interface GivenVector {
  file: string;
  /** Sha256 of the file. */
  hash: string;
  vector: SteeringVector;
  layer: number;
}

/**
 * Reads a vector file for an audit or an evaluation.
 *
 * @param layer 0-based block; null where the file holds one layer only
 * @throws SteerbenchError `vector-malformed`, `layer-out-of-range` for a layer that the file has not, or for none given
 * where it has several
 */
export async function loadGivenVector(file: string, layer: number | null): Promise<GivenVector> {
  const vector = await loadVector(file);
  const layers = [...vector.layers.keys()].sort((a, b) => a - b);
  const chosen = layer ?? (layers.length === 1 ? layers[0]! : null);
  if (chosen === null || !vector.layers.has(chosen)) {
    throw new SteerbenchError(
      'layer-out-of-range',
      chosen === null
        ? `"${file}" holds vectors for ${layers.length} layers (${layers[0]} to ${layers.at(-1)})`
        : `"${file}" holds no vector for layer ${chosen}; it has ${layers.join(', ')}`,
      { remedy: 'give --layer with one of them' },
    );
  }
  return { file, hash: await hashFile(file, 'vector-malformed'), vector, layer: chosen };
}

/**
 * Says which vector is used, and what speaks against it, before anything is measured.
 *
 * @throws SteerbenchError `vector-dimension`, `layer-out-of-range`
 */
export function announceGivenVector(given: GivenVector, facts: ModelFacts, progress: Progress): void {
  progress.note(`Vector from "${given.file}", layer ${given.layer}.`);
  for (const warning of checkGivenVector(given, facts)) progress.note(`Warning: ${warning}.`);
}

/** Checks a given vector against the model; returns warnings, such as that it was made from another one. */
export function checkGivenVector(given: GivenVector, facts: ModelFacts): string[] {
  return checkVector(given.vector, facts);
}
