import type { ReadPosition } from '../engine/engine.ts';
import { extractVector } from '../vectors/extract-vector.ts';
import type { Method } from '../vectors/method.ts';
import type { SteeringVector } from '../vectors/steering-vector.ts';
import { steerbenchVersion } from '../version.ts';
import { casesOf, type ItemOptions } from './cases-of.ts';
import type { Model } from './load-model.ts';

/** How a vector is extracted. */
export interface ExtractOptions extends ItemOptions {
  /** 0-based blocks. Default: all. */
  layers?: number[];
  /** Default `mean-difference`. */
  method?: Method;
  /** Default: the answer letter, or the mean over the answer's tokens. */
  position?: Exclude<ReadPosition, 'all'>;
}

/** Pairs captured at once. */
const chunk = 16;

/**
 * Extracts a steering vector from the training pairs of a behaviour, at all layers in one pass.
 *
 * Activations of all pairs are held in memory (pairs x 2 x layers x width floats); an audit keeps them on disk.
 *
 * @param behaviour Built-in name, or path of a dataset.
 * @throws SteerbenchError of data and engine; RangeError for a layer that the model has not
 * @example
 * const vector = await extract(model, 'sentiment', { layers: [14] });
 * vector.layers.get(14); // Float32Array, width of the model
 */
export async function extract(
  model: Model,
  behaviour: string,
  options: ExtractOptions = {},
): Promise<SteeringVector> {
  const { layers: asked, method = 'mean-difference', position: askedPosition, ...items } = options;
  const { facts, engine } = model;
  const found = await casesOf(model, behaviour, 'train', items);
  const layers = [...(asked ?? Array.from({ length: facts.blocks }, (_, layer) => layer))].sort(
    (a, b) => a - b,
  );
  const position = askedPosition ?? (found.format === 'multiple-choice' ? 'letter' : 'answer-mean');
  const sides = { positive: [] as Float32Array[], negative: [] as Float32Array[] };
  for (let first = 0; first < found.cases.length; first += chunk) {
    const captured = await engine.capture(found.cases.slice(first, first + chunk), position, layers);
    sides.positive.push(...captured.positive);
    sides.negative.push(...captured.negative);
  }
  const at = (rows: Float32Array[], place: number) =>
    rows.map((row) => row.subarray(place * facts.width, (place + 1) * facts.width));
  return {
    layers: new Map(
      layers.map((layer, place) => [
        layer,
        extractVector(method, at(sides.positive, place), at(sides.negative, place)),
      ]),
    ),
    width: facts.width,
    method,
    readPosition: position,
    trainingPairs: found.cases.length,
    behaviour: found.behaviour.name,
    dataHash: found.behaviour.hash,
    modelName: facts.name,
    architecture: facts.architecture,
    modelHash: facts.hash,
    producedBy: `steerbench ${steerbenchVersion}`,
  };
}
