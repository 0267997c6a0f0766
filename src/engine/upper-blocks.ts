import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SteerbenchError } from '../errors.ts';
import { type ContextOptions, LlamaContext } from '../llama/context.ts';
import type { LlamaFunctions } from '../llama/functions.ts';
import { LlamaModel } from '../llama/model.ts';
import type { ModelFacts } from './engine.ts';
import type { EngineParts } from './llama-engine.ts';
import { largestSplitDifference } from './split-probe.ts';

/** The blocks above a layer, fed with the residual stream that enters them. */
export interface UpperBlocks {
  layer: number;
  context: LlamaContext;
  model: LlamaModel;
}

/** Largest difference of logits, split against whole, with which a split is used. */
const tolerance = 1e-4;

/**
 * Whether a model's blocks can be renumbered at all. With a sliding window, which blocks have it depends on their
 * number, and a short probe would not show it; a recurrent state cannot be shared.
 */
export function canSplit({ slidingWindow, recurrent }: ModelFacts): boolean {
  return slidingWindow === null && !recurrent;
}

/**
 * Makes models of the blocks above a layer: llama.cpp's own pruning, into a temporary file that is removed at once.
 *
 * One is kept at a time; runs use one layer. A model for which the split does not give the whole model's logits (a
 * position embedding added to the input, blocks that differ by number) is found out by a probe, and never split.
 */
export class UpperBlocksSource {
  readonly #f: LlamaFunctions;
  readonly #path: string;
  readonly #options: ContextOptions;
  readonly #gpuLayers: number;
  #current: UpperBlocks | null = null;
  readonly #refused = new Set<number>();

  constructor(functions: LlamaFunctions, path: string, options: ContextOptions, gpuLayers: number) {
    this.#f = functions;
    this.#path = path;
    this.#options = options;
    this.#gpuLayers = gpuLayers;
  }

  /**
   * The blocks above `layer`; null where the probe has refused the split.
   *
   * @throws SteerbenchError `write-failed` when the temporary file cannot be written
   */
  async above(parts: EngineParts, layer: number): Promise<UpperBlocks | null> {
    if (this.#refused.has(layer)) return null;
    if (this.#current?.layer === layer) return this.#current;
    this.dispose();
    const upper = await this.#open(layer, parts.facts);
    if (upper !== null && largestSplitDifference(parts, upper) <= tolerance) {
      this.#current = upper;
      return upper;
    }
    this.#refused.add(layer);
    release(upper);
    return null;
  }

  /** Frees the current upper blocks, if there are any. */
  dispose(): void {
    release(this.#current);
    this.#current = null;
  }

  async #open(layer: number, { width, vocabulary }: ModelFacts): Promise<UpperBlocks | null> {
    const folder = await mkdtemp(join(tmpdir(), 'steerbench-upper-'));
    try {
      const file = join(folder, 'upper.gguf');
      this.#prune(file, layer);
      const model = loadOrNull(this.#f, file, this.#gpuLayers);
      if (model === null) return null;
      const context = new LlamaContext(this.#f, model.pointer, vocabulary, {
        ...this.#options,
        embeddingWidth: width,
      });
      return { layer, context, model };
    } finally {
      // A mapped file lives on without its name; where the system refuses that, it goes with the temporary folder.
      try {
        rmSync(folder, { recursive: true, force: true });
      } catch {}
    }
  }

  #prune(file: string, layer: number): void {
    const params = this.#f.llama_model_quantize_default_params() as Record<string, unknown>;
    const pruned = Int32Array.from([...Array(layer + 1).keys(), -1]);
    const status = this.#f.llama_model_quantize(this.#path, file, {
      ...params,
      nthread: this.#options.threads,
      only_copy: true,
      prune_layers: pruned,
    }) as number;
    if (status === 0) return;
    throw new SteerbenchError(
      'write-failed',
      `the blocks above layer ${layer} could not be written to "${file}"`,
      {
        remedy: 'free some disk space or set TMPDIR, or give --no-split',
      },
    );
  }
}

/** Some architectures cannot be loaded without their first blocks; they are measured whole. */
function loadOrNull(functions: LlamaFunctions, file: string, gpuLayers: number): LlamaModel | null {
  try {
    return new LlamaModel(functions, file, gpuLayers);
  } catch {
    return null;
  }
}

function release(upper: UpperBlocks | null): void {
  upper?.context.dispose();
  upper?.model.dispose();
}
