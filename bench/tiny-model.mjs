// A small random model and vectors for it: benchmarks of what is around a model need no download.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { byteTokenizer } from '../dist/experiments/planted/byte-tokenizer.js';
import { llamaGguf } from '../dist/experiments/planted/llama-gguf.js';
import { writeGguf } from '../dist/files/gguf-write.js';
import { Xoshiro } from '../dist/math/xoshiro.js';
import { saveVector } from '../dist/vectors/save-vector.js';

const width = 32;

/** Writes `tiny.gguf`: 4 blocks of width 32 over bytes, random weights. Answers are random, and differ under steering. */
export async function writeTinyModel(folder, { seed = 9, context = 4096 } = {}) {
  const shape = {
    blocks: 4,
    width,
    heads: 4,
    keyValueHeads: 2,
    feedForward: 64,
    context,
    epsilon: 1e-5,
    ropeBase: 10_000,
  };
  const tokenizer = byteTokenizer();
  const random = new Xoshiro(seed);
  const draw = (length, scale, mean = 0) =>
    Float32Array.from({ length }, () => mean + scale * random.normal());
  const matrix = (rows, columns) => draw(rows * columns, 1.2 / Math.sqrt(columns));
  const half = (width / shape.heads) * shape.keyValueHeads;
  const block = () => ({
    attentionNorm: draw(width, 0.15, 1),
    query: matrix(width, width),
    key: matrix(half, width),
    value: matrix(half, width),
    attentionOutput: matrix(width, width),
    feedForwardNorm: draw(width, 0.15, 1),
    gate: matrix(64, width),
    up: matrix(64, width),
    down: matrix(width, 64),
  });
  const weights = {
    embedding: draw(tokenizer.vocabulary * width, 0.5),
    blocks: Array.from({ length: shape.blocks }, block),
    outputNorm: draw(width, 0.15, 1),
    output: draw(tokenizer.vocabulary * width, 0.3),
  };
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'tiny.gguf');
  await writeGguf(path, llamaGguf('tiny', shape, weights, tokenizer));
  return path;
}

/** Writes vectors `v0` to `v<count - 1>` of the norm given, at one layer each, or at `layersEach` in a row. */
export async function writeVectors(
  folder,
  { count, blocks, layersEach = 1, dimensions = width, norm = 4, seed = 1 },
) {
  mkdirSync(folder, { recursive: true });
  const random = new Xoshiro(seed);
  const draw = () =>
    Float32Array.from({ length: dimensions }, () => (norm / Math.sqrt(dimensions)) * random.normal());
  for (let i = 0; i < count; i++) {
    const layers = Array.from({ length: layersEach }, (_, place) => (i + place) % blocks);
    await saveVector(join(folder, `v${i}.safetensors`), {
      layers: new Map(layers.map((layer) => [layer, draw()])),
      width: dimensions,
      method: 'mean-difference',
      readPosition: 'answer-mean',
      trainingPairs: 1,
      behaviour: `random ${i}`,
      dataHash: null,
      modelName: null,
      architecture: null,
      modelHash: null,
      producedBy: null,
    });
  }
}
