import type { SteeringVector } from './steering-vector.ts';

/**
 * The layers of a vector that is about to be written, in ascending order.
 *
 * @throws RangeError for no layers, a layer that is no index, another width, or a value that is not finite
 */
export function checkLayers({ layers, width }: SteeringVector): [number, Float32Array][] {
  if (layers.size === 0) throw new RangeError('a steering vector needs at least one layer');
  for (const [layer, values] of layers) {
    if (!Number.isSafeInteger(layer) || layer < 0)
      throw new RangeError(`invalid layer ${layer}; not a block's index`);
    if (values.length !== width || width === 0)
      throw new RangeError(`layer ${layer} has width ${values.length}; the vector has ${width}`);
    const wrong = values.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) throw new RangeError(`layer ${layer} is not finite at index ${wrong}: ${values[wrong]}`);
  }
  return [...layers].sort(([a], [b]) => a - b);
}
