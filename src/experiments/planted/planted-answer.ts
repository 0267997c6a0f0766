import type { Case } from '../../prompts/case.ts';
import type { LlamaBlock } from './llama-gguf.ts';
import type { PlantedModel } from './planted-model.ts';

/**
 * The propensity of a case of the planted model in closed form, in double precision: logit of the positive answer's
 * token minus that of the negative one, at the row that predicts it, with multiplier × vector added at block 1 or
 * later. Derivation: {@link plantedModel}.
 *
 * @param item Its answers are one token each, or two texts that differ in the letter's token.
 * @param vector Width of the model. Default the planted direction.
 * @throws RangeError where a completion's answer has more than one token.
 * @example
 * plantedPropensity(planted, item, 0.5);
 */
export function plantedPropensity(
  model: PlantedModel,
  item: Case,
  multiplier: number,
  vector: ArrayLike<number> = model.direction,
): number {
  const { shape, weights } = model;
  const { position, positive, negative } = contrast(item);
  const h = unsteeredStream(model, item.positive.tokens.subarray(0, position));
  let squares = 0;
  let difference = 0;
  for (let i = 0; i < shape.width; i++) {
    const x = h[i]! + multiplier * vector[i]!;
    const weight =
      weights.output![positive * shape.width + i]! - weights.output![negative * shape.width + i]!;
    squares += x * x;
    difference += weight * weights.outputNorm[i]! * x;
  }
  return difference / Math.sqrt(squares / shape.width + shape.epsilon);
}

/**
 * The steerability of a case of the planted model: least-squares slope of {@link plantedPropensity} over the
 * multipliers.
 *
 * @example
 * plantedSlope(planted, item, [-1, 0, 1]);
 */
export function plantedSlope(
  model: PlantedModel,
  item: Case,
  multipliers: readonly number[],
  vector: ArrayLike<number> = model.direction,
): number {
  const mean = multipliers.reduce((sum, multiplier) => sum + multiplier, 0) / multipliers.length;
  let products = 0;
  let squares = 0;
  for (const multiplier of multipliers) {
    products += (multiplier - mean) * plantedPropensity(model, item, multiplier, vector);
    squares += (multiplier - mean) ** 2;
  }
  return products / squares;
}

/**
 * What extraction by mean difference must return for these cases of the planted model, at block 1 or later: the mean
 * difference of the embeddings of the answers' tokens.
 *
 * @returns Float64Array, width of the model; v* itself where every pair occurs equally often.
 * @example
 * plantedMeanDifference(planted, cases);
 */
export function plantedMeanDifference(model: PlantedModel, cases: readonly Case[]): Float64Array {
  const { width } = model.shape;
  const mean = new Float64Array(width);
  for (const item of cases) {
    const { positive, negative } = contrast(item);
    for (let i = 0; i < width; i++) {
      const { embedding } = model.weights;
      mean[i]! += (embedding[positive * width + i]! - embedding[negative * width + i]!) / cases.length;
    }
  }
  return mean;
}

/** Where the two answers differ, and the tokens they have there. */
function contrast(item: Case): { position: number; positive: number; negative: number } {
  const { letter, answerStart, answerEnd } = item.positive;
  if (letter === null && answerEnd - answerStart !== 1) {
    throw new RangeError(
      `invalid case "${item.id}": an answer of ${answerEnd - answerStart} tokens; not one`,
    );
  }
  const position = letter ?? answerStart;
  return { position, positive: item.positive.tokens[position]!, negative: item.negative.tokens[position]! };
}

/** a(t_1..t_p): the stream at the last token, at the output of block 1. */
function unsteeredStream(model: PlantedModel, tokens: Int32Array): Float64Array {
  const { width, epsilon } = model.shape;
  const block = model.weights.blocks[model.layer]!;
  const mean = new Float64Array(width);
  for (const token of tokens) {
    const embedding = model.weights.embedding.subarray(token * width, (token + 1) * width);
    const squares = embedding.reduce((sum, value) => sum + value * value, 0);
    const scale = 1 / Math.sqrt(squares / width + epsilon) / tokens.length;
    for (let i = 0; i < width; i++) mean[i]! += embedding[i]! * scale * block.attentionNorm[i]!;
  }
  const stream = attentionOutput(model, block, mean);
  const last = tokens[tokens.length - 1]!;
  return stream.map((value, i) => value + model.weights.embedding[last * width + i]!);
}

/** M · mean: values, each shared by heads / keyValueHeads heads, through the output projection. */
function attentionOutput(model: PlantedModel, block: LlamaBlock, mean: Float64Array): Float64Array {
  const { width, heads, keyValueHeads } = model.shape;
  const headWidth = width / heads;
  const values = times(block.value, mean);
  const shared = Float64Array.from({ length: width }, (_, i) => {
    const head = Math.floor(i / headWidth);
    return values[Math.floor(head / (heads / keyValueHeads)) * headWidth + (i % headWidth)]!;
  });
  return times(block.attentionOutput, shared);
}

function times(matrix: Float32Array, vector: Float64Array): Float64Array {
  return Float64Array.from({ length: matrix.length / vector.length }, (_, row) =>
    vector.reduce((sum, value, column) => sum + matrix[row * vector.length + column]! * value, 0),
  );
}
