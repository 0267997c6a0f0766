import type { LlamaBlock, LlamaShape, LlamaWeights } from '../../src/experiments/planted/llama-gguf.ts';

/** Replaces the output h of a block at a position; `h` may be changed in place or another array returned. */
export type Intervene = (block: number, position: number, h: Float64Array) => Float64Array | undefined;

/** Everything a forward pass computes that a test may ask for. */
export interface PlainForward {
  /** Residual stream by block, then by position: the block's output, after any intervention. */
  blockOutputs: Float64Array[][];
  /** Logits over the vocabulary by position. */
  logits: Float64Array[];
}

/**
 * The `llama` architecture in double precision and in naive loops, as an oracle for the engine: RMSNorm, rotary
 * positions on interleaved pairs (llama.cpp's NORM type), grouped-query causal attention, SwiGLU.
 *
 * Written from the papers and llama.cpp's `llm_build_llama`, with nothing shared with the engine.
 */
export function plainForward(
  shape: LlamaShape,
  weights: LlamaWeights,
  tokens: ArrayLike<number>,
  intervene: Intervene = () => undefined,
): PlainForward {
  let stream = Array.from(tokens, (token) => row(weights.embedding, shape.width, token));
  const blockOutputs: Float64Array[][] = [];
  for (const [i, block] of weights.blocks.entries()) {
    const attended = attention(shape, block, stream).map((update, position) =>
      plus(stream[position]!, update),
    );
    stream = attended
      .map((h) => plus(h, feedForward(shape, block, h)))
      .map((h, position) => intervene(i, position, h) ?? h);
    blockOutputs.push(stream.map((h) => Float64Array.from(h)));
  }
  const output = weights.output ?? weights.embedding;
  const logits = stream.map((h) => times(output, rmsNorm(h, weights.outputNorm, shape.epsilon)));
  return { blockOutputs, logits };
}

function attention(shape: LlamaShape, block: LlamaBlock, stream: Float64Array[]): Float64Array[] {
  const headWidth = shape.width / shape.heads;
  const queriesPerKey = shape.heads / shape.keyValueHeads;
  const normed = stream.map((h) => rmsNorm(h, block.attentionNorm, shape.epsilon));
  const queries = normed.map((n, position) =>
    rotated(times(block.query, n), position, headWidth, shape.ropeBase),
  );
  const keys = normed.map((n, position) => rotated(times(block.key, n), position, headWidth, shape.ropeBase));
  const values = normed.map((n) => times(block.value, n));
  return stream.map((_, position) => {
    const mixed = new Float64Array(shape.width);
    for (let head = 0; head < shape.heads; head++) {
      const shared = Math.floor(head / queriesPerKey) * headWidth;
      const scores: number[] = [];
      for (let earlier = 0; earlier <= position; earlier++) {
        let score = 0;
        for (let i = 0; i < headWidth; i++) {
          score += queries[position]![head * headWidth + i]! * keys[earlier]![shared + i]!;
        }
        scores.push(score / Math.sqrt(headWidth));
      }
      for (const [earlier, weight] of softmax(scores).entries()) {
        for (let i = 0; i < headWidth; i++)
          mixed[head * headWidth + i]! += weight * values[earlier]![shared + i]!;
      }
    }
    return times(block.attentionOutput, mixed);
  });
}

/** SwiGLU: down (silu(gate n) ⊙ up n). */
function feedForward(shape: LlamaShape, block: LlamaBlock, h: Float64Array): Float64Array {
  const n = rmsNorm(h, block.feedForwardNorm, shape.epsilon);
  const gate = times(block.gate, n);
  const up = times(block.up, n);
  return times(
    block.down,
    up.map((value, i) => value * (gate[i]! / (1 + Math.exp(-gate[i]!)))),
  );
}

function rmsNorm(h: Float64Array, weight: Float32Array, epsilon: number): Float64Array {
  let squares = 0;
  for (const value of h) squares += value * value;
  const scale = 1 / Math.sqrt(squares / h.length + epsilon);
  return h.map((value, i) => value * scale * weight[i]!);
}

/** Turns each pair (2i, 2i + 1) of every head by the angle position · base^(−2i / headWidth). */
function rotated(vector: Float64Array, position: number, headWidth: number, base: number): Float64Array {
  const turned = new Float64Array(vector.length);
  for (let start = 0; start < vector.length; start += 2) {
    const angle = position * base ** (-(start % headWidth) / headWidth);
    const [x, y] = [vector[start]!, vector[start + 1]!];
    turned[start] = x * Math.cos(angle) - y * Math.sin(angle);
    turned[start + 1] = x * Math.sin(angle) + y * Math.cos(angle);
  }
  return turned;
}

function softmax(scores: number[]): number[] {
  const largest = Math.max(...scores);
  const powers = scores.map((score) => Math.exp(score - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

/** Matrix, row-major, times column vector. */
function times(matrix: Float32Array, vector: Float64Array): Float64Array {
  const product = new Float64Array(matrix.length / vector.length);
  for (let i = 0; i < product.length; i++) {
    for (let j = 0; j < vector.length; j++) product[i]! += matrix[i * vector.length + j]! * vector[j]!;
  }
  return product;
}

function plus(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]!);
}

function row(matrix: Float32Array, width: number, index: number): Float64Array {
  return Float64Array.from(matrix.subarray(index * width, (index + 1) * width));
}
