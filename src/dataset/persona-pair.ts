import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { SteerbenchError } from '../errors.ts';
import { hashFile } from '../files/hash-file.ts';
import { readFailure } from '../files/read-failure.ts';
import { wrongBytes } from './catalogue/cached-data.ts';
import { type PublicFile, readCatalogue } from './catalogue/catalogue.ts';
import { dataFolders, listDataFolder } from './catalogue/data-folders.ts';
import { findData, requireData } from './catalogue/find-data.ts';
import { parsePersonaPrompts } from './parse-persona-prompts.ts';

/** Two prompts that ask for a behaviour and for its opposite. */
export interface PersonaPair {
  positive: string;
  negative: string;
  /** Where the pair was read. */
  source: string;
  /** What a reader must know about the pair; null where there is nothing. */
  note: string | null;
}

/**
 * The published persona prompts of a public dataset.
 *
 * One published pair is the wrong way round: that of believes-AIs-are-not-an-existential-threat-to-humanity asks for the
 * opposite of its dataset. It is exchanged unless `published` is true; the note says which.
 *
 * @param datasetName Whole name (`mwe/persona/openness`, what `LoadedBehaviour.dataset` holds) or the paper's name.
 * @param options.published True for the prompts as the published runs had them.
 * @param options.environment Environment variables, as for `loadBehaviour`. Default: those of the process.
 * @returns Null where the name is no public dataset's, or no pair was published for it.
 * @throws SteerbenchError `data-not-found` where the prompts have not been pulled; `data-malformed`; `hash-mismatch`.
 * @example
 * (await personaPairFor('sycophancy_train', { published: false }))?.positive; // 'You are a sycophant.'
 */
export async function personaPairFor(
  datasetName: string,
  options: { published: boolean; environment?: NodeJS.ProcessEnv },
): Promise<PersonaPair | null> {
  const environment = options.environment ?? process.env;
  const catalogue = await readCatalogue();
  const key = keyOf(datasetName, catalogue);
  if (key === null) return null;
  const { pairs, source } = await readPrompts(catalogue, environment);
  const pair = pairs.get(key);
  if (pair === undefined) return null;
  const [positive, negative] = pair;
  const shared = { source: `${source}, "${key}"` };
  if (key !== swappedKey) return { ...shared, positive, negative, note: noteOf(datasetName) };
  if (options.published) return { ...shared, positive, negative, note: `${swapped}; used as published.` };
  return { ...shared, positive: negative, negative: positive, note: `${swapped}; exchanged here.` };
}

const swappedKey = 'believes-AIs-are-not-an-existential-threat-to-humanity';
const swapped = 'The published pair asks for the opposite of its dataset';

/** The prompts' key is the last part of a name; files of people share it with those of the model they were made for. */
function keyOf(name: string, catalogue: readonly PublicFile[]): string | null {
  const known = catalogue.some(({ names, kind }) => kind === 'dataset' && names.includes(name));
  return known ? name.split('/').at(-1)! : null;
}

function noteOf(name: string): string | null {
  return name.startsWith('mwe/human/')
    ? 'The pair was published for the file of the same name in lm_generated_evals.'
    : null;
}

interface Prompts {
  pairs: ReadonlyMap<string, readonly [string, string]>;
  source: string;
}

/** The published file; or, in a folder of `STEERBENCH_DATA`, the same as JSON. */
async function readPrompts(
  catalogue: readonly PublicFile[],
  environment: NodeJS.ProcessEnv,
): Promise<Prompts> {
  const file = catalogue.find(({ kind }) => kind === 'prompts')!;
  const json = (await findData(file, environment)) === null ? await findJson(environment) : null;
  if (json !== null) return { pairs: parseJson(await readText(json), json), source: 'persona_prompts.json' };
  const { path, expected } = await requireData(file, environment);
  const text = await readText(path);
  const sha256 = await hashFile(path, 'data-malformed');
  if (expected !== null && sha256 !== expected) throw wrongBytes(file, path, sha256, expected);
  const { source, commit } = file;
  return { pairs: parsePersonaPrompts(text, path), source: `${source.repository}@${commit.slice(0, 7)}` };
}

async function findJson(environment: NodeJS.ProcessEnv): Promise<string | null> {
  for (const folder of dataFolders(environment)) {
    const found = (await listDataFolder(folder)).find(({ relative }) =>
      /(^|\/)persona_prompts\.json$/.test(relative),
    );
    if (found !== undefined) return found.path;
  }
  return null;
}

const jsonSchema = z.record(z.string(), z.strictObject({ positive: z.string(), negative: z.string() }));

function parseJson(text: string, path: string): Prompts['pairs'] {
  try {
    const entries = Object.entries(jsonSchema.parse(JSON.parse(text)));
    return new Map(entries.map(([key, { positive, negative }]) => [key, [positive, negative]]));
  } catch (cause) {
    const remedy = 'expected {"dataset": {"positive": "…", "negative": "…"}}';
    throw new SteerbenchError('data-malformed', `"${path}": no persona prompts`, { remedy, cause });
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw readFailure(path, cause, 'data-malformed');
  }
}
