import { SteerbenchError } from '../errors.ts';
import { writeGguf } from '../files/gguf-write.ts';
import { checkLayers } from './check-layers.ts';
import { saveControlVector } from './save-control-vector.ts';
import { saveVector } from './save-vector.ts';
import type { SteeringVector } from './steering-vector.ts';
import { describeVector, ownKeys } from './vector-metadata.ts';

/** A form that vectors are written in: for llama.cpp, for repeng, our own. */
export type ExportForm = 'gguf' | 'repeng' | 'safetensors';

/**
 * Writes a vector in another tool's form, or refuses it whole: nothing is left out unasked.
 *
 * - `gguf`: llama.cpp adds each `direction.N` at the output of block N, where it was measured.
 * - `repeng`: the GGUF that repeng's `import_gguf` reads, block 0 included.
 * - `safetensors`: our own; see saveVector.
 *
 * @param blocks blocks of the model, where they are known: a GGUF with others would be applied in part
 * @throws SteerbenchError `layer-out-of-range` for block 0 in a GGUF for llama.cpp, or a block that the model has not;
 * `write-failed`; RangeError for a vector without layers, or with a value that is not finite
 * @example
 * await exportVector('sentiment.gguf', vector, 'gguf', model.facts.blocks);
 */
export async function exportVector(
  path: string,
  vector: SteeringVector,
  form: ExportForm,
  blocks: number | null = null,
): Promise<void> {
  if (form === 'safetensors') return saveVector(path, vector);
  requireBlocks(vector, blocks);
  if (form === 'repeng') return saveForRepeng(path, vector);
  requireNoBlockZero(vector);
  await saveControlVector(path, vector);
}

function requireBlocks({ layers }: SteeringVector, blocks: number | null): void {
  const beyond = [...layers.keys()].find((layer) => blocks !== null && layer >= blocks);
  if (beyond === undefined) return;
  throw new SteerbenchError(
    'layer-out-of-range',
    `the vector has layer ${beyond}; the model has ${blocks} blocks, and llama.cpp ignores a direction beyond them without a word`,
    { remedy: `give --layers between 0 and ${blocks! - 1}` },
  );
}

function requireNoBlockZero({ layers }: SteeringVector): void {
  if (!layers.has(0)) return;
  const others = [...layers.keys()].filter((layer) => layer > 0);
  throw new SteerbenchError(
    'layer-out-of-range',
    'llama.cpp cannot steer block 0: its control vectors begin at direction.1, and it refuses a whole file that holds direction.0',
    {
      remedy:
        others.length === 0
          ? 'export it as safetensors or for repeng'
          : `leave it out with --layers ${Math.min(...others)}-${Math.max(...others)}, or export as safetensors or for repeng`,
    },
  );
}

/** As repeng's `export_gguf` writes it: a UINT32 count of the tensors, and the last layer first. */
async function saveForRepeng(path: string, vector: SteeringVector): Promise<void> {
  const layers = checkLayers(vector).reverse();
  // repeng warns when vectors of different hints are added; its own is the name that transformers has for the model.
  const hint = vector.importedFrom?.modelHint ?? vector.architecture ?? '';
  await writeGguf(path, {
    metadata: [
      ['general.architecture', { type: 'string', value: 'controlvector' }],
      ['controlvector.model_hint', { type: 'string', value: hint }],
      ['controlvector.layer_count', { type: 'uint32', value: layers.length }],
      ...describeVector(vector).map(
        ([key, value]) => [`${ownKeys}${key}`, { type: 'string', value }] as const,
      ),
    ],
    tensors: layers.map(([layer, values]) => ({
      name: `direction.${layer}`,
      shape: [vector.width],
      type: 'F32',
      data: values,
    })),
  });
}

/**
 * Some layers of a vector as a vector of their own.
 *
 * @throws SteerbenchError `layer-out-of-range` for a layer that it has not
 */
export function selectLayers<T extends SteeringVector>(vector: T, layers: readonly number[]): T {
  const missing = layers.find((layer) => !vector.layers.has(layer));
  if (missing !== undefined) {
    throw new SteerbenchError(
      'layer-out-of-range',
      `the vector has no layer ${missing}; it has ${[...vector.layers.keys()].join(', ')}`,
      { remedy: 'give --layers with these' },
    );
  }
  const sorted = [...new Set(layers)].sort((a, b) => a - b);
  return { ...vector, layers: new Map(sorted.map((layer) => [layer, vector.layers.get(layer)!])) };
}
