import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { builtInBehaviours } from '../behaviours/index.ts';
import { SteerbenchError } from '../errors.ts';
import { readFailure } from '../files/read-failure.ts';
import { nearMisses } from '../math/near-misses.ts';
import { wrongBytes } from './catalogue/cached-data.ts';
import { type PublicFile, readCatalogue } from './catalogue/catalogue.ts';
import { requireData } from './catalogue/find-data.ts';
import { matchName } from './catalogue/match-name.ts';

/** The bytes of a dataset, and what it is called. */
export interface DatasetBytes {
  bytes: Uint8Array;
  /** Name in reports. */
  name: string;
  /** `built-in`, the whole name of a public dataset, or an absolute path. */
  source: string;
  /** The whole name of the public dataset that these bytes are, by name or by hash; null for any other. */
  dataset: string | null;
  /** What a reader must know of where the bytes come from, one sentence each. */
  notes: string[];
}

/**
 * Finds a dataset by name or path, in this order: a built-in behaviour, a file, a public dataset on this machine.
 *
 * @param environment `STEERBENCH_DATA` names folders of public datasets, `STEERBENCH_CACHE` the cache.
 * @throws SteerbenchError `data-not-found`, with a name that was probably meant or the command that fetches the dataset;
 * `data-ambiguous`; `hash-mismatch`; `read-failed`.
 */
export async function readDataset(
  nameOrPath: string,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<DatasetBytes> {
  const builtIn = builtInBehaviours.find(({ name }) => name === nameOrPath);
  if (builtIn !== undefined) {
    const bytes = await readBytes(builtIn.file, nameOrPath);
    return { bytes, name: builtIn.name, source: 'built-in', dataset: null, notes: [] };
  }
  const path = resolve(nameOrPath);
  const catalogue = await readCatalogue();
  const file = (await isFile(path)) ? null : matchName(nameOrPath, catalogue);
  if (file !== null) return readPublic(file, environment);
  const bytes = await readBytes(path, nameOrPath);
  const dataset = publicNameOf(bytes, catalogue);
  return { bytes, name: basename(path, extname(path)), source: path, dataset, notes: [] };
}

/**
 * The bytes of a dataset file.
 *
 * @throws SteerbenchError `data-not-found`, for a bare word with the names that are known; `read-failed`
 */
export async function readBytes(path: string | URL, nameOrPath: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (/[/\\]|\.jsonl?$/.test(nameOrPath)) throw readFailure(nameOrPath, cause, 'data-malformed');
    throw await unknownName(nameOrPath, cause);
  }
}

async function readPublic(file: PublicFile, environment: NodeJS.ProcessEnv): Promise<DatasetBytes> {
  const { name, label, kind } = file;
  if (kind === 'prompts') {
    throw new SteerbenchError(
      'data-not-found',
      `"${name}" holds prompts for the public datasets, not items`,
      {
        remedy: '`steerbench data list` shows the datasets',
      },
    );
  }
  const { path, expected } = await requireData(file, environment);
  const bytes = await readBytes(path, path);
  const sha256 = hashOf(bytes);
  if (expected !== null && sha256 !== expected) throw wrongBytes(file, path, sha256, expected);
  const notes =
    file.sha256 === null
      ? [`No sha256 of "${name}" is pinned, so nobody but its server vouches for these bytes: ${sha256}.`]
      : [];
  return { bytes, name: label, source: name, dataset: name, notes };
}

/** A file with exactly the bytes of a public dataset is that dataset, whatever it is called. */
function publicNameOf(bytes: Uint8Array, catalogue: readonly PublicFile[]): string | null {
  const alike = catalogue.filter(({ bytes: size, sha256 }) => sha256 !== null && size === bytes.length);
  if (alike.length === 0) return null;
  const sha256 = hashOf(bytes);
  return alike.find((file) => file.sha256 === sha256)?.name ?? null;
}

async function unknownName(wanted: string, cause: unknown): Promise<SteerbenchError> {
  const builtIn = builtInBehaviours.map(({ name }) => name);
  const shortNames = (await readCatalogue()).map(({ names }) => names[1] ?? names[0]!);
  const [closest] = nearMisses(wanted, [...builtIn, ...shortNames]);
  const question = closest === undefined ? '' : `did you mean "${closest}"? `;
  const message = `"${wanted}" is neither a built-in behaviour nor a file nor a public dataset`;
  const remedy = `${question}built-in: ${builtIn.join(', ')}; \`steerbench data list\` shows the public ones`;
  return new SteerbenchError('data-not-found', message, { remedy, cause });
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
