import { open } from 'node:fs/promises';
import { SteerbenchError } from '../errors.ts';
import { readFailure } from '../files/read-failure.ts';
import { loadControlVector } from './load-control-vector.ts';
import { loadSafetensorsVector } from './load-safetensors-vector.ts';
import type { SteeringVector } from './steering-vector.ts';

/**
 * Loads a steering vector: safetensors as {@link saveVector} writes it, or a GGUF control vector.
 *
 * The kind is told by the file's first bytes, never by its name. Layers mean the same in both: N is the 0-based block
 * whose output is steered; llama.cpp adds `direction.N` there. What a file does not say is null.
 *
 * @throws SteerbenchError `vector-malformed`, naming the file and what is wrong in it
 * @example
 * const vector = await loadVector('sentiment.gguf');
 * checkVector(vector, model.facts);
 */
export async function loadVector(path: string): Promise<SteeringVector> {
  const isGguf = (await firstBytes(path)) === 'GGUF';
  try {
    return await (isGguf ? loadControlVector(path) : loadSafetensorsVector(path));
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new SteerbenchError(
      'vector-malformed',
      `"${path}" holds no readable steering vector: ${cause.message}`,
      { remedy: "give a file of steerbench or a GGUF control vector in llama.cpp's form", cause },
    );
  }
}

async function firstBytes(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
      return buffer.toString('latin1', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw readFailure(path, cause, 'vector-malformed');
  }
}
