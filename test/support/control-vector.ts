import type { ModelFacts } from '../../src/engine/engine.ts';
import { LlamaContext } from '../../src/llama/context.ts';
import { LlamaModel } from '../../src/llama/model.ts';
import { loadNative } from '../../src/llama/native.ts';

/**
 * Logits of every token of a text under llama.cpp's own control vector (`llama_set_adapter_cvec`), without any hook.
 *
 * The context is made as the engine makes its own, so that both compute the same graph.
 *
 * @param data rows of blocks 1 to blocks − 1, one after the other; null for the unsteered model
 */
export function controlVectorLogits(
  path: string,
  facts: ModelFacts,
  tokens: Int32Array,
  data: Float32Array | null,
): Float32Array[] {
  const { functions } = loadNative({ gpu: false });
  const model = new LlamaModel(functions, path, 0);
  const context = new LlamaContext(functions, model.pointer, model.vocabulary, {
    contextTokens: facts.contextTokens,
    batchRows: facts.batchRows,
    sequences: facts.batchRows + 64,
    threads: facts.threads,
    kvCache: 'f32',
    unified: true,
  });
  try {
    const status = context.setControlVector(data, facts.width, facts.blocks - 1);
    if (status !== 0) throw new Error(`llama_set_adapter_cvec answers ${status}`);
    const rows = Array.from(tokens, (token, position) => ({ token, position, sequences: [0], output: true }));
    context.decode(rows, null);
    return rows.map((_, row) => context.logits(row).slice());
  } finally {
    context.dispose();
    model.dispose();
  }
}
