import { stat } from 'node:fs/promises';
import { SteerbenchError } from '../errors.ts';
import { loadNative } from '../llama/native.ts';
import type { RequantiseRequest } from './protocol.ts';

/** llama_ftype and ggml_type of each type. */
const types = {
  f32: { ftype: 0, ggml: 0 },
  f16: { ftype: 1, ggml: 1 },
  bf16: { ftype: 32, ggml: 30 },
  q8_0: { ftype: 7, ggml: 8 },
  q4_0: { ftype: 2, ggml: 2 },
} as const;

/**
 * Rewrites a GGUF with all its matrices in one type, through llama.cpp: the same bytes every time.
 *
 * @throws SteerbenchError `model-corrupt` when llama.cpp cannot read or write the file
 */
export async function requantise(
  { input, output, type, threads }: RequantiseRequest,
  onLog?: (line: string) => void,
): Promise<void> {
  const { functions } = loadNative({ gpu: false, ...(onLog ? { onLog } : {}) });
  const params = functions.llama_model_quantize_default_params() as Record<string, unknown>;
  const status = functions.llama_model_quantize(input, output, {
    ...params,
    nthread: threads,
    ftype: types[type].ftype,
    output_tensor_type: types[type].ggml,
    token_embedding_type: types[type].ggml,
    allow_requantize: true,
    pure: true,
  }) as number;
  const written = await stat(output).catch(() => null);
  if (status === 0 && written !== null && written.size > 0) return;
  throw new SteerbenchError('model-corrupt', `llama.cpp could not rewrite "${input}" as ${type}`, {
    remedy: 'run again with --verbose to see its reason, or measure the file as it is with --precision file',
  });
}
