import { norm } from '../../math/vector.ts';
import type { Case } from '../../prompts/case.ts';
import type { Result } from '../../result/schema.ts';
import { meanOf } from '../../statistics/moments.ts';
import { countingPValue, tailPValue } from '../../statistics/null-distribution.ts';
import type { Session } from '../session.ts';
import type { CapturedPairs } from './capture-items.ts';
import { itemSlope, knownSlopes } from './item-slopes.ts';
import { measureItems } from './measure-items.ts';
import { randomVector, shuffledVector } from './vectors-of-run.ts';

/** Multipliers of the null runs: two are enough for a slope. */
export const nullMultipliers = [-1, 1];

/** Random directions of the real vector's norm, on the first test items, beside the real vector. */
export async function randomNull(
  session: Session,
  cases: Case[],
  layer: number,
  vector: Float32Array,
): Promise<Result['randomNull']> {
  const { randomVectors, seed } = session.options;
  const length = norm(vector);
  const vectors = Array.from({ length: randomVectors }, (_, k) =>
    randomVector(vector.length, length, seed, k),
  );
  return compare(session, 'random-null', cases, layer, vector, vectors);
}

/** Vectors of the same training pairs with half of the labels flipped, of the real vector's norm. */
export async function shuffledNull(
  session: Session,
  cases: Case[],
  layer: number,
  vector: Float32Array,
  pairs: CapturedPairs,
): Promise<Result['shuffledNull']> {
  const { shuffledVectors, seed, method } = session.options;
  const sides = await pairs.atLayer(layer);
  const length = norm(vector);
  const vectors = Array.from({ length: shuffledVectors }, (_, k) =>
    shuffledVector(method, sides, length, seed, k),
  );
  return compare(session, 'shuffled-null', cases, layer, vector, vectors);
}

/** Mean slopes of the real vector and of the null vectors: same layer, items and multipliers, in the same cells. */
async function compare(
  session: Session,
  stage: string,
  cases: Case[],
  layer: number,
  real: Float32Array,
  nulls: Float32Array[],
): Promise<Result['randomNull']> {
  const { operator, start } = session.options;
  if (nulls.length === 0 || cases.length === 0) return null;
  const interventions = [real, ...nulls].flatMap((vector) =>
    nullMultipliers.map((multiplier) => ({ layer, vector, multiplier, operator, start })),
  );
  const measured = await measureItems(session, {
    stage,
    shared: true,
    cases,
    interventions,
  });
  const width = nullMultipliers.length;
  const means = [real, ...nulls].map((_, index) => {
    const slopes = knownSlopes(
      measured.map((row) =>
        itemSlope(row?.slice(index * width, (index + 1) * width) ?? null, nullMultipliers, session.options),
      ),
    );
    return slopes.length === 0 ? null : meanOf(slopes);
  });
  const [own, ...slopes] = means;
  if (own === null || own === undefined || slopes.includes(null)) return null;
  const known = slopes as number[];
  return {
    k: known.length,
    multipliers: nullMultipliers,
    items: measured.filter((row) => row !== null).length,
    real: own,
    slopes: known,
    p: countingPValue(own, known).p!,
    tailP: tailPValue(own, known).p,
  };
}
