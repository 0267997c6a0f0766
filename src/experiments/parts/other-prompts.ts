import { measureSettings } from '../stages/settings.ts';
import { type Measured, notMeasured } from './part.ts';

/** What survives a change of prompt, and what a prompt alone would do. */
export async function tryOtherPrompts(measured: Measured): Promise<void> {
  const { context, prepared, found, test, result, scores } = measured;
  const seen = await measureSettings(context, prepared, found, test);
  result.settings = seen.settings;
  result.ood = seen.ood;
  result.prompting = seen.prompting;
  scores.push(...seen.scores);
  if (seen.missing !== null) notMeasured(measured, 'other prompts', seen.missing);
  if (seen.prompting === null && seen.missing === null)
    notMeasured(measured, 'prompting baseline', 'no multiplier was measured with both signs, or 0 was not');
}
