import { readdir, stat } from 'node:fs/promises';
import { delimiter, join, resolve, sep } from 'node:path';
import { cacheFolder } from '../../download/cache-folder.ts';
import { SteerbenchError } from '../../errors.ts';
import { hashFile } from '../../files/hash-file.ts';
import { readFailure } from '../../files/read-failure.ts';
import type { PublicFile } from './catalogue.ts';

/** Place of a public file in the cache: `<cache>/data/<source>/<commit>/<path>`. */
export function cachedDataPath(file: PublicFile, environment: NodeJS.ProcessEnv): string {
  const cache = resolve(cacheFolder(environment));
  return join(cache, 'data', file.source.name, file.commit, ...file.path.split('/'));
}

/**
 * Folders with local copies of public files, in any layout: `STEERBENCH_DATA`, several with the platform's separator
 * of paths (`:`, on Windows `;`). They come before the cache.
 */
export function dataFolders(environment: NodeJS.ProcessEnv): string[] {
  const folders = environment['STEERBENCH_DATA']?.split(delimiter) ?? [];
  return folders.filter((folder) => folder !== '').map((folder) => resolve(folder));
}

/** A file of a data folder. */
export interface LocalFile {
  path: string;
  /** Below the folder, with `/`. */
  relative: string;
  bytes: number;
}

/**
 * The files of a folder that could be data (`.json`, `.jsonl`, `.py`), folders below it included, sorted by path.
 *
 * @throws SteerbenchError `data-not-found` where there is no such folder, `read-failed`; RangeError for one with too
 * many files to look through.
 */
export async function listDataFolder(folder: string): Promise<LocalFile[]> {
  const files: LocalFile[] = [];
  let looked = 0;
  const visit = async (below: string[]): Promise<void> => {
    const here = join(folder, ...below);
    const entries = await readdir(here, { withFileTypes: true }).catch((cause: unknown) => {
      throw readFailure(here, cause, 'data-malformed');
    });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      looked += 1;
      if (looked > mostEntries)
        throw new RangeError(`"${folder}" has more than ${mostEntries} files; give the folder of the data`);
      const { name } = entry;
      if (entry.isDirectory() && !name.startsWith('.') && name !== 'node_modules')
        await visit([...below, name]);
      if (entry.isDirectory() || !/\.(jsonl?|py)$/.test(name)) continue;
      const path = join(here, name);
      const facts = await stat(path).catch(() => null);
      if (facts?.isFile()) files.push({ path, relative: [...below, name].join('/'), bytes: facts.size });
    }
  };
  await visit([]);
  return files;
}

const mostEntries = 20_000;

/**
 * The copy of a public file among local files: by its bytes where its hash is known, else by its path.
 *
 * @param sha256 The hash that it must have; null where none is known.
 * @returns The copy; null where there is none.
 * @throws SteerbenchError `data-ambiguous` where no hash is known and several files have the name.
 */
export async function findLocalCopy(
  { name, path, bytes }: PublicFile,
  sha256: string | null,
  files: readonly LocalFile[],
): Promise<LocalFile | null> {
  const ownName = path.split('/').at(-1)!;
  if (sha256 !== null) {
    // A size narrows the search as well as a name does, and holds for a renamed file too.
    const likely = files.filter((file) => (bytes === null ? endsWith(file, ownName) : file.bytes === bytes));
    for (const file of likely) if ((await hashFile(file.path)) === sha256) return file;
    return null;
  }
  for (const wanted of [path, ownName]) {
    const matches = files.filter((file) => endsWith(file, wanted));
    if (matches.length === 1) return matches[0]!;
    if (matches.length > 1) {
      const paths = matches.map((file) => file.path.replaceAll(sep, '/')).join(', ');
      throw new SteerbenchError('data-ambiguous', `several files could be "${name}": ${paths}`, {
        remedy: 'name a folder that has one of them',
      });
    }
  }
  return null;
}

/** Whether the last parts of the file's path are those wanted. */
function endsWith({ relative }: LocalFile, wanted: string): boolean {
  return relative === wanted || relative.endsWith(`/${wanted}`);
}
