import { writeGguf } from '../../files/gguf-write.ts';
import { dot, norm } from '../../math/vector.ts';
import { Xoshiro } from '../../math/xoshiro.ts';
import { type ByteTokenizer, byteTokenizer } from './byte-tokenizer.ts';
import { type LlamaBlock, type LlamaShape, type LlamaWeights, llamaGguf } from './llama-gguf.ts';

/** Two answers of one token each, and what their output rows do to the planted direction. */
interface PlantedPair {
  positive: string;
  negative: string;
  /** True where the direction raises the negative answer instead: items with this pair steer backwards. */
  backward: boolean;
}

/** A model whose steering vector, steered logits and backward items are known without running it. */
export interface PlantedModel {
  shape: LlamaShape;
  weights: LlamaWeights;
  tokenizer: ByteTokenizer;
  /** First block at whose output the closed form holds; the blocks after it add nothing. */
  layer: number;
  /** v*: the mean difference over items in which every pair occurs equally often. Width of the model. */
  direction: Float32Array;
  pairs: readonly PlantedPair[];
}

const shape: LlamaShape = {
  blocks: 4,
  width: 32,
  heads: 4,
  keyValueHeads: 2,
  feedForward: 32,
  context: 4096,
  epsilon: 1e-5,
  ropeBase: 10_000,
};
const layer = 1;
const headWidth = shape.width / shape.heads;
const valueWidth = headWidth * shape.keyValueHeads;

/** The stream's coordinates: 0 is the same in every token, 1 to 16 belong to prompts, 17 to 31 to answers. */
const promptStart = 1;
const answerStart = 17;

/** ‖v*‖; about half of the norm of the stream it is added to. */
const directionNorm = 1.5;

const backwardPairs = [2, 5];

/**
 * The planted model (the instrument's calibration): a `llama` model made so that everything follows in closed form.
 *
 * - Embedding of the answers y± of pair k: constant + r_k ± ½ d_k, all but the constant in the answers' coordinates,
 *   with d_k = v* + w_k for even k and v* − w_(k−1) for odd k, w ⊥ v*. Other tokens: constant + random in the prompts'
 *   coordinates.
 * - Block 1 attends evenly to all tokens so far (its queries are zero) and reads the prompts' coordinates only:
 *   a(t_1..t_p) = e(t_p) + M · (1/p) Σ_j g₁ ⊙ e(t_j) / rms(e(t_j)), M = W_o · (heads share values) · W_v. An answer's
 *   own token adds nothing to the sum, so positive and negative differ by exactly d_k at the output of block 1.
 * - All other output projections are zero: blocks 2 and 3 pass the stream on, steered or not.
 * - With h = a(prompt), x = h + λv and g the final norm's weight, the propensity of pair k is
 *   m(λ) = (W_+ − W_−) · (g ⊙ x) / √(‖x‖²/width + ε). RMSNorm makes it a curve, not a line.
 * - W_+ − W_− = b_k v̂* + z_k with z_k outside of the answers' coordinates; b_k < 0 in the backward pairs.
 *
 * The closed form holds for steering at blocks 1, 2 and 3, from any start at or before the row that predicts.
 *
 * @param seed Seed of the weights. Default 0.
 */
export function plantedModel(seed = 0): PlantedModel {
  const random = new Xoshiro(seed);
  const tokenizer = byteTokenizer();
  const pairs = plantedPairs();
  const unit = unitVector(draw(random, shape.width - answerStart, 1));
  const weights: LlamaWeights = {
    embedding: draw(random, tokenizer.vocabulary * shape.width, 0.5),
    blocks: Array.from({ length: shape.blocks }, (_, block) => plantedBlock(random, block === layer)),
    outputNorm: draw(random, shape.width, 0.2, 1),
    output: draw(random, tokenizer.vocabulary * shape.width, 0.2),
  };
  for (let token = 0; token < tokenizer.vocabulary; token++) {
    const embedding = rowOf(weights.embedding, token);
    embedding[0] = 1;
    embedding.fill(0, answerStart);
  }
  plantAnswers(random, weights, tokenizer, pairs, unit);
  const direction = new Float32Array(shape.width);
  direction.set(
    unit.map((value) => directionNorm * value),
    answerStart,
  );
  return { shape, weights, tokenizer, layer, direction, pairs };
}

/**
 * Writes the planted model as a GGUF of about 150 KB.
 *
 * @throws SteerbenchError `write-failed`.
 * @example
 * const planted = await writePlantedModel('/tmp/planted.gguf');
 */
export async function writePlantedModel(path: string, seed = 0): Promise<PlantedModel> {
  const model = plantedModel(seed);
  await writeGguf(path, llamaGguf('planted', model.shape, model.weights, model.tokenizer));
  return model;
}

/** The pairs (A, B), (C, D) to (O, P): capital letters, each one token. */
function plantedPairs(): PlantedPair[] {
  return Array.from({ length: 8 }, (_, k) => ({
    positive: String.fromCharCode(65 + 2 * k),
    negative: String.fromCharCode(66 + 2 * k),
    backward: backwardPairs.includes(k),
  }));
}

/** Random weights, with zeros where the closed form needs them. */
function plantedBlock(random: Xoshiro, writes: boolean): LlamaBlock {
  const { width, feedForward } = shape;
  const block: LlamaBlock = {
    attentionNorm: draw(random, width, 0.2, 1),
    query: draw(random, width * width, 0.3),
    key: draw(random, valueWidth * width, 0.3),
    value: draw(random, valueWidth * width, 0.25),
    attentionOutput: new Float32Array(width * width),
    feedForwardNorm: draw(random, width, 0.2, 1),
    gate: draw(random, feedForward * width, 0.3),
    up: draw(random, feedForward * width, 0.3),
    down: new Float32Array(width * feedForward),
  };
  if (!writes) return block;
  for (let i = 0; i < valueWidth; i++) {
    const reads = rowOf(block.value, i);
    reads.fill(0, 0, promptStart);
    reads.fill(0, answerStart);
  }
  return {
    ...block,
    query: new Float32Array(width * width),
    attentionOutput: draw(random, width * width, 0.4),
  };
}

function plantAnswers(
  random: Xoshiro,
  weights: LlamaWeights,
  tokenizer: ByteTokenizer,
  pairs: readonly PlantedPair[],
  unit: Float32Array,
): void {
  let deviation: Float32Array = new Float32Array(0);
  for (const [k, pair] of pairs.entries()) {
    const [positive, negative] = [tokenizer.idOf(pair.positive), tokenizer.idOf(pair.negative)];
    deviation =
      k % 2 === 0 ? orthogonal(draw(random, unit.length, 0.25), unit) : deviation.map((value) => -value);
    const common = draw(random, unit.length, 0.3);
    const strength = (pair.backward ? -1 : 1) * (1.5 + 0.1 * k);
    const elsewhere = draw(random, answerStart, 0.2);
    const commonOutput = rowOf(weights.output!, negative).slice();
    for (const [token, sign] of [
      [positive, 0.5],
      [negative, -0.5],
    ] as const) {
      const embedding = rowOf(weights.embedding, token);
      embedding.fill(0, promptStart, answerStart);
      for (const [i, value] of unit.entries()) {
        embedding[answerStart + i] = common[i]! + sign * (directionNorm * value + deviation[i]!);
      }
      const output = rowOf(weights.output!, token);
      output.set(commonOutput);
      for (let i = 0; i < shape.width; i++) {
        output[i]! += sign * (i < answerStart ? elsewhere[i]! : strength * unit[i - answerStart]!);
      }
    }
  }
}

function draw(random: Xoshiro, length: number, scale: number, mean = 0): Float32Array {
  return Float32Array.from({ length }, () => mean + scale * random.normal());
}

function rowOf(matrix: Float32Array, row: number): Float32Array {
  return matrix.subarray(row * shape.width, (row + 1) * shape.width);
}

function unitVector(values: Float32Array): Float32Array {
  const length = norm(values);
  return values.map((value) => value / length);
}

function orthogonal(values: Float32Array, unit: Float32Array): Float32Array {
  const along = dot(values, unit);
  return values.map((value, i) => value - along * unit[i]!);
}
