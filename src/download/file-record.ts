import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { atomicWrite } from '../files/atomic-write.ts';

const recordSchema = z.object({
  /** Where the bytes came from, in words. */
  source: z.string(),
  /** Hexadecimal; as it was at the first download. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.number().int().nonnegative(),
  /** Time of the last change of the file, as the file system gives it: with `bytes`, spares hashing it again. */
  modifiedMs: z.number(),
  /** Sha256 of the file that this one was made from by requantisation; null for a download. */
  madeFrom: z.string().nullable(),
});

/** What is known of a file in the cache; kept beside it as `<file>.json`. */
export type FileRecord = z.infer<typeof recordSchema>;

/** The record beside a cached file; null when there is none that can be read. */
export async function readRecord(path: string): Promise<FileRecord | null> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(recordPath(path), 'utf8')));
  } catch {
    // A missing or damaged record costs one hashing of the file, no more.
    return null;
  }
}

/** Writes the record of a file that is whole; size and time are taken from the file. */
export async function writeRecord(
  path: string,
  facts: Pick<FileRecord, 'source' | 'sha256' | 'madeFrom'>,
): Promise<FileRecord> {
  const { size, mtimeMs } = await stat(path);
  const record = { ...facts, bytes: size, modifiedMs: mtimeMs };
  await atomicWrite(recordPath(path), `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

/** Whether the file is there and has not changed since its record was written. */
export async function matchesRecord(path: string, record: FileRecord): Promise<boolean> {
  const facts = await stat(path).catch(() => null);
  return facts !== null && facts.size === record.bytes && facts.mtimeMs === record.modifiedMs;
}

function recordPath(path: string): string {
  return `${path}.json`;
}
