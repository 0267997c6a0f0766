/**
 * Ranks from 1, ties sharing the mean of their ranks.
 *
 * @example
 * ranks([10, 30, 20, 30]); // Float64Array [1, 3.5, 2, 3.5]
 */
export function ranks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const result = new Float64Array(values.length);
  for (let first = 0; first < order.length; ) {
    let end = first + 1;
    while (end < order.length && values[order[end]!] === values[order[first]!]) end++;
    for (let place = first; place < end; place++) result[order[place]!] = (first + 1 + end) / 2;
    first = end;
  }
  return result;
}
