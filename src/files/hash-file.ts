import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { ErrorCode } from '../errors.ts';
import { readFailure } from './read-failure.ts';

/**
 * Sha256 of a file, hexadecimal; read as a stream, so that memory does not grow with the file.
 *
 * @param code Error code of this kind of file, as for {@link readFailure}. Default `read-failed`.
 * @example
 * await hashFile('model.gguf'); // '3f1c…'
 */
export async function hashFile(path: string, code: ErrorCode = 'read-failed'): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 }))
      hash.update(chunk as Buffer);
  } catch (cause) {
    throw readFailure(path, cause, code);
  }
  return hash.digest('hex');
}
