import { writeSafetensors } from '../files/safetensors-write.ts';
import { checkLayers } from './check-layers.ts';
import type { SteeringVector } from './steering-vector.ts';
import { describeVector } from './vector-metadata.ts';

/** Says in the metadata that the file is one of ours. */
export const vectorFormat = 'steerbench.vector';

/**
 * Saves a vector as safetensors: one F32 tensor `layer.<N>` a layer, N the 0-based block whose output is steered.
 *
 * Everything else stands in the metadata as strings, the layer convention and the norms included. The same vector
 * gives the same bytes; {@link loadVector} gives back the same numbers.
 *
 * @throws RangeError for a vector without layers, or with a value that is not finite; SteerbenchError `write-failed`
 * @example
 * await saveVector('sentiment.safetensors', vector);
 */
export async function saveVector(path: string, vector: SteeringVector): Promise<void> {
  const layers = checkLayers(vector);
  await writeSafetensors(path, {
    metadata: [['format', vectorFormat], ...describeVector(vector)],
    tensors: layers.map(([layer, values]) => ({
      name: `layer.${layer}`,
      type: 'F32',
      shape: [vector.width],
      values,
    })),
  });
}
