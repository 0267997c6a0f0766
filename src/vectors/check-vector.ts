import type { ModelFacts } from '../engine/engine.ts';
import { SteerbenchError } from '../errors.ts';
import type { SteeringVector } from './steering-vector.ts';

/** What a vector is checked against. */
type ModelIdentity = Pick<ModelFacts, 'name' | 'architecture' | 'width' | 'blocks' | 'hash'>;

/**
 * Checks that a vector can be applied to a model.
 *
 * @returns Warnings, one sentence each: the vector was read from another model file, or does not say from which.
 * @throws SteerbenchError `vector-dimension` for another width, `layer-out-of-range` for a block the model lacks
 * @example
 * for (const warning of checkVector(vector, model.facts)) console.warn(warning);
 */
export function checkVector(vector: SteeringVector, model: ModelIdentity): string[] {
  requireFit(vector, model);
  return [...architectureWarning(vector, model), ...hashWarning(vector, model)];
}

/**
 * Refuses a vector of another width than a model's, or with a block that the model lacks.
 *
 * @throws SteerbenchError `vector-dimension`, `layer-out-of-range`
 */
export function requireFit(
  vector: SteeringVector,
  model: Pick<ModelIdentity, 'name' | 'width' | 'blocks'>,
): void {
  if (vector.width !== model.width) {
    throw new SteerbenchError(
      'vector-dimension',
      `the vector has width ${vector.width}; the model "${model.name}" has ${model.width}`,
      { remedy: 'use the model that the vector was extracted from, or extract a vector from this one' },
    );
  }
  const beyond = [...vector.layers.keys()].find((layer) => layer >= model.blocks);
  if (beyond !== undefined) {
    throw new SteerbenchError(
      'layer-out-of-range',
      `the vector has layer ${beyond}; the model "${model.name}" has ${model.blocks} blocks (0 to ${model.blocks - 1})`,
      { remedy: 'use the model that the vector was extracted from, or extract a vector from this one' },
    );
  }
}

function architectureWarning({ architecture }: SteeringVector, model: ModelIdentity): string[] {
  return architecture === null || architecture === model.architecture
    ? []
    : [`the vector was made for the architecture "${architecture}"; the model is of "${model.architecture}"`];
}

function hashWarning({ modelHash, modelName }: SteeringVector, model: ModelIdentity): string[] {
  if (modelHash === model.hash) return [];
  if (modelHash === null) {
    return ['the vector does not say which model it was extracted from; only its width could be checked'];
  }
  const source = modelName === null ? 'a model file' : `"${modelName}", a file`;
  return [
    `the vector was extracted from ${source} with sha256 ${modelHash}; this model, "${model.name}", has ${model.hash}: another model, or another precision of it`,
  ];
}
