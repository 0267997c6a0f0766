import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SteerbenchError } from '../../errors.ts';
import { hashFile } from '../../files/hash-file.ts';
import { checkCachedData, pullWords } from './cached-data.ts';
import type { PublicFile } from './catalogue.ts';
import {
  cachedDataPath,
  dataFolders,
  findLocalCopy,
  type LocalFile,
  listDataFolder,
} from './data-folders.ts';

/** A copy of a public file on this machine. */
export interface FoundData {
  path: string;
  /** The hash that its bytes must have; null where none is known. */
  expected: string | null;
}

/**
 * The copy of a public file on this machine: in a folder of `STEERBENCH_DATA`, else in the cache.
 *
 * @param list Lists a folder; a caller with many files to find can remember its answers.
 * @returns Null where there is none.
 * @throws SteerbenchError `data-ambiguous`, `data-not-found` for a folder that does not exist.
 */
export async function findData(
  file: PublicFile,
  environment: NodeJS.ProcessEnv,
  list: (folder: string) => Promise<LocalFile[]> = listDataFolder,
): Promise<FoundData | null> {
  for (const folder of dataFolders(environment)) {
    const asPublished = join(folder, ...file.path.split('/'));
    if (await isCopy(asPublished, file.sha256)) return { path: asPublished, expected: file.sha256 };
    const copy = await findLocalCopy(file, file.sha256, await list(folder));
    if (copy !== null) return { path: copy.path, expected: file.sha256 };
  }
  const path = cachedDataPath(file, environment);
  const { state, expected } = await checkCachedData(file, path);
  return state === 'absent' ? null : { path, expected };
}

/**
 * Like {@link findData}, for a file that must be there.
 *
 * @throws SteerbenchError `data-not-found`, with the command that fetches it.
 */
export async function requireData(file: PublicFile, environment: NodeJS.ProcessEnv): Promise<FoundData> {
  const found = await findData(file, environment);
  if (found !== null) return found;
  const what =
    file.kind === 'prompts' ? 'the public file of persona prompts' : `the public dataset "${file.name}"`;
  throw new SteerbenchError('data-not-found', `${what} is not on this machine`, {
    remedy: `run \`steerbench data pull ${pullWords(file.name)}\`, or name a folder that has it with STEERBENCH_DATA`,
  });
}

/** Whether there is a file of that hash; any file will do where no hash is known. */
async function isCopy(path: string, sha256: string | null): Promise<boolean> {
  const facts = await stat(path).catch(() => null);
  if (!facts?.isFile()) return false;
  return sha256 === null || (await hashFile(path)) === sha256;
}
