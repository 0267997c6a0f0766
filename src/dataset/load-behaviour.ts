import { readFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { type BuiltInBehaviour, builtInBehaviours } from '../behaviours/index.ts';
import { SteerbenchError } from '../errors.ts';
import { readFailure } from '../files/read-failure.ts';
import { nearMisses } from '../math/near-misses.ts';
import type { Profile } from './conversion.ts';
import { malformed } from './fault.ts';
import { type LoadedBehaviour, parseBehaviour } from './parse.ts';

/**
 * Loads a behaviour: a built-in one by name, or a dataset file by path.
 *
 * The family of a file is told from the fields of its first lines: own pairs `{prompt, positive, negative}`,
 * persona and advanced-ai-risk files of Model-Written Evaluations, CAA arrays, TruthfulQA, steering-bench's processed
 * files. What was changed or left out stands in `notes`.
 *
 * @param options.profile Default `corrected`: items with a third option are dropped.
 * @throws SteerbenchError `data-malformed`, naming file, line and field; `data-not-found`, with the built-in name that was
 *   probably meant; `read-failed`.
 * @example
 * const behaviour = await loadBehaviour('sentiment');
 * const mine = await loadBehaviour('./mine.jsonl');
 */
export async function loadBehaviour(
  nameOrPath: string,
  options: { profile?: Profile } = {},
): Promise<LoadedBehaviour> {
  const { path, ...identity } = locate(nameOrPath);
  const { behaviour, faults } = parseBehaviour(await readBytes(path, nameOrPath), {
    ...identity,
    ...options,
  });
  if (behaviour === null || faults.length > 0) throw malformed(nameOrPath, faults);
  return behaviour;
}

/** Where a name or path leads: the file, and the name and source that reports show. */
export function locate(nameOrPath: string): { path: string | URL; name: string; source: string } {
  const builtIn = builtInBehaviours.find(({ name }) => name === nameOrPath);
  if (builtIn !== undefined) return { path: builtIn.file, name: builtIn.name, source: 'built-in' };
  const path = resolve(nameOrPath);
  return { path, name: basename(path, extname(path)), source: path };
}

/**
 * The bytes of a dataset.
 *
 * @throws SteerbenchError `data-not-found`, for a bare word with the built-in names; `read-failed`
 */
export async function readBytes(path: string | URL, nameOrPath: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (/[/\\]|\.jsonl?$/.test(nameOrPath)) throw readFailure(nameOrPath, cause, 'data-malformed');
    throw unknownName(nameOrPath, builtInBehaviours, cause);
  }
}

function unknownName(wanted: string, known: readonly BuiltInBehaviour[], cause: unknown): SteerbenchError {
  const names = known.map(({ name }) => name);
  const [closest] = nearMisses(wanted, names);
  const message = `"${wanted}" is neither a built-in behaviour nor a file`;
  const remedy = `${closest === undefined ? '' : `did you mean "${closest}"? `}built-in: ${names.join(', ')}`;
  return new SteerbenchError('data-not-found', message, { remedy, cause });
}
