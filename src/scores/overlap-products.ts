/**
 * Inner products of texts as unit vectors of their distinct n-grams: shared n-grams over the root of both numbers.
 *
 * Symmetric, one Float64Array a text; 1 on the diagonal, and 0 throughout for a text without n-grams.
 *
 * @example
 * overlapProducts([new Set(['ab', 'bc']), new Set(['ab'])]); // [[1, 0.707…], [0.707…, 1]]
 */
export function overlapProducts(texts: readonly ReadonlySet<string>[]): Float64Array[] {
  const places = new Map<string, number>();
  const indexed = texts.map((grams) =>
    Int32Array.from(grams, (gram) => {
      const place = places.get(gram) ?? places.size;
      places.set(gram, place);
      return place;
    }),
  );
  const products = texts.map(() => new Float64Array(texts.length));
  const present = new Uint8Array(places.size);
  for (const [i, grams] of indexed.entries()) {
    for (const place of grams) present[place] = 1;
    for (let j = 0; j <= i; j++) {
      const other = indexed[j]!;
      let shared = 0;
      for (const place of other) shared += present[place]!;
      const product = shared === 0 ? 0 : shared / Math.sqrt(grams.length * other.length);
      products[i]![j] = product;
      products[j]![i] = product;
    }
    for (const place of grams) present[place] = 0;
  }
  return products;
}
