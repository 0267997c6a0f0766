import { writeGguf } from '../../src/files/gguf-write.ts';
import { Xoshiro } from '../../src/math/xoshiro.ts';

/** An adapter of one matrix: W becomes W + scale · (α / rank) · B · A. */
export interface LoraPair {
  /** Name of the matrix, e.g. `blk.1.attn_q`. */
  matrix: string;
  /** rank × columns, row-major. */
  a: Float32Array;
  /** rows × rank, row-major. */
  b: Float32Array;
}

/** A random adapter of a matrix of rows × columns. */
export function randomLora(
  matrix: string,
  rows: number,
  columns: number,
  rank: number,
  seed: number,
): LoraPair {
  const random = new Xoshiro(seed);
  const draw = (length: number) => Float32Array.from({ length }, () => 0.3 * random.normal());
  return { matrix, a: draw(rank * columns), b: draw(rows * rank) };
}

/** Writes adapters in the form of llama.cpp's convert_lora_to_gguf.py. */
export async function writeLora(
  path: string,
  pairs: LoraPair[],
  { alpha, rank, architecture = 'llama' }: { alpha: number; rank: number; architecture?: string },
): Promise<void> {
  await writeGguf(path, {
    metadata: [
      ['general.architecture', { type: 'string', value: architecture }],
      ['general.type', { type: 'string', value: 'adapter' }],
      ['adapter.type', { type: 'string', value: 'lora' }],
      ['adapter.lora.alpha', { type: 'float32', value: alpha }],
    ],
    tensors: pairs.flatMap(({ matrix, a, b }) => [
      { name: `${matrix}.weight.lora_a`, shape: [a.length / rank, rank], type: 'F32', data: a },
      { name: `${matrix}.weight.lora_b`, shape: [rank, b.length / rank], type: 'F32', data: b },
    ]),
  });
}

/** Adds an adapter to a matrix (rows × columns, row-major), in place. */
export function mergeLora(weights: Float32Array, { a, b }: LoraPair, rank: number, factor: number): void {
  const columns = a.length / rank;
  for (let row = 0; row < b.length / rank; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let k = 0; k < rank; k++) sum += b[row * rank + k]! * a[k * columns + column]!;
      weights[row * columns + column]! += factor * sum;
    }
  }
}
