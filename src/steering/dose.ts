import { norm } from '../math/vector.ts';
import type { Result } from '../result/schema.ts';
import type { ResolvedSteering } from './resolve-steering.ts';

/** How large a step is at one layer. */
export interface Dose {
  /** Index of the entry in the value. */
  entry: number;
  layer: number;
  /** ‖λv‖ as a share of the residual stream's norm there; null with a reason. */
  share: number | null;
  reason: string | null;
}

/**
 * Each step as a share of the residual stream's mean norm at its layer (SCIENCE: ‖λv‖ / mean ‖h‖ over the steered
 * positions, unsteered, without the start token).
 *
 * @param residualNorms Mean norm by layer, as an audit measures it, or a few captured positions give it
 * @example
 * dosesOf(steering, new Map([[14, 52.3]])); // [{ entry: 0, layer: 14, share: 0.12, reason: null }]
 */
export function dosesOf(steering: ResolvedSteering, residualNorms: ReadonlyMap<number, number>): Dose[] {
  return steering.entries.flatMap(({ interventions, operator }, entry) =>
    interventions.map((index) => {
      const { layer, vector, multiplier } = steering.interventions[index]!;
      const none = (reason: string): Dose => ({ entry, layer, share: null, reason });
      if (operator === 'ablate') return none('"ablate" has no step of its own: it removes what is there');
      const residual = residualNorms.get(layer);
      if (residual === undefined || !(residual > 0) || !Number.isFinite(residual))
        return none(`the norm of the residual stream at layer ${layer} was not measured`);
      return { entry, layer, share: (Math.abs(multiplier) * norm(vector)) / residual, reason: null };
    }),
  );
}

/** How far an audit found a vector usable. */
export interface DamageLimit {
  layer: number;
  operator: string;
  /** Largest multiplier tested that steers without damage. */
  multiplier: number;
  /** Norm of the audited vector at that layer; null where it is not known. */
  norm: number | null;
  behaviour: string;
}

/** The limit that an audit's result gives; null where it recommends no multiplier, or damage was not measured. */
export function damageLimitOf(result: Result): DamageLimit | null {
  const multiplier = result.verdict?.recommendedMultiplier ?? null;
  if (multiplier === null || result.layer === null) return null;
  return {
    layer: result.layer,
    operator: result.operator,
    multiplier,
    norm: result.vector?.norm ?? null,
    behaviour: result.behaviour.name,
  };
}

/**
 * Warns where a step is longer than the longest that an audit found to do no damage, one sentence each.
 *
 * Steps are compared by length, ‖λv‖, so that a rescaled copy of the vector is judged alike; by the multiplier where the
 * audited norm is not known.
 *
 * @param limits By name of the vector in the value
 */
export function damageWarnings(
  steering: ResolvedSteering,
  limits: ReadonlyMap<string, DamageLimit>,
): string[] {
  return steering.entries.flatMap(({ vector, interventions, operator }) => {
    const limit = limits.get(vector.name);
    if (limit === undefined || limit.operator !== operator) return [];
    return interventions.flatMap((index) => {
      const { layer, multiplier, vector: values } = steering.interventions[index]!;
      if (layer !== limit.layer) return [];
      const size = Math.abs(multiplier);
      const ratio =
        limit.norm === null
          ? size / limit.multiplier
          : (size * norm(values)) / (limit.multiplier * limit.norm);
      // A vector that was written as float32 and scaled back is not longer for it.
      if (!(ratio > 1 + 1e-6)) return [];
      return [
        `"${vector.name}" at layer ${layer}: the step is ${ratio.toFixed(2)} times as long as the longest that the audit of "${limit.behaviour}" tested without damage (multiplier ${limit.multiplier})`,
      ];
    });
  });
}
