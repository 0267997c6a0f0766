import { randomBytes } from 'node:crypto';
import { open, rename, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { systemCode } from './read-failure.ts';
import { writeFailure } from './write-failure.ts';

/**
 * Writes a file so that its name never shows half of it: to a temporary name in the same folder, flushed, renamed.
 *
 * After a crash at any moment the path holds the old content or the new one. The folder must exist.
 *
 * @param data The whole content, or its pieces in order.
 * @throws SteerbenchError `write-failed`, naming the path; the temporary file is removed.
 * @example
 * await atomicWrite('run/plan.json', JSON.stringify(plan));
 */
export async function atomicWrite(
  path: string,
  data: string | Uint8Array | Iterable<Uint8Array>,
): Promise<void> {
  const folder = dirname(resolve(path));
  const temporary = join(folder, `.steerbench-${process.pid}-${randomBytes(6).toString('hex')}.tmp`);
  try {
    await writeAndFlush(temporary, pieces(data));
    await rename(temporary, path);
    await flushFolder(folder);
  } catch (cause) {
    await unlink(temporary).catch(() => undefined);
    throw writeFailure(path, cause);
  }
}

function pieces(data: string | Uint8Array | Iterable<Uint8Array>): Iterable<Uint8Array> {
  if (typeof data === 'string') return [Buffer.from(data, 'utf8')];
  return data instanceof Uint8Array ? [data] : data;
}

async function writeAndFlush(path: string, data: Iterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for (const piece of data) await writeAll(file, piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** One call may write less than it was given, on a nearly full disk for one. */
async function writeAll(file: Awaited<ReturnType<typeof open>>, piece: Uint8Array): Promise<void> {
  let written = 0;
  while (written < piece.length) written += (await file.write(piece, written)).bytesWritten;
}

/** Makes the rename itself durable. Windows cannot open a folder and needs no such flush. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems have no flush for folders.
    if (!['EINVAL', 'ENOTSUP', 'ENOSYS'].includes(systemCode(error))) throw error;
  } finally {
    await handle.close();
  }
}
