import { SteerbenchError } from '../errors.ts';
import type { Intervention } from '../interventions/intervention.ts';
import type { ModelFacts } from './engine.ts';

/**
 * Refuses interventions that a model cannot take.
 *
 * @throws SteerbenchError `layer-out-of-range`, `vector-dimension`; RangeError for numbers that are not finite
 */
export function checkInterventions(interventions: Intervention[], facts: ModelFacts): void {
  for (const intervention of interventions) {
    checkVectorFits(intervention, facts);
    const { layer, multiplier } = intervention;
    if (!Number.isFinite(multiplier))
      throw new RangeError(`the multiplier for layer ${layer} is not a finite number: ${multiplier}`);
  }
}

/** Refuses a vector that does not fit the residual stream at its layer. */
export function checkVectorFits(
  { layer, vector }: Pick<Intervention, 'layer' | 'vector'>,
  facts: ModelFacts,
): void {
  checkLayer(layer, facts);
  if (vector.length !== facts.width) {
    throw new SteerbenchError(
      'vector-dimension',
      `the vector has ${vector.length} values, the residual stream of "${facts.name}" has ${facts.width}`,
      { remedy: 'use a vector that was extracted from this model' },
    );
  }
  if (!vector.every(Number.isFinite))
    throw new RangeError(`the vector for layer ${layer} holds values that are not finite`);
}

/** Refuses a layer that a model lacks. */
export function checkLayer(layer: number, { blocks, name }: ModelFacts): void {
  if (Number.isInteger(layer) && layer >= 0 && layer < blocks) return;
  throw new SteerbenchError(
    'layer-out-of-range',
    `layer ${layer} does not exist: "${name}" has ${blocks} blocks, 0 to ${blocks - 1}`,
    { remedy: `give layers between 0 and ${blocks - 1}` },
  );
}
