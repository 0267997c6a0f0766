import { readdir } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { SteerbenchError } from '../../errors.ts';
import { findAlias } from '../../models/aliases.ts';
import { readPublished } from '../../published/index.ts';
import type { Result } from '../../result/schema.ts';
import type { Study } from '../../result/study.ts';
import { presentVersions } from './assemble-study.ts';
import { buildStudy, type FinishedRun } from './build-study.ts';
import { type FoundResult, readResult } from './finished-runs.ts';
import { writeStudyDocuments } from './write-study.ts';

/** A run that takes part in a comparison. */
interface ComparedRun extends FoundResult {
  folder: string;
}

/** What names a published model among the folders. */
const publishedPrefix = 'published:';

/**
 * Compares finished runs: folders of runs or of studies, and `published:llama` or `published:qwen` for the paper's own
 * values. Runs that differ in model, precision, method, operator, start, layer or profile count as different models.
 *
 * @param out Folder of the comparison.
 * @throws SteerbenchError `run-malformed` for a folder without a finished run; RangeError for runs that differ in nothing
 * @example
 * await compareRuns(['runs/audit-sentiment-a', 'runs/audit-sentiment-b'], 'studies/a-and-b');
 */
export async function compareRuns(places: readonly string[], out: string): Promise<Study> {
  const published = await readPublished();
  const keys = places
    .filter((place) => place.startsWith(publishedPrefix))
    .map((place) => place.slice(publishedPrefix.length));
  for (const key of keys) {
    if (key in published.models) continue;
    throw new RangeError(
      `no published values of "${key}"; one of ${Object.keys(published.models).join(', ')}`,
    );
  }
  const runs: ComparedRun[] = [];
  for (const place of places.filter((one) => !one.startsWith(publishedPrefix)))
    runs.push(...(await finishedRunsIn(place)));
  const named = nameModels(runs);
  const twice = named.find(
    (run, place) =>
      named.findIndex(
        (other) => other.model === run.model && other.result.behaviour.name === run.result.behaviour.name,
      ) !== place,
  );
  if (twice !== undefined) {
    throw new RangeError(
      `two runs of "${twice.result.behaviour.name}" on "${twice.model}" differ in nothing that could be compared`,
    );
  }
  const study = buildStudy({
    name: `Comparison of ${places.map((place) => basename(place)).join(', ')}`,
    experiment: 'compare',
    runs: named.map(({ model, folder, hash, result }) => ({
      model,
      folder: relative(out, folder).replaceAll('\\', '/'),
      resultHash: hash,
      result,
    })),
    transfers: [],
    publishedModels: keys,
    published,
    versions: presentVersions(),
    missing: [],
  } satisfies Parameters<typeof buildStudy>[0]);
  await writeStudyDocuments(out, study);
  return study;
}

/** The finished runs of a folder: itself, or those below its `runs`. */
async function finishedRunsIn(place: string): Promise<ComparedRun[]> {
  const own = await readResult(place);
  if (own !== null) return [{ ...own, folder: place }];
  const found: ComparedRun[] = [];
  for (const model of await foldersIn(join(place, 'runs'))) {
    for (const behaviour of await foldersIn(model)) {
      const run = await readResult(behaviour);
      if (run !== null) found.push({ ...run, folder: behaviour });
    }
  }
  if (found.length > 0) return found;
  throw new SteerbenchError('run-malformed', `"${place}" holds no finished run`, {
    remedy: 'give folders of runs or studies, or published:llama, published:qwen',
  });
}

async function foldersIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(path, entry.name))
    .sort();
}

/** What tells runs apart, beside the model: shown in a name only where runs differ in it. */
const distinctions: [string, (result: Result) => string][] = [
  ['@', ({ model }) => model.precision],
  [' ', ({ vector }) => vector?.method ?? ''],
  [' ', ({ operator }) => operator],
  [' ', ({ start }) => start],
  [' layers ', ({ options }) => String(options['layers'])],
  [' ', ({ profile }) => profile],
];

function nameModels(runs: readonly ComparedRun[]): (ComparedRun & Pick<FinishedRun, 'model'>)[] {
  const differing = distinctions.filter(([, of]) => new Set(runs.map(({ result }) => of(result))).size > 1);
  return runs.map((run) => {
    const { reference } = run.result.model;
    const name = findAlias(reference)?.name ?? basename(reference).replace(/\.gguf$/i, '');
    return { ...run, model: name + differing.map(([mark, of]) => mark + of(run.result)).join('') };
  });
}
