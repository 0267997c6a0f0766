import type { LlamaShape, LlamaWeights } from '../../src/experiments/planted/llama-gguf.ts';
import { type GgufFile, openGguf } from '../../src/files/gguf-read.ts';

/** Reads a `llama` GGUF with unquantised weights whole, for the plain forward pass. */
export async function readLlama(path: string): Promise<{ shape: LlamaShape; weights: LlamaWeights }> {
  const file = await openGguf(path, { arrays: [] });
  try {
    const shape = readShape(file);
    const blocks = [];
    for (let i = 0; i < shape.blocks; i++) {
      blocks.push({
        attentionNorm: await tensor(file, `blk.${i}.attn_norm`),
        query: await tensor(file, `blk.${i}.attn_q`),
        key: await tensor(file, `blk.${i}.attn_k`),
        value: await tensor(file, `blk.${i}.attn_v`),
        attentionOutput: await tensor(file, `blk.${i}.attn_output`),
        feedForwardNorm: await tensor(file, `blk.${i}.ffn_norm`),
        gate: await tensor(file, `blk.${i}.ffn_gate`),
        up: await tensor(file, `blk.${i}.ffn_up`),
        down: await tensor(file, `blk.${i}.ffn_down`),
      });
    }
    const embedding = await tensor(file, 'token_embd');
    const outputNorm = await tensor(file, 'output_norm');
    const output = file.tensors.has('output.weight') ? await tensor(file, 'output') : null;
    return { shape, weights: { embedding, blocks, outputNorm, output } };
  } finally {
    await file.close();
  }
}

function readShape(file: GgufFile): LlamaShape {
  const number = (key: string) => {
    const value = file.metadata.get(`llama.${key}`)?.value;
    if (typeof value !== 'number') throw new Error(`${file.path} has no number llama.${key}`);
    return value;
  };
  return {
    blocks: number('block_count'),
    width: number('embedding_length'),
    heads: number('attention.head_count'),
    keyValueHeads: number('attention.head_count_kv'),
    feedForward: number('feed_forward_length'),
    context: number('context_length'),
    epsilon: number('attention.layer_norm_rms_epsilon'),
    ropeBase: number('rope.freq_base'),
  };
}

async function tensor(file: GgufFile, name: string): Promise<Float32Array> {
  const { shape } = file.tensors.get(`${name}.weight`)!;
  return file.readRows(`${name}.weight`, 0, shape[1] ?? 1);
}
