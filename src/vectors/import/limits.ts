/** What a vector file may hold. Real ones stay far below; what goes beyond is no vector, or made to exhaust a reader. */
export const limits = {
  /** The deepest open models have some 130 blocks. */
  layers: 1024,
  /** The widest residual stream of an open model is 18,432. */
  width: 65_536,
  /** 126 layers of 16,384 numbers take 45 MB as JSON, at 22 characters a number. */
  jsonBytes: 64 * 2 ** 20,
  /** A saklas sidecar has some hundred bytes. */
  sidecarBytes: 2 ** 20,
} as const;

/**
 * Refuses a number of layers, or a width, that no model has, before anything is allocated for it.
 *
 * @throws RangeError
 */
export function requirePlausible(layers: number, width: number): void {
  if (layers > limits.layers)
    throw new RangeError(`it claims vectors for ${layers} layers; at most ${limits.layers} are read`);
  if (width > limits.width)
    throw new RangeError(`it claims vectors of width ${width}; at most ${limits.width} is read`);
}
