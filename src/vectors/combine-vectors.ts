import { SteerbenchError } from '../errors.ts';
import { accumulate, dot, norm } from '../math/vector.ts';
import type { SteeringVector } from './steering-vector.ts';

/** A vector that is combined with others. */
export interface Part {
  /** How it is called in the record: a file, say. */
  name: string;
  vector: SteeringVector;
  /** What it is multiplied by in the sum. */
  weight: number;
}

/** What is done beside the sum. */
export interface CombineOptions {
  /** What is done with a layer that not every part has: left out, or taken as zeros where it is missing. Default `drop`. */
  missing?: 'drop' | 'zero';
  /** A vector whose direction is removed from the sum, layer by layer. */
  projectOut?: Omit<Part, 'weight'>;
  /** Length of the result at every layer: a number, or `first` for that of the first part. Default: as it comes. */
  length?: number | 'first';
  /** Factors by layer, applied last. */
  layerFactors?: ReadonlyMap<number, number>;
  /** Program and version for the record. */
  producedBy: string | null;
}

/**
 * Combines steering vectors, layer by layer, in this order: the weighted sum Σ w_i v_i; the projection on another
 * direction u removed, v − u (u·v)/(u·u); the length set, v ℓ/‖v‖; the layer's factor.
 *
 * Computed in float64 and rounded to float32 once. What all parts agree on (model, behaviour, ...) is kept; the rest is
 * null, and `combinedFrom` says in words what was done.
 *
 * @throws SteerbenchError `vector-dimension` for parts of different widths, `layer-out-of-range` where no layer is left
 * or a factor names a layer that is not there; RangeError for a weight that is no number, or a length of zero that would
 * have to be divided by
 * @example
 * const happier = combineVectors([{ name: 'a', vector: a, weight: 1 }, { name: 'b', vector: b, weight: -0.5 }], {
 *   length: 1,
 *   producedBy: null,
 * });
 */
export function combineVectors(parts: readonly Part[], options: CombineOptions): SteeringVector {
  const { projectOut, length, layerFactors = new Map() } = options;
  const [first] = parts;
  if (first === undefined) throw new RangeError('nothing to combine: give at least one vector');
  const everyVector = [...parts, ...(projectOut === undefined ? [] : [projectOut])];
  requireSameWidth(everyVector);
  for (const { name, weight } of parts) {
    if (!Number.isFinite(weight))
      throw new RangeError(`invalid weight of "${name}"; not a number: ${weight}`);
  }
  const layers = commonLayers(everyVector, parts, options.missing ?? 'drop');
  for (const layer of layerFactors.keys()) {
    if (!layers.includes(layer)) throw noSuchLayer(layer, layers);
  }
  return {
    ...agreedFacts(parts.map(({ vector }) => vector)),
    layers: new Map(
      layers.map((layer) => {
        const sum = weightedSum(parts, layer, first.vector.width);
        if (projectOut !== undefined) removeDirection(sum, projectOut, layer);
        if (length !== undefined) setLength(sum, length === 'first' ? lengthOf(first, layer) : length, layer);
        const factor = layerFactors.get(layer) ?? 1;
        return [
          layer,
          rounded(
            sum.map((value) => value * factor),
            layer,
          ),
        ];
      }),
    ),
    width: first.vector.width,
    method: 'file',
    producedBy: options.producedBy,
    combinedFrom: describe(parts, options),
  };
}

/**
 * Refuses vectors of different widths.
 *
 * @throws SteerbenchError `vector-dimension`
 */
export function requireSameWidth(vectors: readonly Omit<Part, 'weight'>[]): void {
  const [first] = vectors;
  const other = vectors.find(({ vector }) => vector.width !== first!.vector.width);
  if (other === undefined) return;
  throw new SteerbenchError(
    'vector-dimension',
    `"${first!.name}" has width ${first!.vector.width}, "${other.name}" ${other.vector.width}`,
    { remedy: 'only vectors of the same model can be put together' },
  );
}

function commonLayers(
  all: readonly Omit<Part, 'weight'>[],
  parts: readonly Part[],
  missing: 'drop' | 'zero',
): number[] {
  const present = [...new Set(parts.flatMap(({ vector }) => [...vector.layers.keys()]))].sort(
    (a, b) => a - b,
  );
  const kept =
    missing === 'zero'
      ? present
      : present.filter((layer) => all.every(({ vector }) => vector.layers.has(layer)));
  if (kept.length > 0) return kept;
  throw new SteerbenchError('layer-out-of-range', 'the vectors have no layer in common', {
    remedy: 'give --missing zero to take a layer that is missing as zeros',
  });
}

function noSuchLayer(layer: number, layers: readonly number[]): SteerbenchError {
  return new SteerbenchError(
    'layer-out-of-range',
    `the result has no layer ${layer}; it has ${layers.join(', ')}`,
    { remedy: 'give factors for these layers' },
  );
}

function weightedSum(parts: readonly Part[], layer: number, width: number): Float64Array {
  const sum = new Float64Array(width);
  for (const { vector, weight } of parts) {
    const values = vector.layers.get(layer);
    if (values !== undefined) accumulate(sum, values, weight);
  }
  return sum;
}

/** Where the direction has no such layer, there is nothing to remove. */
function removeDirection(sum: Float64Array, { name, vector }: Omit<Part, 'weight'>, layer: number): void {
  const direction = vector.layers.get(layer);
  if (direction === undefined) return;
  const square = dot(direction, direction);
  if (square === 0)
    throw new RangeError(`"${name}" has length 0 at layer ${layer}: it is no direction to project out`);
  // Twice: what rounding leaves of the direction after the first time is removed by the second.
  for (let pass = 0; pass < 2; pass++) accumulate(sum, direction, -dot(sum, direction) / square);
}

function lengthOf({ name, vector }: Part, layer: number): number {
  const values = vector.layers.get(layer);
  if (values === undefined)
    throw new RangeError(`"${name}" has no layer ${layer}, whose length the result should have`);
  return norm(values);
}

function setLength(sum: Float64Array, length: number, layer: number): void {
  if (!(Number.isFinite(length) && length >= 0))
    throw new RangeError(`invalid "length"; expected a number from 0 on: ${length}`);
  const current = norm(sum);
  if (current === 0) throw new RangeError(`the result has length 0 at layer ${layer} and cannot be rescaled`);
  for (const [i, value] of sum.entries()) sum[i] = (value * length) / current;
}

function rounded(values: Float64Array, layer: number): Float32Array {
  const result = Float32Array.from(values);
  if (!result.every(Number.isFinite))
    throw new RangeError(`the result is beyond 32-bit floats at layer ${layer}`);
  return result;
}

/** What all vectors agree on; null where they do not. */
function agreedFacts(
  vectors: readonly SteeringVector[],
): Pick<
  SteeringVector,
  'readPosition' | 'trainingPairs' | 'behaviour' | 'dataHash' | 'modelName' | 'architecture' | 'modelHash'
> {
  const agreed = <K extends keyof SteeringVector>(key: K): SteeringVector[K] | null =>
    vectors.every((vector) => vector[key] === vectors[0]![key]) ? vectors[0]![key] : null;
  return {
    readPosition: agreed('readPosition'),
    trainingPairs: agreed('trainingPairs'),
    behaviour: agreed('behaviour'),
    dataHash: agreed('dataHash'),
    modelName: agreed('modelName'),
    architecture: agreed('architecture'),
    modelHash: agreed('modelHash'),
  };
}

function describe(parts: readonly Part[], { projectOut, length, layerFactors }: CombineOptions): string {
  const steps = [parts.map(({ name, weight }) => `${weight} x ${name}`).join(' + ')];
  if (projectOut !== undefined) steps.push(`${projectOut.name} projected out`);
  if (length !== undefined) steps.push(`length ${length === 'first' ? `of ${parts[0]!.name}` : length}`);
  const factors = [...(layerFactors ?? [])].map(([layer, factor]) => `layer ${layer} times ${factor}`);
  return [...steps, ...factors].join('; ');
}
