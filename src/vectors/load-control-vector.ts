import { type GgufFile, openGguf } from '../files/gguf-read.ts';
import { checkLayers } from './check-layers.ts';
import { ownKeys } from './save-control-vector.ts';
import type { SteeringVector } from './steering-vector.ts';
import { readDescription } from './vector-metadata.ts';

/**
 * Loads a GGUF control vector with llama.cpp's meaning: `direction.N` is added at the output of the 0-based block N.
 *
 * As strict as `common_control_vector_load`: F32, one dimension, N >= 1, one width. Of the metadata only our own keys
 * and the model hint are read.
 *
 * @throws RangeError for content that is none; SteerbenchError `vector-malformed` for a file that is no GGUF
 */
export async function loadControlVector(path: string): Promise<SteeringVector> {
  const file = await openGguf(path, { arrays: [], code: 'vector-malformed' });
  try {
    const layers = await readDirections(file);
    const width = layers[0]?.[1].length ?? 0;
    const facts = readDescription(ownMetadata(file));
    const vector = {
      layers: new Map(layers),
      width,
      ...facts,
      architecture: facts.architecture ?? modelHint(file),
    };
    checkLayers(vector);
    return vector;
  } finally {
    await file.close();
  }
}

async function readDirections(file: GgufFile): Promise<[number, Float32Array][]> {
  const layers: [number, Float32Array][] = [];
  for (const { name, type, shape } of file.tensors.values()) {
    const layer = /^direction\.([1-9][0-9]{0,5})$/.exec(name)?.[1];
    if (layer === undefined) throw new RangeError(`tensor "${name}" is no "direction.<N>" with N from 1 on`);
    if (type !== 'F32') throw new RangeError(`tensor "${name}" is of type ${type}, not F32`);
    if (shape.slice(1).some((extent) => extent !== 1))
      throw new RangeError(`tensor "${name}" has the shape [${shape.join(', ')}], not one dimension`);
    layers.push([Number(layer), await file.readRows(name, 0, 1)]);
  }
  return layers.sort(([a], [b]) => a - b);
}

function ownMetadata(file: GgufFile): Map<string, string> {
  const own = new Map<string, string>();
  for (const [key, entry] of file.metadata) {
    if (key.startsWith(ownKeys) && entry.type === 'string') own.set(key.slice(ownKeys.length), entry.value);
  }
  return own;
}

function modelHint(file: GgufFile): string | null {
  const hint = file.metadata.get('controlvector.model_hint');
  return hint?.type === 'string' && hint.value !== '' ? hint.value : null;
}
