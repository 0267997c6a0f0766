/**
 * Number of leading tokens that two texts share.
 *
 * @example
 * commonPrefix(Int32Array.of(1, 2, 3), Int32Array.of(1, 2, 4)); // 2
 */
export function commonPrefix(first: Int32Array, second: Int32Array): number {
  const length = Math.min(first.length, second.length);
  let shared = 0;
  while (shared < length && first[shared] === second[shared]) shared++;
  return shared;
}
