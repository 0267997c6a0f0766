import { loadBehaviour } from '../../dataset/load-behaviour.ts';
import { SteerbenchError } from '../../errors.ts';
import { assembleStudy } from './assemble-study.ts';
import { parseModels } from './model-spec.ts';
import type { StudyOutcome } from './run-study.ts';
import { readStudyPlan } from './study-plan.ts';
import { unitsOf } from './units.ts';

/**
 * Makes a study's documents again from the runs in its folder; no model is needed.
 *
 * @throws SteerbenchError `run-malformed` where the folder holds no study
 */
export async function redrawStudy(folder: string): Promise<StudyOutcome> {
  const plan = await readStudyPlan(folder);
  if (plan === null) {
    throw new SteerbenchError('run-malformed', `"${folder}" holds no study: there is no study-plan.json`, {
      remedy: 'give the folder that a study was written to',
    });
  }
  const behaviours: { reference: string; name: string }[] = [];
  for (const reference of plan.behaviours)
    behaviours.push({ reference, name: (await loadBehaviour(reference)).name });
  const units = unitsOf(parseModels(plan.models), behaviours);
  const { study, missing } = await assembleStudy(folder, plan, units, []);
  return { study: missing.length > 0 ? null : study, folder, failures: [], waiting: missing, seconds: null };
}
