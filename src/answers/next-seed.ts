/** Seeds go up to 2^32 − 2; what is beyond means "any" to llama.cpp. */
export const largestSeed = 2 ** 32 - 2;

/**
 * The seed of the answer that many places after the first; they count up, and begin again at 0 after the largest.
 *
 * @example
 * nextSeed(7, 2); // 9
 */
export function nextSeed(seed: number, place: number): number {
  return (seed + place) % (largestSeed + 1);
}
