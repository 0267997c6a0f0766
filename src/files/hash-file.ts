import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { ErrorCode } from '../errors.ts';
import { readFailure } from './read-failure.ts';

/**
 * Sha256 of a file, hexadecimal; read piece by piece, so that memory does not grow with the file.
 *
 * @param code Error code of this kind of file, as for {@link readFailure}. Default `read-failed`.
 * @example
 * await hashFile('model.gguf'); // '3f1c…'
 */
export async function hashFile(path: string, code: ErrorCode = 'read-failed'): Promise<string> {
  const hash = createHash('sha256');
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const piece = Buffer.allocUnsafe(Math.min(Math.max(size, 1), pieceBytes));
      for (;;) {
        const { bytesRead } = await file.read(piece, 0, piece.length, null);
        if (bytesRead === 0) return hash.digest('hex');
        hash.update(piece.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw readFailure(path, cause, code);
  }
}

const pieceBytes = 1 << 20;
