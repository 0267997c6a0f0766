/**
 * The width that all activations share.
 *
 * @throws RangeError when there is no pair, the sides differ in number, or an activation differs in width.
 */
export function checkPairs(positive: readonly Float32Array[], negative: readonly Float32Array[]): number {
  if (positive.length !== negative.length) {
    throw new RangeError(
      `sides differ in number: ${positive.length} positive, ${negative.length} negative activations`,
    );
  }
  const width = positive[0]?.length ?? 0;
  if (width === 0) throw new RangeError('a vector needs at least one pair of activations');
  for (const [i, pair] of positive.entries()) {
    for (const activation of [pair, negative[i]!]) {
      if (activation.length === width) continue;
      throw new RangeError(
        `pair ${i} has an activation of width ${activation.length}; the first has ${width}`,
      );
    }
  }
  return width;
}
