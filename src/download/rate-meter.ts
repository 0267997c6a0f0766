/**
 * Measures a rate over the last seconds.
 *
 * @param now Clock in milliseconds.
 * @returns A function that takes the bytes so far and gives bytes per second; 0 until time has passed.
 */
export function rateMeter(now: () => number = () => performance.now()): (bytes: number) => number {
  const samples: { atMs: number; bytes: number }[] = [];
  return (bytes) => {
    const atMs = now();
    const newest = samples.at(-1);
    if (newest === undefined || bytes < newest.bytes) samples.length = 0;
    if (newest === undefined || atMs - newest.atMs >= sampleMs || samples.length === 0)
      samples.push({ atMs, bytes });
    while (samples.length > 2 && atMs - samples[0]!.atMs > windowMs) samples.shift();
    const oldest = samples[0]!;
    return atMs > oldest.atMs ? ((bytes - oldest.bytes) * 1000) / (atMs - oldest.atMs) : 0;
  };
}

const sampleMs = 200;
const windowMs = 5000;
