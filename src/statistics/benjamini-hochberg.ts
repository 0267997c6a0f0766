/**
 * p values adjusted for the false discovery rate, in the order given (Benjamini and Hochberg 1995).
 *
 * Those not above 0.05 hold at a false discovery rate of 5 %. Throws RangeError for a p value outside [0, 1].
 *
 * @example
 * benjaminiHochberg([0.01, 0.04, 0.03]); // Float64Array [0.03, 0.04, 0.04]
 */
export function benjaminiHochberg(pValues: ArrayLike<number>): Float64Array {
  const count = pValues.length;
  for (let i = 0; i < count; i++) {
    if (!(pValues[i]! >= 0 && pValues[i]! <= 1)) {
      throw new RangeError(`invalid "pValues"; not in [0, 1] at index ${i}: ${pValues[i]}`);
    }
  }
  const descending = Array.from(pValues, (_, i) => i).sort((a, b) => pValues[b]! - pValues[a]!);
  const adjusted = new Float64Array(count);
  let smallest = 1;
  descending.forEach((index, place) => {
    smallest = Math.min(smallest, (pValues[index]! * count) / (count - place));
    adjusted[index] = smallest;
  });
  return adjusted;
}
