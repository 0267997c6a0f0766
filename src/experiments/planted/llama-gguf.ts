import type { GgufValue } from '../../files/gguf-types.ts';
import type { GgufContent, GgufTensorData } from '../../files/gguf-write.ts';
import type { ByteTokenizer } from './byte-tokenizer.ts';

/** Sizes of a model of the `llama` architecture. */
export interface LlamaShape {
  blocks: number;
  /** Width of the residual stream; a multiple of `heads`, with an even width a head. */
  width: number;
  heads: number;
  /** Heads of keys and values; `heads` is a multiple of it. */
  keyValueHeads: number;
  /** Width of the feed-forward layer. */
  feedForward: number;
  /** Tokens of context written into the file. */
  context: number;
  /** ε of every RMSNorm. */
  epsilon: number;
  /** Base of the rotary position embedding. */
  ropeBase: number;
}

/** Weights of one block; matrices are rows × columns, row-major, and map a column vector of width `columns`. */
export interface LlamaBlock {
  attentionNorm: Float32Array;
  /** width × width. */
  query: Float32Array;
  /** (keyValueHeads · width / heads) × width, as `value`. */
  key: Float32Array;
  value: Float32Array;
  /** width × width. */
  attentionOutput: Float32Array;
  feedForwardNorm: Float32Array;
  /** feedForward × width, as `up`. */
  gate: Float32Array;
  up: Float32Array;
  /** width × feedForward. */
  down: Float32Array;
}

/** All weights of a model of the `llama` architecture. */
export interface LlamaWeights {
  /** vocabulary × width. */
  embedding: Float32Array;
  blocks: LlamaBlock[];
  outputNorm: Float32Array;
  /** vocabulary × width; null where the embedding serves as output matrix too. */
  output: Float32Array | null;
}

/**
 * A `llama` model as the content of a GGUF file, all tensors F32.
 *
 * @param name `general.name` of the file.
 * @throws RangeError from the writer where a tensor does not have the size its shape says.
 * @example
 * await writeGguf('tiny.gguf', llamaGguf('tiny', shape, weights, byteTokenizer()));
 */
export function llamaGguf(
  name: string,
  shape: LlamaShape,
  weights: LlamaWeights,
  tokenizer: ByteTokenizer,
): GgufContent {
  const { width, feedForward } = shape;
  const keyValueWidth = (width / shape.heads) * shape.keyValueHeads;
  const matrix = (tensor: string, columns: number, rows: number, data: Float32Array): GgufTensorData => ({
    name: `${tensor}.weight`,
    shape: [columns, rows],
    type: 'F32',
    data,
  });
  const norm = (tensor: string, data: Float32Array): GgufTensorData => ({
    name: `${tensor}.weight`,
    shape: [width],
    type: 'F32',
    data,
  });
  const tensors = [matrix('token_embd', width, tokenizer.vocabulary, weights.embedding)];
  for (const [i, block] of weights.blocks.entries()) {
    tensors.push(
      norm(`blk.${i}.attn_norm`, block.attentionNorm),
      matrix(`blk.${i}.attn_q`, width, width, block.query),
      matrix(`blk.${i}.attn_k`, width, keyValueWidth, block.key),
      matrix(`blk.${i}.attn_v`, width, keyValueWidth, block.value),
      matrix(`blk.${i}.attn_output`, width, width, block.attentionOutput),
      norm(`blk.${i}.ffn_norm`, block.feedForwardNorm),
      matrix(`blk.${i}.ffn_gate`, width, feedForward, block.gate),
      matrix(`blk.${i}.ffn_up`, width, feedForward, block.up),
      matrix(`blk.${i}.ffn_down`, feedForward, width, block.down),
    );
  }
  tensors.push(norm('output_norm', weights.outputNorm));
  if (weights.output !== null) tensors.push(matrix('output', width, tokenizer.vocabulary, weights.output));
  return { metadata: [...shapeMetadata(name, shape, tokenizer.vocabulary), ...tokenizer.metadata], tensors };
}

function shapeMetadata(name: string, shape: LlamaShape, vocabulary: number): [string, GgufValue][] {
  const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });
  const float32 = (value: number): GgufValue => ({ type: 'float32', value });
  return [
    ['general.architecture', { type: 'string', value: 'llama' }],
    ['general.name', { type: 'string', value: name }],
    ['general.file_type', uint32(0)],
    ['llama.block_count', uint32(shape.blocks)],
    ['llama.context_length', uint32(shape.context)],
    ['llama.embedding_length', uint32(shape.width)],
    ['llama.feed_forward_length', uint32(shape.feedForward)],
    ['llama.attention.head_count', uint32(shape.heads)],
    ['llama.attention.head_count_kv', uint32(shape.keyValueHeads)],
    ['llama.attention.layer_norm_rms_epsilon', float32(shape.epsilon)],
    ['llama.rope.dimension_count', uint32(shape.width / shape.heads)],
    ['llama.rope.freq_base', float32(shape.ropeBase)],
    ['llama.vocab_size', uint32(vocabulary)],
  ];
}
