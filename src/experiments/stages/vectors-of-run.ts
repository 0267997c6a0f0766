import { norm, scale } from '../../math/vector.ts';
import { Xoshiro } from '../../math/xoshiro.ts';
import { extractVector } from '../../vectors/extract-vector.ts';
import type { Method } from '../../vectors/method.ts';

/**
 * A vector of independent normal values, rescaled to a norm: a direction that means nothing.
 *
 * Source of the null: every direction of the same length should do as much if the vector's own direction did not matter.
 */
export function randomVector(width: number, length: number, seed: number, index: number): Float32Array {
  const random = new Xoshiro(seed).derive(`random-direction/${index}`);
  return rescaled(
    Float32Array.from({ length: width }, () => random.normal()),
    length,
  );
}

/**
 * The vector of the same pairs with exactly half of their labels flipped, rescaled to a norm.
 *
 * Unscaled it has 0.2 to 0.4 of the length and loses for that reason alone.
 */
export function shuffledVector(
  method: Method,
  pairs: { positive: Float32Array[]; negative: Float32Array[] },
  length: number,
  seed: number,
  index: number,
): Float32Array {
  const count = pairs.positive.length;
  const random = new Xoshiro(seed).derive(`shuffled-labels/${index}`);
  const order = Array.from({ length: count }, (_, pair) => pair);
  random.shuffle(order);
  const flipped = new Set(order.slice(0, Math.floor(count / 2)));
  const side = (own: Float32Array[], other: Float32Array[]) =>
    own.map((value, pair) => (flipped.has(pair) ? other[pair]! : value));
  const vector = extractVector(
    method,
    side(pairs.positive, pairs.negative),
    side(pairs.negative, pairs.positive),
  );
  return rescaled(vector, length);
}

function rescaled(vector: Float32Array, length: number): Float32Array {
  const own = norm(vector);
  return own > 0 ? scale(vector, length / own) : vector;
}
