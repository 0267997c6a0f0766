import { SteerbenchError } from '../errors.ts';
import { openGguf } from '../files/gguf-read.ts';

/**
 * Number of decoder blocks of a model, from the header of its file alone.
 *
 * @throws SteerbenchError `model-corrupt` for a file that does not state it, `model-not-found`
 * @example
 * await blockCount('SmolLM2-135M-Instruct.Q4_1.gguf'); // 30
 */
export async function blockCount(path: string): Promise<number> {
  const file = await openGguf(path, { arrays: [] });
  await file.close();
  const architecture = file.metadata.get('general.architecture')?.value;
  const count = file.metadata.get(`${architecture}.block_count`)?.value;
  if (typeof count === 'number' && Number.isInteger(count) && count > 0) return count;
  throw new SteerbenchError('model-corrupt', `"${path}" does not state its number of blocks`, {
    remedy: 'give a model file with its metadata',
  });
}
