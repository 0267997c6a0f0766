import { createHash } from 'node:crypto';
import { mkdir, readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { atomicWrite } from '../files/atomic-write.ts';
import { hashFile } from '../files/hash-file.ts';

const entrySchema = z.object({
  path: z.string(),
  bytes: z.number(),
  modifiedMs: z.number(),
  sha256: z.string(),
});

/**
 * Sha256 of a local file, hexadecimal, remembered in the cache by its real path, size and time of change: hashing
 * 40 GB takes a minute.
 *
 * @throws SteerbenchError `model-corrupt` where the file cannot be read.
 */
export async function localSha256(cache: string, path: string): Promise<string> {
  const real = await realpath(path);
  const { size: bytes, mtimeMs: modifiedMs } = await stat(real);
  const folder = join(cache, 'hashes');
  const entryPath = join(folder, `${createHash('sha256').update(real).digest('hex').slice(0, 32)}.json`);
  const known = await readEntry(entryPath);
  if (known?.path === real && known.bytes === bytes && known.modifiedMs === modifiedMs) return known.sha256;
  const sha256 = await hashFile(real, 'model-corrupt');
  try {
    await mkdir(folder, { recursive: true });
    await atomicWrite(entryPath, `${JSON.stringify({ path: real, bytes, modifiedMs, sha256 }, null, 2)}\n`);
  } catch {
    // A cache that cannot be written costs time the next time, nothing else.
  }
  return sha256;
}

async function readEntry(path: string): Promise<z.infer<typeof entrySchema> | null> {
  try {
    return entrySchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}
