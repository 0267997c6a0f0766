import type { Engine, LoadOptions } from '../engine/engine.ts';
import { availableBytes, estimateMemory } from '../engine/memory-estimate.ts';
import { requantiseRemotely } from '../engine/requantise-remotely.ts';
import type { FoundModel } from '../models/find-model.ts';
import { modelAtPrecision } from '../models/precision.ts';
import { EngineSource } from './engine-source.ts';
import type { RunOptions } from './run-options.ts';
import type { ReferenceEngine } from './stages/numeric-noise.ts';

/** Bits of a weight at F32, against the roughly 4.5 of the smallest files in use. */
const largestGrowth = 8;

/**
 * The same weights at F32, for the numeric noise of a run; or why they cannot be had: the run is at F32 itself, or
 * F32 would take more than half of the free memory.
 *
 * The run's own engine is ended before the reference is loaded, so that both are never in memory together.
 */
export async function referenceEngine(
  found: FoundModel,
  options: RunOptions,
  { beforeLoad, ...load }: Omit<LoadOptions, 'path'> & { beforeLoad: () => Promise<void> },
  onRows: (rows: number) => void,
): Promise<{ engine: ReferenceEngine; dispose: () => Promise<void> }> {
  const none = (missing: string) => ({ engine: { missing }, dispose: async () => {} });
  if (options.precision === 'f32') return none('the run itself is at F32');
  const need = await estimateMemory({ path: found.path, contextTokens: options.contextTokens });
  const bytes = need.weights * largestGrowth + need.kvCache;
  if (bytes > availableBytes() / 2) {
    return none(
      `the weights at F32 could take ${(bytes / 2 ** 30).toFixed(1)} GiB, more than half of the free memory`,
    );
  }
  const source = new EngineSource(async () => {
    await beforeLoad();
    const { path, sha256 } = await modelAtPrecision(found, 'f32', requantiseRemotely);
    // A few items do not pay for a copy of the upper blocks.
    return { ...load, splitBlocks: false, path, hash: sha256 };
  }, onRows);
  return { engine: { load: (): Promise<Engine> => source.load() }, dispose: () => source.dispose() };
}
