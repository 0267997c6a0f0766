import { copyFile, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SteerbenchError } from '../../errors.ts';
import { makeFolder } from '../../files/make-folder.ts';
import { systemCode } from '../../files/read-failure.ts';
import { writeFailure } from '../../files/write-failure.ts';
import { planDifferences } from '../../store/plan.ts';
import { RunFolder } from '../../store/run-folder.ts';
import { readStudyPlan } from './study-plan.ts';

/** What a merge left. */
export interface MergedFolder {
  kind: 'run' | 'study';
  /** Files that were taken over. */
  files: number;
}

/** Folders below a study that hold runs. */
const studyFolders = ['runs', 'transfers'];

/**
 * Puts the cells of several shards of one run, or the runs of several shards of one study, into one folder.
 *
 * Nothing is computed; a cell that two shards have must be the same in both, to the last byte.
 *
 * @throws SteerbenchError `run-conflict` where plans or cells differ; `run-malformed`; `write-failed`
 */
export async function mergeFolders(sources: readonly string[], out: string): Promise<MergedFolder> {
  const plans = await Promise.all(sources.map(readStudyPlan));
  if (plans.every((plan) => plan !== null)) {
    const [first] = plans;
    const other = plans.findIndex((plan) => JSON.stringify(plan) !== JSON.stringify(first));
    if (other >= 0) throw conflict(sources[0]!, sources[other]!, ['the plans of the studies differ']);
    let files = 0;
    for (const source of sources) files += await copyTree(source, out, ['study-plan.json', ...studyFolders]);
    return { kind: 'study', files };
  }
  const folders: RunFolder[] = [];
  for (const source of sources) folders.push(await RunFolder.existing(source));
  for (const folder of folders.slice(1)) {
    const differences = planDifferences(folders[0]!.plan, folder.plan);
    if (differences.length > 0) throw conflict(folders[0]!.path, folder.path, differences);
  }
  let files = 0;
  for (const source of sources) files += await copyTree(source, out, ['plan.json', 'cells']);
  return { kind: 'run', files };
}

/** Copies what is there of some names; a file that both have must be the same, or belong to no result. */
async function copyTree(source: string, target: string, names: readonly string[]): Promise<number> {
  let files = 0;
  for (const name of names) {
    const [from, to] = [join(source, name), join(target, name)];
    const entries = await readdir(from, { withFileTypes: true }).catch((error) => {
      if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return null;
      throw error;
    });
    if (entries === null) files += await copyOnce(from, to);
    else {
      await makeFolder(to).catch((cause) => {
        throw writeFailure(to, cause);
      });
      files += await copyTree(
        from,
        to,
        entries.map((entry) => entry.name),
      );
    }
  }
  return files;
}

/** Plans have been compared, times are not the same twice, and documents are made again. */
const madeAgain = /(^|[/\\])(plan\.json|timings\.json|report\.html|card\.md|index\.html|study\.json)$/;

async function copyOnce(from: string, to: string): Promise<number> {
  const wanted = await readFile(from).catch((error) => {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (wanted === null) return 0;
  const found = await readFile(to).catch(() => null);
  if (found !== null) {
    if (found.equals(wanted) || madeAgain.test(to)) return 0;
    throw conflict(to, from, [
      'both hold this file, with different bytes: the shards ran on machines that round differently',
    ]);
  }
  await makeFolder(join(to, '..')).catch((cause) => {
    throw writeFailure(to, cause);
  });
  await copyFile(from, to).catch((cause) => {
    throw writeFailure(to, cause);
  });
  return 1;
}

function conflict(first: string, second: string, differences: readonly string[]): SteerbenchError {
  return new SteerbenchError(
    'run-conflict',
    `"${first}" and "${second}" cannot be merged:\n  ${differences.join('\n  ')}`,
    { remedy: 'merge shards of one command, made on machines of one kind' },
  );
}
