/**
 * What is done to the residual stream h at the output of a block, with v the vector, λ the multiplier, v̂ = v/‖v‖:
 * - `add`: h + λv
 * - `ablate`: h − (v̂·h)v̂ (λ has no meaning)
 * - `ablate-then-add`: h − (v̂·h)v̂ + λv
 * - `norm-preserving-add`: (h + λv)·‖h‖/‖h + λv‖
 * - `clamp`: the projection on v̂ becomes λ‖v‖
 */
export type Operator = 'add' | 'ablate' | 'ablate-then-add' | 'norm-preserving-add' | 'clamp';

/** All operators, in the order in which they are documented. */
export const operators: readonly Operator[] = [
  'add',
  'ablate',
  'ablate-then-add',
  'norm-preserving-add',
  'clamp',
];

/** The first position that is steered; every later one is too. */
export type Start = 'last-prompt-token' | 'first-answer-token' | 'all';

/** All starts, in the order in which they are documented. */
export const starts: readonly Start[] = ['last-prompt-token', 'first-answer-token', 'all'];

/** One change of the residual stream: a vector, at one layer, with one multiplier. */
export interface Intervention {
  /** 0-based block whose output is changed. */
  layer: number;
  /** Float32Array, width of the residual stream. */
  vector: Float32Array;
  /** λ, dimensionless; 0 with `add` is exactly no intervention. */
  multiplier: number;
  operator: Operator;
  start: Start;
}

/** True when the intervention changes nothing by definition: `add` with multiplier 0. */
export function isIdentity(intervention: Pick<Intervention, 'operator' | 'multiplier'>): boolean {
  return intervention.operator === 'add' && intervention.multiplier === 0;
}
