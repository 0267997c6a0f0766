import { openSafetensors, type SafetensorsFile } from '../files/safetensors-read.ts';
import { checkLayers } from './check-layers.ts';
import { vectorFormat } from './save-vector.ts';
import type { SteeringVector } from './steering-vector.ts';
import { layerConvention, readDescription, vectorVersion } from './vector-metadata.ts';

/**
 * Loads a vector that {@link saveVector} wrote.
 *
 * @throws RangeError for content that is none; SteerbenchError `vector-malformed` for a file that is no safetensors
 */
export async function loadSafetensorsVector(path: string): Promise<SteeringVector> {
  const file = await openSafetensors(path, 'vector-malformed');
  try {
    requireOurs(file.metadata);
    const layers = await readLayers(file);
    const width = layers[0]?.[1].length ?? 0;
    const vector = { layers: new Map(layers), width, ...readDescription(file.metadata) };
    checkLayers(vector);
    return vector;
  } finally {
    await file.close();
  }
}

/** Other tools number layers in other ways, so a file that does not say how is not guessed at. */
function requireOurs(metadata: ReadonlyMap<string, string>): void {
  const format = metadata.get('format');
  if (format !== vectorFormat) {
    throw new RangeError(`its metadata "format" is ${JSON.stringify(format ?? null)}, not "${vectorFormat}"`);
  }
  const version = metadata.get('version');
  if (version !== String(vectorVersion)) {
    throw new RangeError(
      `it is of version ${JSON.stringify(version ?? null)}; this program reads ${vectorVersion}`,
    );
  }
  const convention = metadata.get('layer_convention');
  if (convention !== layerConvention) {
    throw new RangeError(`its layers mean ${JSON.stringify(convention ?? null)}, not "${layerConvention}"`);
  }
}

async function readLayers(file: SafetensorsFile): Promise<[number, Float32Array][]> {
  const layers: [number, Float32Array][] = [];
  for (const { name, shape } of file.tensors.values()) {
    const layer = /^layer\.(0|[1-9][0-9]{0,5})$/.exec(name)?.[1];
    if (layer === undefined) throw new RangeError(`tensor "${name}" is no "layer.<N>"`);
    if (shape.length !== 1) throw new RangeError(`tensor "${name}" has ${shape.length} dimensions, not 1`);
    const values = await file.read(name);
    if (!(values instanceof Float32Array))
      throw new RangeError(`tensor "${name}" does not hold 32-bit floats`);
    layers.push([Number(layer), values]);
  }
  return layers.sort(([a], [b]) => a - b);
}
