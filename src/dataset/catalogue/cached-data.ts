import { readFile, stat, unlink } from 'node:fs/promises';
import { type FileRecord, matchesRecord, readRecord, writeRecord } from '../../download/file-record.ts';
import { SteerbenchError } from '../../errors.ts';
import { hashFile } from '../../files/hash-file.ts';
import type { PublicFile } from './catalogue.ts';
import { checkContent } from './check-content.ts';

/** What the cache knows of a public file. */
export interface CachedData {
  state: 'present' | 'absent' | 'damaged';
  /** The hash that its bytes must have: pinned, or recorded at the first download; null before that. */
  expected: string | null;
  /** Null unless present. */
  record: FileRecord | null;
}

/**
 * Looks at the cached copy of a public file, which is hashed again where it may have changed.
 *
 * A copy without a record and without a pinned hash, as an interrupted download can leave one, is checked by its
 * content and its hash recorded.
 */
export async function checkCachedData(file: PublicFile, path: string): Promise<CachedData> {
  const record = await readRecord(path);
  const expected = file.sha256 ?? record?.sha256 ?? null;
  const facts = await stat(path).catch(() => null);
  if (facts === null) return { state: 'absent', expected, record: null };
  if (record !== null && record.sha256 === expected && (await matchesRecord(path, record)))
    return { state: 'present', expected, record };
  const sha256 = await hashFile(path, 'data-malformed');
  if (expected !== null && sha256 !== expected) return { state: 'damaged', expected, record: null };
  if (expected === null && !(await hasContent(file, path)))
    return { state: 'damaged', expected, record: null };
  const source = record?.source ?? 'put there by hand';
  return {
    state: 'present',
    expected: sha256,
    record: await writeRecord(path, { source, sha256, madeFrom: null }),
  };
}

/**
 * Checks a file that has just come into the cache, and records its hash beside it; a wrong one is removed.
 *
 * @throws SteerbenchError `hash-mismatch`; `data-malformed` where no hash was known and the content is not the dataset's.
 */
export async function recordData(
  file: PublicFile,
  path: string,
  { source, expected }: { source: string; expected: string | null },
): Promise<FileRecord> {
  try {
    const sha256 = await hashFile(path, 'data-malformed');
    if (expected === null) checkContent(file, await readFile(path));
    else if (sha256 !== expected) throw wrongBytes(file, source, sha256, expected);
    return await writeRecord(path, { source, sha256, madeFrom: null });
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw error;
  }
}

/** The error for bytes that are not those of a public file. */
export function wrongBytes(
  { name }: PublicFile,
  source: string,
  sha256: string,
  expected: string,
): SteerbenchError {
  return new SteerbenchError(
    'hash-mismatch',
    `"${source}" is not "${name}" as published: sha256 ${sha256} instead of ${expected}`,
    { remedy: `run \`steerbench data pull ${pullWords(name)}\`` },
  );
}

/** What follows `steerbench data pull` to fetch one public file. */
export function pullWords(name: string): string {
  const [source = ''] = name.split('/');
  return name === source ? source : `${source} --only ${name}`;
}

async function hasContent(file: PublicFile, path: string): Promise<boolean> {
  try {
    checkContent(file, await readFile(path));
    return true;
  } catch {
    return false;
  }
}
