import { readFile, unlink } from 'node:fs/promises';
import { makeFolderOf } from '../../download/cache-folder.ts';
import { type DownloadOptions, downloadFile } from '../../download/download.ts';
import { withLock } from '../../download/lock.ts';
import { atomicWrite } from '../../files/atomic-write.ts';
import { checkCachedData, recordData } from './cached-data.ts';
import type { PublicFile } from './catalogue.ts';
import { cachedDataPath, findLocalCopy, type LocalFile } from './data-folders.ts';

/** How public files are brought into the cache. */
export interface BringOptions
  extends Pick<DownloadOptions, 'onProgress' | 'onMessage' | 'signal' | 'timing'> {
  /** Environment variables: `STEERBENCH_CACHE`, `STEERBENCH_DATA_URL`. */
  environment: NodeJS.ProcessEnv;
  /** Files to copy from; null to download. */
  from: readonly LocalFile[] | null;
  /** Time between two looks at another process's lock. Default 500. */
  lockPollMs?: number;
}

/** What became of one file. */
export interface BroughtFile {
  state: 'present' | 'fetched' | 'copied' | 'missing';
  /** In the cache. */
  path: string;
  /** Hexadecimal; null where the file is missing. */
  sha256: string | null;
}

/**
 * Makes sure that a public file lies whole and checked in the cache, under a lock: one that is there is left alone,
 * else it is copied from a folder or downloaded.
 *
 * Where no hash is pinned, the first one is recorded beside the file, said aloud, and asked of every later copy.
 *
 * @throws SteerbenchError `download-failed`, `hash-mismatch`, `data-malformed`, `write-failed`, `interrupted`.
 */
export async function bringFile(file: PublicFile, options: BringOptions): Promise<BroughtFile> {
  const path = cachedDataPath(file, options.environment);
  const { state, record, expected } = await checkCachedData(file, path);
  if (state === 'present') return { state, path, sha256: record!.sha256 };
  const copy = options.from === null ? null : await findLocalCopy(file, expected, options.from);
  if (options.from !== null && copy === null) return { state: 'missing', path, sha256: null };
  await makeFolderOf(path);
  return withLock(`${path}.lock`, () => bringLocked(file, path, copy, options), {
    onWait: (holder) => options.onMessage?.(`${holder} is fetching "${file.name}": waiting for it`),
    pollMs: options.lockPollMs ?? 500,
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

/** The address that gives the bytes of a public file; `STEERBENCH_DATA_URL` names another host or a mirror. */
function dataUrl({ source, commit, path }: PublicFile, environment: NodeJS.ProcessEnv): string {
  const base = (environment['STEERBENCH_DATA_URL'] || 'https://raw.githubusercontent.com').replace(
    /\/+$/,
    '',
  );
  return `${base}/${source.repository}/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

async function bringLocked(
  file: PublicFile,
  path: string,
  copy: LocalFile | null,
  options: BringOptions,
): Promise<BroughtFile> {
  // Another process may have brought it meanwhile.
  const { state, record, expected } = await checkCachedData(file, path);
  if (state === 'present') return { state, path, sha256: record!.sha256 };
  if (state === 'damaged') {
    options.onMessage?.(`"${path}" is not the file it should be: removed, fetching it again`);
    await unlink(path);
  }
  const url = dataUrl(file, options.environment);
  if (copy !== null) await atomicWrite(path, await readFile(copy.path));
  else await downloadFile(url, path, { ...options, sha256: expected });
  const { sha256 } = await recordData(file, path, { source: copy?.path ?? url, expected });
  if (expected === null) {
    options.onMessage?.(
      `no sha256 of "${file.name}" is pinned: that of these bytes, ${sha256}, is recorded, and every later copy must match`,
    );
  }
  return { state: copy === null ? 'fetched' : 'copied', path, sha256 };
}
