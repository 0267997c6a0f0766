import { type ItemSlope, itemSlope } from '../experiments/stages/item-slopes.ts';
import { propensityCurve, summarise } from '../experiments/stages/test-items.ts';
import type { Operator, Start } from '../interventions/intervention.ts';
import type { Result } from '../result/schema.ts';
import type { SteeringVector } from '../vectors/steering-vector.ts';
import { casesOf, type ItemOptions } from './cases-of.ts';
import type { Model } from './load-model.ts';

/** How a vector is measured. */
export interface MeasureOptions extends ItemOptions {
  /** 0-based block, one of the vector's. */
  layer: number;
  /** Default −1.5 to 1.5 in steps of 0.5. */
  multipliers?: number[];
  /** Default `add`. */
  operator?: Operator;
  /** Default `last-prompt-token`. */
  start?: Start;
}

/** How a vector steers the test items of a behaviour. */
export interface Measured {
  /** By item, in the order of the test set. */
  items: ({ item: number } & ItemSlope)[];
  steerability: NonNullable<Result['steerability']>;
  curve: Result['curve'];
}

/** Items measured at once. */
const chunk = 8;

/**
 * Measures how a vector moves the propensity of the test items of a behaviour: per item and over all.
 *
 * @param behaviour Built-in name, or path of a dataset.
 * @throws RangeError for a layer that the vector has not; SteerbenchError of data and engine
 * @example
 * const { steerability } = await measure(model, 'sentiment', vector, { layer: 14 });
 * steerability.mean; // { value, low, high, n, method, reason }
 */
export async function measure(
  model: Model,
  behaviour: string,
  vector: SteeringVector,
  options: MeasureOptions,
): Promise<Measured> {
  const {
    layer,
    multipliers = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5],
    operator = 'add',
    start = 'last-prompt-token',
    ...items
  } = options;
  const values = vector.layers.get(layer);
  if (values === undefined)
    throw new RangeError(`invalid "layer"; the vector has ${[...vector.layers.keys()].join(', ')}: ${layer}`);
  const { cases, format } = await casesOf(model, behaviour, 'test', items);
  const slopes: ItemSlope[] = [];
  for (let first = 0; first < cases.length; first += chunk) {
    const { measurements } = await model.engine.measure({
      cases: cases.slice(first, first + chunk),
      interventions: multipliers.map((multiplier) => ({
        layer,
        vector: values,
        multiplier,
        operator,
        start,
      })),
      branches: multipliers.map((_, index) => [index]),
      tokens: format === 'multiple-choice' ? 'letter' : 'answer',
      logprobs: format === 'completion',
    });
    slopes.push(...measurements.map((row) => itemSlope(row, multipliers, { format, propensity: 'letter' })));
  }
  return {
    items: slopes.map((slope, place) => ({ item: cases[place]!.item, ...slope })),
    steerability: summarise({ slopes }),
    curve: propensityCurve(slopes, multipliers),
  };
}
