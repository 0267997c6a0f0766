import { SteerbenchError } from '../errors.ts';
import type { GgufValue } from '../files/gguf-types.ts';
import { writeGguf } from '../files/gguf-write.ts';
import { checkLayers } from './check-layers.ts';
import type { SteeringVector } from './steering-vector.ts';
import { describeVector, ownKeys } from './vector-metadata.ts';

/**
 * Saves a vector as a GGUF control vector, which llama.cpp loads with `--control-vector` as it is.
 *
 * `direction.N`, F32, is added at the output of the 0-based block N (llama.cpp, `common_control_vector_load` and
 * `llama_adapter_cvec::apply_to`). Block 0 cannot be expressed there and is left out.
 *
 * @returns What the file could not hold, one sentence each; empty when it holds everything.
 * @throws SteerbenchError `layer-out-of-range` when block 0 is the only layer; `write-failed`. RangeError for a vector
 * without layers, or with a value that is not finite.
 * @example
 * for (const warning of await saveControlVector('sentiment.gguf', vector)) console.warn(warning);
 */
export async function saveControlVector(path: string, vector: SteeringVector): Promise<string[]> {
  const all = checkLayers(vector);
  const layers = all.filter(([layer]) => layer > 0);
  if (layers.length === 0) {
    throw new SteerbenchError(
      'layer-out-of-range',
      `a GGUF control vector cannot steer block 0, the vector's only layer: "${path}" was not written`,
      { remedy: 'save it as safetensors, or extract a later layer' },
    );
  }
  await writeGguf(path, {
    metadata: [
      ['general.architecture', text('controlvector')],
      // Producers put the model's architecture here; llama.cpp does not read it.
      ['controlvector.model_hint', text(vector.architecture ?? '')],
      ['controlvector.layer_count', { type: 'int32', value: layers.length }],
      ...describeVector({ ...vector, layers: new Map(layers) }).map(
        ([key, value]) => [`${ownKeys}${key}`, text(value)] as const,
      ),
    ],
    tensors: layers.map(([layer, values]) => ({
      name: `direction.${layer}`,
      shape: [vector.width],
      type: 'F32',
      data: values,
    })),
  });
  return layers.length === all.length
    ? []
    : [`"${path}" leaves layer 0 out: llama.cpp's control vectors begin at block 1`];
}

function text(value: string): GgufValue {
  return { type: 'string', value };
}
