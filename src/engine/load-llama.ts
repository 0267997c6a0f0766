import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { SteerbenchError } from '../errors.ts';
import { hashFile } from '../files/hash-file.ts';
import { LlamaContext } from '../llama/context.ts';
import { LlamaModel } from '../llama/model.ts';
import { loadNative } from '../llama/native.ts';
import type { LoadOptions, ModelFacts } from './engine.ts';
import { openLetterPath } from './letter-path.ts';
import { type EngineParts, LlamaEngine } from './llama-engine.ts';
import { identityOf, loadAdapters } from './load-adapters.ts';
import { checkMemory } from './memory-estimate.ts';
import { probe } from './probe.ts';
import { physicalCores } from './threads.ts';
import { canSplit, UpperBlocksSource } from './upper-blocks.ts';

/** llama.cpp's own limit (LLAMA_MAX_SEQ). */
const maxSequences = 256;

/** Least value of each numeric option; the probe decodes four rows. */
const least = {
  batchRows: 4,
  contextTokens: 1,
  threads: 1,
  gpuLayers: 0,
  streams: 1,
  streamTokens: 16,
} as const;

/**
 * Loads a model into this process and probes what its graph allows.
 *
 * @throws SteerbenchError `model-corrupt`, `model-unsupported`, `model-mismatch` for an adapter of another model,
 * `out-of-memory`, `library-mismatch`
 * @throws RangeError for a number that is not whole or too small; at least 4 rows are decoded at once
 */
export async function loadLlama(options: LoadOptions): Promise<LlamaEngine> {
  checkNumbers(options);
  const gpuLayers = options.gpuLayers ?? 0;
  const batchRows = options.batchRows ?? 128;
  const kvCache = options.kvCache ?? 'f32';
  await checkMemory({ ...options, kvCache, batchRows });
  const chosen: string[] = [];
  let refusal = '';
  const native = loadNative({
    gpu: gpuLayers > 0,
    onLog: (line) => {
      const variant = /loaded .* backend from .*?([^/\\]+)$/.exec(line)?.[1];
      if (variant !== undefined) chosen.push(variant);
      refusal = /(?:error loading model|failed to apply lora adapter): (.+)/.exec(line)?.[1] ?? refusal;
      options.onLog?.(line);
    },
  });
  const model = new LlamaModel(native.functions, options.path, gpuLayers, () => refusal);
  const { recurrent } = model;
  const threads = options.threads ?? physicalCores();
  // A batch ends at most one sequence a row; the rest is for paths that are waiting for their next fork.
  const sequences = recurrent ? 1 : Math.min(maxSequences, batchRows + 64);
  const splitBlocks = options.splitBlocks ?? true;
  const contextOptions = {
    contextTokens: options.contextTokens ?? 4096,
    batchRows,
    sequences,
    threads,
    kvCache,
    unified: !recurrent,
  };
  const loras = await loadAdapters(model, options.loras ?? [], () => refusal).catch((error: unknown) => {
    model.dispose();
    throw error;
  });
  const { adapters } = loras;
  const context = new LlamaContext(native.functions, model.pointer, model.vocabulary, contextOptions);
  context.setAdapters(adapters);
  const fileHash = options.hash ?? (await hashFile(options.path));
  const facts: ModelFacts = {
    architecture: model.metadata('general.architecture') ?? 'unknown',
    name: model.metadata('general.name') ?? basename(options.path, '.gguf'),
    blocks: model.blocks,
    width: model.width,
    vocabulary: model.vocabulary,
    trainedContext: model.trainedContext,
    chatTemplate: model.chatTemplate,
    startToken: model.startToken,
    endToken: model.endToken,
    addsStartToken: model.addsStartToken,
    slidingWindow: model.slidingWindow > 0 ? model.slidingWindow : null,
    recurrent,
    description: model.description,
    hash: identityOf(fileHash, loras.facts),
    fileHash,
    loras: loras.facts,
    bytes: (await stat(options.path)).size,
    backends: chosen.length > 0 ? chosen : native.backends,
    threads,
    batchRows,
    contextTokens: context.contextTokens,
    shortLetterPath: false,
  };
  let endTokens: number[] | null = null;
  const parts: EngineParts = {
    functions: native.functions,
    facts,
    path: options.path,
    model,
    context,
    kvCache,
    adapters,
    streams: { count: options.streams ?? 1, tokens: options.streamTokens ?? context.contextTokens },
    endTokens: () => {
      endTokens ??= Array.from({ length: facts.vocabulary }, (_, token) => token).filter((token) =>
        model.endsGeneration(token),
      );
      return endTokens;
    },
    sequences,
    letterPath: null,
    stopsEarly: false,
    upperBlocks: null,
  };
  const letterPath = await openLetterPath(options.path);
  try {
    if (model.hasEncoder) {
      throw new SteerbenchError(
        'model-unsupported',
        `"${facts.name}" (${facts.architecture}) has an encoder`,
        {
          remedy: 'choose a decoder-only language model',
        },
      );
    }
    const found = await probe(parts, letterPath);
    if (!found.letterPathHolds) await letterPath?.close();
    return new LlamaEngine({
      ...parts,
      facts: { ...facts, shortLetterPath: found.letterPathHolds },
      letterPath: found.letterPathHolds ? letterPath : null,
      stopsEarly: found.stopsEarly,
      upperBlocks:
        // The upper blocks as a file of their own would lack the adapters.
        splitBlocks && adapters.length === 0 && found.stopsEarly && canSplit(facts)
          ? new UpperBlocksSource(native.functions, options.path, contextOptions, gpuLayers)
          : null,
    });
  } catch (error) {
    await letterPath?.close();
    context.dispose();
    model.dispose();
    throw error;
  }
}

function checkNumbers(options: LoadOptions): void {
  for (const [name, lowest] of Object.entries(least)) {
    const value = options[name as keyof typeof least];
    if (value !== undefined && !(Number.isInteger(value) && value >= lowest))
      throw new RangeError(`invalid "${name}"; not a whole number from ${lowest} on: ${value}`);
  }
  if ((options.streams ?? 1) > maxSequences)
    throw new RangeError(`invalid "streams"; llama.cpp has at most ${maxSequences}: ${options.streams}`);
}
