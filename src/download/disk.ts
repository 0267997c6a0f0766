import { open, rename, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SteerbenchError } from '../errors.ts';
import { writeFailure } from '../files/write-failure.ts';
import { formatBytes } from './format-bytes.ts';

/** Free space that is left to others when a model is written. */
const spareBytes = 64 * 2 ** 20;

/**
 * Makes sure that a file of that size fits on the disk of the path, before the work is begun.
 *
 * @throws SteerbenchError `write-failed`, with both sizes.
 */
export async function ensureSpace(path: string, bytes: number): Promise<void> {
  const facts = await statfs(dirname(path)).catch(() => null);
  // Some network file systems answer nothing useful; then a full disk shows when it is full.
  if (facts === null || facts.blocks === 0) return;
  const free = facts.bavail * facts.bsize;
  if (free >= bytes + spareBytes) return;
  throw new SteerbenchError(
    'write-failed',
    `not enough disk space for "${path}": needs ${formatBytes(bytes)}, free are ${formatBytes(free)}`,
    { remedy },
  );
}

/** Turns a system error of a write into the cache into one of ours. */
export function cacheWriteFailure(path: string, cause: unknown): SteerbenchError {
  return writeFailure(path, cause, remedy);
}

/** Gives a whole file its final name: flushed first, so that the name never shows half of it after a power cut. */
export async function moveIntoPlace(temporary: string, path: string): Promise<void> {
  try {
    const file = await open(temporary, 'r+');
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (cause) {
    throw cacheWriteFailure(path, cause);
  }
}

const remedy = 'free some space, or put the cache elsewhere with the environment variable STEERBENCH_CACHE';
