import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SteerbenchError } from '../../errors.ts';
import { atomicWrite } from '../../files/atomic-write.ts';
import { makeFolder } from '../../files/make-folder.ts';
import { systemCode } from '../../files/read-failure.ts';
import { writeFailure } from '../../files/write-failure.ts';
import { studyKinds } from '../experiment-kinds.ts';

/** What a study will do: written before anything is computed, compared when its folder is used again. */
export const studyPlanSchema = z.object({
  schema: z.literal('steerbench.study-plan'),
  version: z.literal(1),
  experiment: z.enum(studyKinds),
  models: z.array(z.string()),
  behaviours: z.array(z.string()),
  /** Options that were given; each run's own plan has all of them as resolved. */
  options: z.record(z.string(), z.unknown()),
  /** Whether vectors of one precision are tried on the others. */
  transfer: z.boolean(),
});

/** The plan of a study. */
export type StudyPlan = z.infer<typeof studyPlanSchema>;

/** Name of the plan in a study's folder. */
const studyPlanFile = 'study-plan.json';

/**
 * Refuses a folder that holds a study with another plan.
 *
 * More models or behaviours than before are welcome: what was run stays as it is.
 *
 * @throws SteerbenchError `run-conflict` naming what differs
 */
export async function checkStudyPlan(folder: string, plan: StudyPlan): Promise<void> {
  const found = await readStudyPlan(folder);
  const differences = found === null ? [] : differencesOf(found, plan);
  if (differences.length > 0) {
    throw new SteerbenchError(
      'run-conflict',
      `"${folder}" holds a study with another plan:\n  ${differences.join('\n  ')}`,
      { remedy: 'give another --out, or remove the folder' },
    );
  }
}

/** Keeps the plan in the folder. Throws SteerbenchError `write-failed`. */
export async function keepStudyPlan(folder: string, plan: StudyPlan): Promise<void> {
  try {
    await makeFolder(folder);
    await atomicWrite(join(folder, studyPlanFile), `${JSON.stringify(plan, null, 2)}\n`);
  } catch (cause) {
    throw writeFailure(folder, cause, 'choose another folder with --out');
  }
}

/**
 * The plan of the study in a folder; null where there is none.
 *
 * @throws SteerbenchError `run-malformed`
 */
export async function readStudyPlan(folder: string): Promise<StudyPlan | null> {
  const path = join(folder, studyPlanFile);
  const text = await readFile(path, 'utf8').catch((error) => {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return null;
    throw error;
  });
  if (text === null) return null;
  try {
    return studyPlanSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new SteerbenchError('run-malformed', `"${path}" is no study plan`, {
      remedy: 'remove that file and run the same command again; finished runs are kept',
      cause,
    });
  }
}

function differencesOf(found: StudyPlan, wanted: StudyPlan): string[] {
  const missing = (name: 'models' | 'behaviours') =>
    found[name]
      .filter((entry) => !wanted[name].includes(entry))
      .map((entry) => `${name}: "${entry}" is in the folder, and was not asked for now`);
  const keys = new Set([...Object.keys(found.options), ...Object.keys(wanted.options)]);
  const options = [...keys].flatMap((key) => {
    const [before, now] = [JSON.stringify(found.options[key]), JSON.stringify(wanted.options[key])];
    return before === now
      ? []
      : [`options.${key}: ${before ?? 'absent'} in the folder, ${now ?? 'absent'} now`];
  });
  const experiment =
    found.experiment === wanted.experiment
      ? []
      : [`experiment: ${found.experiment} in the folder, ${wanted.experiment} now`];
  return [...experiment, ...missing('models'), ...missing('behaviours'), ...options];
}
