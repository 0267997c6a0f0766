/**
 * Layers of a list such as `15`, `10-20` or `10,15`, ascending; open runs are not read.
 *
 * @throws RangeError for a text of another form
 */
export function parseLayerList(text: string): number[] {
  const layers = text.split(',').flatMap((part) => {
    const match = /^\s*(\d{1,4})(?:-(\d{1,4}))?\s*$/.exec(part);
    const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
    if (match === null || last < first)
      throw new RangeError(`invalid "layers"; expected 15, 10-20 or 10,15: ${text}`);
    return Array.from({ length: last - first + 1 }, (_, place) => first + place);
  });
  return [...new Set(layers)].sort((a, b) => a - b);
}

/**
 * Factors by layer of a list such as `10-14:0.5,15:2`.
 *
 * @throws RangeError for a text of another form, or a layer that occurs twice
 */
export function parseLayerFactors(text: string): Map<number, number> {
  const factors = new Map<number, number>();
  for (const part of text.split(',')) {
    const [layers, factor, ...rest] = part.split(':');
    const number = factor === undefined || factor.trim() === '' ? Number.NaN : Number(factor);
    if (rest.length > 0 || !Number.isFinite(number))
      throw new RangeError(`invalid "layer-factors"; expected 10-14:0.5,15:2: ${text}`);
    for (const layer of parseLayerList(layers!)) {
      if (factors.has(layer))
        throw new RangeError(`invalid "layer-factors"; layer ${layer} occurs twice: ${text}`);
      factors.set(layer, number);
    }
  }
  return factors;
}
