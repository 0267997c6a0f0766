import { join } from 'node:path';
import { packageVersion } from '../../llama/library.ts';
import { readPublished } from '../../published/index.ts';
import type { Study } from '../../result/study.ts';
import { steerbenchVersion } from '../../version.ts';
import { buildStudy, type FinishedRun } from './build-study.ts';
import { readResult } from './finished-runs.ts';
import type { StudyPlan } from './study-plan.ts';
import { readTransfers } from './transfers.ts';
import type { Unit } from './units.ts';
import { writeStudyDocuments } from './write-study.ts';

/**
 * Makes the study of the finished runs in a folder, and writes its documents once no run of another shard is missing.
 *
 * @param failures runs of this process that could not be made, with reasons
 * @returns the study, and the runs that neither finished nor failed here
 */
export async function assembleStudy(
  folder: string,
  plan: StudyPlan,
  units: readonly Unit[],
  failures: readonly { run: string; reason: string }[],
): Promise<{ study: Study; missing: string[] }> {
  const runs: FinishedRun[] = [];
  const missing: string[] = [];
  for (const unit of units) {
    const found = await readResult(join(folder, unit.folder));
    if (found !== null)
      runs.push({
        model: unit.model.id,
        folder: unit.folder.replaceAll('\\', '/'),
        resultHash: found.hash,
        result: found.result,
      });
    else if (!failures.some(({ run }) => run === unit.id)) missing.push(unit.id);
  }
  const study = buildStudy({
    name: plan.experiment === 'paper' ? 'The paper’s study' : plan.experiment,
    experiment: plan.experiment,
    runs,
    transfers: await readTransfers(folder, units),
    publishedModels: [],
    published: await readPublished(),
    versions: presentVersions(),
    missing: [
      ...failures.map(({ run, reason }) => ({ what: run, reason })),
      ...missing.map((run) => ({ what: run, reason: 'the run has not finished' })),
    ],
  });
  if (missing.length === 0) await writeStudyDocuments(folder, study);
  return { study, missing };
}

/** The versions that put a study together. */
export function presentVersions(): Study['versions'] {
  return {
    steerbench: steerbenchVersion,
    llamaCpp: `@node-llama-cpp ${packageVersion}`,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
  };
}
