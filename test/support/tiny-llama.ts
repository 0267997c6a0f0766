import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type ByteTokenizer,
  type ByteTokenizerOptions,
  byteTokenizer,
} from '../../src/experiments/planted/byte-tokenizer.ts';
import {
  type LlamaBlock,
  type LlamaShape,
  type LlamaWeights,
  llamaGguf,
} from '../../src/experiments/planted/llama-gguf.ts';
import { writeGguf } from '../../src/files/gguf-write.ts';
import { Xoshiro } from '../../src/math/xoshiro.ts';

/** The tokenizer's <|endoftext|> and <|im_end|>. */
const endTokens = [256, 258];

/** What a tiny model should be like. */
export interface TinyLlamaOptions extends Partial<LlamaShape>, ByteTokenizerOptions {
  /** Seed of the weights. Default 1. */
  seed?: number;
  /** Whether the embedding serves as output matrix too. Default false. */
  tied?: boolean;
  /** Whether the output rows of the end tokens are zero: a greedy answer then never chooses one. Default false. */
  endless?: boolean;
}

/** A tiny random model on disk and in memory. */
export interface TinyLlama {
  path: string;
  shape: LlamaShape;
  weights: LlamaWeights;
  tokenizer: ByteTokenizer;
  /** Removes the file and its folder. */
  remove(): Promise<void>;
}

/**
 * Writes a `llama` GGUF with random F32 weights to a temporary folder: 4 blocks, width 32, 4 heads over 2 of keys and
 * values, feed-forward 64, byte-level tokenizer, ChatML template. About 200 KB.
 */
export async function tinyLlama(options: TinyLlamaOptions = {}): Promise<TinyLlama> {
  const shape: LlamaShape = {
    blocks: options.blocks ?? 4,
    width: options.width ?? 32,
    heads: options.heads ?? 4,
    keyValueHeads: options.keyValueHeads ?? 2,
    feedForward: options.feedForward ?? 64,
    context: options.context ?? 512,
    epsilon: options.epsilon ?? 1e-5,
    ropeBase: options.ropeBase ?? 10_000,
  };
  const tokenizer = byteTokenizer(options);
  const random = new Xoshiro(options.seed ?? 1);
  const weights = randomWeights(shape, tokenizer.vocabulary, options.tied ?? false, random);
  if (options.endless === true)
    for (const token of endTokens) weights.output?.fill(0, token * shape.width, (token + 1) * shape.width);
  const folder = await mkdtemp(join(tmpdir(), 'steerbench-tiny-llama-'));
  const path = join(folder, 'tiny-llama.gguf');
  await writeGguf(path, llamaGguf('tiny-llama', shape, weights, tokenizer));
  return { path, shape, weights, tokenizer, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Scales that keep every part of the block felt: block outputs and logits of size 1 to 5. */
function randomWeights(shape: LlamaShape, vocabulary: number, tied: boolean, random: Xoshiro): LlamaWeights {
  const { width, feedForward } = shape;
  const keyValueWidth = (width / shape.heads) * shape.keyValueHeads;
  const draw = (length: number, scale: number, mean = 0) =>
    Float32Array.from({ length }, () => mean + scale * random.normal());
  const matrix = (rows: number, columns: number) => draw(rows * columns, 1.2 / Math.sqrt(columns));
  const block = (): LlamaBlock => ({
    attentionNorm: draw(width, 0.15, 1),
    query: matrix(width, width),
    key: matrix(keyValueWidth, width),
    value: matrix(keyValueWidth, width),
    attentionOutput: matrix(width, width),
    feedForwardNorm: draw(width, 0.15, 1),
    gate: matrix(feedForward, width),
    up: matrix(feedForward, width),
    down: matrix(width, feedForward),
  });
  return {
    embedding: draw(vocabulary * width, 0.5),
    blocks: Array.from({ length: shape.blocks }, block),
    outputNorm: draw(width, 0.15, 1),
    output: tied ? null : draw(vocabulary * width, 0.3),
  };
}
