import { accumulate, norm, scale } from '../../math/vector.ts';
import type { Case } from '../../prompts/case.ts';
import type { SettingName } from '../../prompts/settings.ts';
import { extractVector } from '../../vectors/extract-vector.ts';
import type { Session } from '../session.ts';
import { captureItems } from './capture-items.ts';
import { readPosition } from './read-position.ts';

/** A vector that is compared across settings: that of one setting, or the mean of all. */
export type VectorName = SettingName | 'MEAN';

/** A vector of a setting, as it is steered with. */
export interface SettingVector {
  name: VectorName;
  /** Float32Array, width; rescaled to the norm of BASE. */
  vector: Float32Array;
  /** Norm as extracted. */
  norm: number;
  trainingPairs: number;
}

/**
 * The vector of each further setting at a layer, rescaled to the norm of BASE as in the paper (D.9); null where its
 * cells failed.
 *
 * @param train training cases by setting
 */
export async function settingVector(
  session: Session,
  name: SettingName,
  train: Case[],
  layer: number,
  base: Float32Array,
): Promise<SettingVector | null> {
  const pairs = await captureItems(
    session,
    `extraction-${name}`,
    train,
    readPosition(session.options),
    [layer],
    base.length,
  );
  if (pairs.cases.length === 0) return null;
  const { positive, negative } = await pairs.atLayer(layer);
  const raw = extractVector(session.options.method, positive, negative);
  return { name, ...rescaledTo(base, raw), trainingPairs: pairs.cases.length };
}

/** The mean of the vectors as they were extracted, rescaled to the norm of BASE: the paper's sixth vector. */
export function meanVector(vectors: readonly SettingVector[], base: Float32Array): SettingVector {
  const sum = new Float64Array(base.length);
  for (const { vector, norm: raw } of vectors) {
    const length = norm(vector);
    // Undoes the rescaling, so that settings with longer vectors weigh more, as published.
    if (length > 0) accumulate(sum, vector, raw / length / vectors.length);
  }
  return {
    name: 'MEAN',
    ...rescaledTo(base, Float32Array.from(sum)),
    trainingPairs: vectors.reduce((total, { trainingPairs }) => total + trainingPairs, 0),
  };
}

function rescaledTo(base: Float32Array, raw: Float32Array): Pick<SettingVector, 'vector' | 'norm'> {
  const length = norm(raw);
  return { vector: length > 0 ? scale(raw, norm(base) / length) : raw, norm: length };
}
