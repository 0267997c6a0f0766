import { SteerbenchError } from '../../errors.ts';
import { LlamaContext } from '../../llama/context.ts';
import type { EngineParts } from '../llama-engine.ts';
import { availableBytes, estimateMemory } from '../memory-estimate.ts';
import { Lane } from './lane.ts';

/** llama.cpp makes each sequence's cache a multiple of this. */
const cacheUnit = 256;

/**
 * Rows from which on the matrix products use the kernels for several rows: llama.cpp's `sgemm` starts at 2 rows on x86
 * and at 4 on ARM. A check when streams are opened says whether that holds for a model.
 */
const leastRows = process.arch === 'arm64' ? 4 : 2;

/** Tokens that a cache of at least this many really holds. */
export function slotTokensOf(tokens: number): number {
  return Math.ceil(tokens / cacheUnit) * cacheUnit;
}

/**
 * Makes a context for so many answers at a time, of so many tokens each.
 *
 * @throws SteerbenchError `out-of-memory` where its cache does not fit
 */
export async function openLane(parts: EngineParts, slots: number, slotTokens: number): Promise<Lane> {
  const { facts, model, path, kvCache } = parts;
  const batchRows = Math.max(facts.batchRows, slots);
  const tokens = slots * slotTokensOf(slotTokens);
  const { kvCache: cacheBytes, logits } = await estimateMemory({
    path,
    kvCache,
    batchRows,
    contextTokens: tokens,
  });
  const free = availableBytes();
  if (cacheBytes + logits > free) {
    const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
    throw new SteerbenchError(
      'out-of-memory',
      `${slots} streams of ${slotTokens} tokens need ${gigabytes(cacheBytes + logits)}; ${gigabytes(free)} are free`,
      { remedy: 'give fewer streams, a smaller context, or an F16 cache (--kv-cache f16)' },
    );
  }
  const context = new LlamaContext(parts.functions, model.pointer, facts.vocabulary, {
    contextTokens: tokens,
    batchRows,
    sequences: slots,
    threads: facts.threads,
    kvCache,
    unified: false,
  });
  context.setAdapters(parts.adapters);
  return new Lane({ context, facts, slots, slotTokens, leastRows });
}
