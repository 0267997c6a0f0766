import type { ModelFacts } from '../engine/engine.ts';
import { type DamageLimit, type Dose, damageWarnings, dosesOf } from '../steering/dose.ts';
import { parseSteering } from '../steering/parse-spec.ts';
import { type ResolvedSteering, resolveSteering } from '../steering/resolve-steering.ts';
import { checkSteering, type SteeringInput } from '../steering/steering-value.ts';
import type { VectorSource } from '../steering/vector-source.ts';

/** A steering value, resolved against a model and judged. */
export interface PreparedSteering {
  resolved: ResolvedSteering;
  /** Each step as a share of the residual stream's norm. */
  doses: Dose[];
  /** One sentence each: of the vectors, and of steps longer than an audit found to do no damage. */
  warnings: string[];
}

/** What steering is judged by. */
export interface SteeringGrounds {
  vectors: VectorSource;
  /** Mean norm of the residual stream by layer, where it was measured. */
  residualNorms: ReadonlyMap<number, number>;
  /** By sha256 of a vector's file: how far an audit found it usable. */
  limits: ReadonlyMap<string, DamageLimit>;
}

/**
 * Reads, checks and resolves steering, as text or value, and says how large its steps are.
 *
 * @throws SteerbenchError as `parseSteering` and `resolveSteering`
 * @example
 * const { resolved, doses } = await prepareSteering('sentiment@14:0.8', model.facts, grounds);
 */
export async function prepareSteering(
  given: SteeringInput | string,
  facts: ModelFacts,
  { vectors, residualNorms, limits }: SteeringGrounds,
): Promise<PreparedSteering> {
  const value = typeof given === 'string' ? parseSteering(given) : checkSteering(given);
  const resolved = await resolveSteering(value, facts, vectors);
  const limitsByName = new Map(
    resolved.entries.flatMap(({ vector }) => {
      const limit = limits.get(vector.hash);
      return limit === undefined ? [] : [[vector.name, limit] as const];
    }),
  );
  return {
    resolved,
    doses: dosesOf(resolved, residualNorms),
    warnings: [...resolved.warnings, ...damageWarnings(resolved, limitsByName)],
  };
}
