import { readFileSync } from 'node:fs';
import { freemem } from 'node:os';
import { SteerbenchError } from '../errors.ts';
import { openGguf } from '../files/gguf-read.ts';
import type { LoadOptions } from './engine.ts';

/** Bytes that a loaded model needs, by part. */
export interface MemoryEstimate {
  weights: number;
  kvCache: number;
  /** Logits of a full batch, twice: the graph's and llama.cpp's copy. */
  logits: number;
  total: number;
}

/**
 * Memory needed for weights, KV cache and outputs, from the header of the file alone.
 *
 * Activations of one batch are left out: they are small beside the rest.
 */
export async function estimateMemory(
  options: Pick<LoadOptions, 'path' | 'contextTokens' | 'kvCache' | 'batchRows'>,
): Promise<MemoryEstimate> {
  const file = await openGguf(options.path, { arrays: [] });
  await file.close();
  const architecture = String(file.metadata.get('general.architecture')?.value ?? '');
  const number = (key: string, otherwise: number) => {
    const value = file.metadata.get(`${architecture}.${key}`)?.value;
    return typeof value === 'number' && value > 0 ? value : otherwise;
  };
  // A recurrent model says 0 heads, a hybrid one a list: its state is small, so one head is a fair stand-in.
  const heads = number('attention.head_count', 1);
  const headWidth = number('attention.key_length', number('embedding_length', 0) / heads);
  const keyValueHeads = number('attention.head_count_kv', heads);
  const bytesPerValue = options.kvCache === 'f16' ? 2 : 4;
  const kvCache =
    2 *
    number('block_count', 0) *
    keyValueHeads *
    headWidth *
    bytesPerValue *
    (options.contextTokens ?? 4096);
  const vocabulary = file.tensors.get('token_embd.weight')?.shape[1] ?? 0;
  const logits = 2 * vocabulary * 4 * (options.batchRows ?? 128);
  return { weights: file.fileBytes, kvCache, logits, total: file.fileBytes + kvCache + logits };
}

/**
 * Refuses a model that would not fit, rather than have the system kill the process.
 *
 * @throws SteerbenchError `out-of-memory` with the estimate, the free memory and what can be made smaller
 */
export async function checkMemory(
  options: Pick<LoadOptions, 'path' | 'contextTokens' | 'kvCache' | 'batchRows'>,
): Promise<void> {
  const need = await estimateMemory(options);
  const free = availableBytes();
  if (need.total <= free) return;
  const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  throw new SteerbenchError(
    'out-of-memory',
    `"${options.path}" needs about ${gigabytes(need.total)} (weights ${gigabytes(need.weights)}, KV cache ${gigabytes(need.kvCache)}, logits ${gigabytes(need.logits)}); ${gigabytes(free)} are free`,
    { remedy: 'give --kv-cache f16, a smaller --context, a more quantised file, or close other programs' },
  );
}

/** Memory that can be had without swapping: on Linux with the page cache, which a mapped model file may use. */
export function availableBytes(): number {
  if (process.platform !== 'linux') return freemem();
  try {
    const kibibytes = /MemAvailable:\s+(\d+) kB/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1];
    return kibibytes === undefined ? freemem() : Number(kibibytes) * 1024;
  } catch {
    return freemem();
  }
}
