import { mkdir, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { z } from 'zod';
import { atomicWrite } from '../files/atomic-write.ts';
import { cacheWriteFailure } from './disk.ts';
import { homeFolder } from './home-folder.ts';

/**
 * Folder that holds downloaded and requantised models and the hashes of local ones.
 *
 * `STEERBENCH_CACHE` where it is set; else `$XDG_CACHE_HOME/steerbench`, `~/Library/Caches/steerbench` on macOS,
 * `%LOCALAPPDATA%\steerbench` on Windows, `~/.cache/steerbench`. It need not exist.
 *
 * @example
 * cacheFolder({ STEERBENCH_CACHE: '/data/models' }); // '/data/models'
 */
export function cacheFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  const home = homeFolder(environment);
  if (environment['STEERBENCH_CACHE']) return environment['STEERBENCH_CACHE'];
  if (environment['XDG_CACHE_HOME']) return join(environment['XDG_CACHE_HOME'], 'steerbench');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'steerbench');
  if (platform === 'win32')
    return join(environment['LOCALAPPDATA'] || join(home, 'AppData', 'Local'), 'steerbench');
  return join(home, '.cache', 'steerbench');
}

/** Path in the cache of a file of the hub: `models/<owner>/<name>[@<revision>]/<file>`. */
export function cachedPath(cache: string, repository: string, revision: string, file: string): string {
  const folder = revision === 'main' ? repository : `${repository}@${revision}`;
  return join(cache, 'models', ...folder.split('/'), ...file.split('/'));
}

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
export type ModelRecord = z.infer<typeof recordSchema>;

/** The record beside a cached file; null when there is none that can be read. */
export async function readRecord(path: string): Promise<ModelRecord | null> {
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
  facts: Pick<ModelRecord, 'source' | 'sha256' | 'madeFrom'>,
): Promise<ModelRecord> {
  const { size, mtimeMs } = await stat(path);
  const record = { ...facts, bytes: size, modifiedMs: mtimeMs };
  await atomicWrite(recordPath(path), `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

/** Whether the file is there and has not changed since its record was written. */
export async function matchesRecord(path: string, record: ModelRecord): Promise<boolean> {
  const facts = await stat(path).catch(() => null);
  return facts !== null && facts.size === record.bytes && facts.mtimeMs === record.modifiedMs;
}

/** One file of the cache. */
export interface CachedModel {
  path: string;
  bytes: number;
  record: ModelRecord;
}

/** Every whole model of the cache, in the order of their paths. */
export async function cachedModels(cache: string): Promise<CachedModel[]> {
  const models = join(cache, 'models');
  const names = await readdir(models, { recursive: true }).catch(() => []);
  const found: CachedModel[] = [];
  for (const name of names.filter((each) => each.endsWith('.gguf')).sort()) {
    const path = join(models, name);
    const record = await readRecord(path);
    const facts = await stat(path).catch(() => null);
    if (record !== null && facts !== null) found.push({ path, bytes: facts.size, record });
  }
  return found;
}

/** Removes a cached model with its record, its requantised copies and what is left of an unfinished download. */
export async function removeCached(path: string): Promise<{ removed: string[]; bytes: number }> {
  const folder = dirname(path);
  const stem = path.slice(folder.length + 1).replace(/\.gguf$/, '');
  const names = await readdir(folder).catch(() => []);
  const own = names.filter((name) => belongsTo(name, stem)).sort();
  let bytes = 0;
  for (const name of own) {
    bytes += await stat(join(folder, name)).then((facts) => facts.size);
    await unlink(join(folder, name));
  }
  return { removed: own.map((name) => join(folder, name)), bytes };
}

/** `model.gguf`, `model.gguf.json`, `model.gguf.partial…`, `model.f16.gguf…`; never `model-two.gguf`. */
function belongsTo(name: string, stem: string): boolean {
  const rest = name.startsWith(stem) ? name.slice(stem.length) : null;
  return rest !== null && /^(\.(f32|f16|bf16|q8_0|q4_0))?\.gguf(\.(json|partial|partial\.json))?$/.test(rest);
}

/** Creates the folder of a file of the cache; throws SteerbenchError `write-failed`. */
export async function makeFolderOf(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (cause) {
    throw cacheWriteFailure(dirname(path), cause);
  }
}

/** Whether the path lies in the cache's folder of models. */
export function isInCache(cache: string, path: string): boolean {
  return path.startsWith(join(cache, 'models') + sep);
}

function recordPath(path: string): string {
  return `${path}.json`;
}
