/** Seeds of samplers go up to 2^32 − 2; what is beyond means "any" to llama.cpp. */
export const largestSeed = 2 ** 32 - 2;

/**
 * The seed that many places after the first; they count up, and begin again at 0 after the largest. Any whole number as
 * the first has its place among them.
 *
 * @example
 * nextSeed(7, 2); // 9
 */
export function nextSeed(seed: number, place: number): number {
  const seeds = largestSeed + 1;
  return (((seed + place) % seeds) + seeds) % seeds;
}
