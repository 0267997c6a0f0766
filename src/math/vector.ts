/** Numbers by index: a plain or any typed array. */
type NumberArray = ArrayLike<number>;

/**
 * Inner product, summed in float64.
 *
 * Throws RangeError when the lengths differ.
 *
 * @example
 * dot([1, 2], [3, 4]); // 11
 */
export function dot(a: NumberArray, b: NumberArray): number {
  requireSameLength(a, b);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/**
 * Euclidean length, summed in float64.
 *
 * @example
 * norm([3, 4]); // 5
 */
export function norm(a: NumberArray): number {
  return Math.sqrt(dot(a, a));
}

/**
 * Cosine of the angle between two vectors, in [-1, 1]; null where one of them has length 0.
 *
 * @example
 * cosine([1, 0], [1, 1]); // 0.7071067811865475
 */
export function cosine(a: NumberArray, b: NumberArray): number | null {
  const product = dot(a, b);
  const lengths = norm(a) * norm(b);
  return lengths === 0 ? null : Math.min(1, Math.max(-1, product / lengths));
}

/**
 * A new vector, `factor` times as long, of the same array type.
 *
 * @example
 * scale(Float32Array.of(1, 2), 3); // Float32Array [3, 6]
 */
export function scale<T extends Float32Array | Float64Array>(a: T, factor: number): T {
  return a.map((component) => component * factor) as T;
}

/**
 * The sum of two vectors as a new one, of the first one's array type.
 *
 * Throws RangeError when the lengths differ.
 *
 * @example
 * add(Float32Array.of(1, 2), Float32Array.of(3, 4)); // Float32Array [4, 6]
 */
export function add<T extends Float32Array | Float64Array>(a: T, b: NumberArray): T {
  requireSameLength(a, b);
  return a.map((component, i) => component + b[i]!) as T;
}

/**
 * Adds `factor` times `values` to a running float64 sum, in place.
 *
 * Throws RangeError when the lengths differ.
 *
 * @example
 * const sum = new Float64Array(2);
 * accumulate(sum, Float32Array.of(1, 2), -1); // sum is [-1, -2]
 */
export function accumulate(sum: Float64Array, values: NumberArray, factor = 1): void {
  requireSameLength(sum, values);
  for (let i = 0; i < sum.length; i++) sum[i]! += factor * values[i]!;
}

function requireSameLength(a: NumberArray, b: NumberArray): void {
  if (a.length !== b.length) throw new RangeError(`vectors differ in length: ${a.length} and ${b.length}`);
}
