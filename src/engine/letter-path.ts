import {
  bfloat16ToFloat32,
  float16ToFloat32,
  float32ToBfloat16,
  float32ToFloat16,
} from '../files/float16.ts';
import { openGguf } from '../files/gguf-read.ts';

/**
 * Logits of single tokens from the final norm and the rows of the output matrix, without the matrix product.
 *
 * llama.cpp rounds the activations to the type of the matrix first (F16, BF16), so the same is done here. Integer
 * matrices are never used this way: their kernels quantise the activations, which a dot product cannot repeat.
 */
export interface LetterPath {
  /** Reads the output rows of these tokens from the file. */
  prepare(tokens: Iterable<number>): Promise<void>;
  /** A row of the final norm (Float32Array, width), rounded as the matrix product would round it. */
  round(norm: Float32Array): Float32Array;
  /** The logit of a prepared token from a rounded row. */
  logit(rounded: Float32Array, token: number): number;
  close(): Promise<void>;
}

const roundings: Record<string, (values: Float32Array) => Float32Array> = {
  F32: (values) => values.slice(),
  F16: (values) => float16ToFloat32(float32ToFloat16(values)),
  BF16: (values) => bfloat16ToFloat32(float32ToBfloat16(values)),
};

/** The letter path of a model file; null when its output matrix is of an integer type. */
export async function openLetterPath(path: string): Promise<LetterPath | null> {
  const file = await openGguf(path, { arrays: [] });
  const name = file.tensors.has('output.weight') ? 'output.weight' : 'token_embd.weight';
  const round = roundings[file.tensors.get(name)?.type ?? ''];
  if (round === undefined) {
    await file.close();
    return null;
  }
  const rows = new Map<number, Float32Array>();
  return {
    async prepare(tokens) {
      for (const token of tokens) if (!rows.has(token)) rows.set(token, await file.readRows(name, token, 1));
    },
    round,
    logit: (rounded, token) => {
      const row = rows.get(token)!;
      let sum = 0;
      for (let i = 0; i < row.length; i++) sum += rounded[i]! * row[i]!;
      return sum;
    },
    close: () => file.close(),
  };
}
