import type { ModelFacts } from '../../engine/engine.ts';
import { SteerbenchError } from '../../errors.ts';
import { checkVector } from '../../vectors/check-vector.ts';
import type { ModelShape } from '../../vectors/import/producer.ts';
import type { ProducerName } from '../../vectors/import/producer-names.ts';
import { loadVector } from '../../vectors/load-vector.ts';
import type { LoadedVector } from '../../vectors/loaded-vector.ts';
import type { Progress } from '../progress.ts';

/** A vector from a file, at the layer it is to be used at. */
export interface GivenVector {
  file: string;
  /** Sha256 of the file. */
  hash: string;
  vector: LoadedVector;
  layer: number;
  /** The tool that was named for it; null where its content told. */
  producer: ProducerName | null;
}

/** Which vector is to be measured. */
export interface VectorRequest {
  file: string;
  /** 0-based block; null where the file holds one layer only. */
  layer: number | null;
  /** The tool that wrote the file; null where its content tells. */
  producer: ProducerName | null;
}

/**
 * Reads a vector file for an audit or an evaluation.
 *
 * @param model gives the model's shape; asked for only where the layers of the file depend on it: a model may have to be
 * fetched first
 * @throws SteerbenchError of loadVector; `layer-out-of-range` for a layer that the file has not, or for none given where
 * it has several
 */
export async function loadGivenVector(
  { file, layer, producer }: VectorRequest,
  model: () => Promise<ModelShape>,
): Promise<GivenVector> {
  const vector = await loadVector(file, {
    model,
    ...(layer === null ? {} : { layer }),
    ...(producer === null ? {} : { producer }),
  });
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
  return { file, hash: vector.source.sha256, vector, layer: chosen, producer };
}

/**
 * Says which vector is used, and what speaks against it, before anything is measured.
 *
 * @throws SteerbenchError `vector-dimension`, `layer-out-of-range`
 */
export function announceGivenVector(given: GivenVector, facts: ModelFacts, progress: Progress): void {
  progress.note(`Vector from "${given.file}", layer ${given.layer}.`);
  for (const note of given.vector.source.notes) progress.note(`Vector file: ${note}.`);
  for (const warning of checkGivenVector(given, facts)) progress.note(`Warning: ${warning}.`);
}

/** Checks a given vector against the model; returns warnings on it and on its file, such as that it was made from another one. */
export function checkGivenVector(given: GivenVector, facts: ModelFacts): string[] {
  return [...checkVector(given.vector, facts), ...given.vector.source.warnings];
}
