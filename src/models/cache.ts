import { readdir, stat, unlink } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { type FileRecord, readRecord } from '../download/file-record.ts';

/** Path in the cache of a file of the hub: `models/<owner>/<name>[@<revision>]/<file>`. */
export function cachedPath(cache: string, repository: string, revision: string, file: string): string {
  const folder = revision === 'main' ? repository : `${repository}@${revision}`;
  return join(cache, 'models', ...folder.split('/'), ...file.split('/'));
}

/** One file of the cache. */
export interface CachedModel {
  path: string;
  bytes: number;
  record: FileRecord;
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

/** Whether the path lies in the cache's folder of models. */
export function isInCache(cache: string, path: string): boolean {
  return path.startsWith(join(cache, 'models') + sep);
}
