import type { Intervention } from './intervention.ts';

/** An intervention with everything that does not depend on h computed once. */
export interface PreparedIntervention {
  layer: number;
  /** Changes one row of the residual stream in place. */
  apply: (h: Float32Array) => void;
}

/**
 * Prepares an intervention for use on many rows.
 *
 * Sums run in float64; each element is rounded to float32 once, so that `add` is bit-identical to llama.cpp's own
 * control vector of λv. Formulas: see {@link Intervention}'s `operator`.
 *
 * @throws RangeError when an operator needs a direction and the vector is zero
 * @example
 * const { apply } = prepareIntervention({ layer: 3, vector, multiplier: 1, operator: 'add' });
 * apply(h);
 */
export function prepareIntervention(
  intervention: Pick<Intervention, 'layer' | 'vector' | 'multiplier' | 'operator'>,
): PreparedIntervention {
  const { layer, vector, multiplier, operator } = intervention;
  const norm = Math.sqrt(dot(vector, vector));
  if (operator !== 'add' && operator !== 'norm-preserving-add' && !(norm > 0)) {
    throw new RangeError(`the zero vector has no direction to "${operator}"; layer ${layer}`);
  }
  const step = Float32Array.from(vector, (value) => multiplier * value);
  const unit = Float64Array.from(vector, (value) => (norm > 0 ? value / norm : 0));
  switch (operator) {
    case 'add':
      return { layer, apply: (h) => addInPlace(h, step) };
    case 'ablate':
      return { layer, apply: (h) => moveAlong(h, unit, -dot(h, unit)) };
    // Setting the projection to λ‖v‖ is the same change as removing it and adding λv.
    case 'ablate-then-add':
    case 'clamp':
      return { layer, apply: (h) => moveAlong(h, unit, multiplier * norm - dot(h, unit)) };
    case 'norm-preserving-add':
      return { layer, apply: (h) => addKeepingNorm(h, step) };
  }
}

function addInPlace(h: Float32Array, step: Float32Array): void {
  for (let i = 0; i < h.length; i++) h[i]! += step[i]!;
}

function moveAlong(h: Float32Array, unit: Float64Array, amount: number): void {
  for (let i = 0; i < h.length; i++) h[i] = h[i]! + amount * unit[i]!;
}

function addKeepingNorm(h: Float32Array, step: Float32Array): void {
  const before = Math.sqrt(dot(h, h));
  let after = 0;
  for (let i = 0; i < h.length; i++) after += (h[i]! + step[i]!) ** 2;
  const scale = after > 0 ? before / Math.sqrt(after) : 1;
  for (let i = 0; i < h.length; i++) h[i] = (h[i]! + step[i]!) * scale;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
