import type { Profile } from './conversion.ts';
import { malformed } from './fault.ts';
import { readDataset } from './locate.ts';
import { type LoadedBehaviour, parseBehaviour } from './parse.ts';

/**
 * Loads a behaviour: a built-in one by name, a dataset file by path, or a public dataset by name where it has been
 * pulled or lies in a folder of `STEERBENCH_DATA`.
 *
 * The family of a file is told from the fields of its first lines: own pairs `{prompt, positive, negative}`,
 * persona and advanced-ai-risk files of Model-Written Evaluations, CAA arrays, TruthfulQA, instructions,
 * steering-bench's processed files. What was changed or left out stands in `notes`.
 *
 * @param options.profile Default `corrected`: items with a third option are dropped.
 * @param options.environment Environment variables, see {@link readDataset}. Default: those of the process.
 * @throws SteerbenchError `data-malformed`, naming file, line and field; `data-not-found`, with the name that was
 *   probably meant or the command that fetches the data; `data-ambiguous`; `hash-mismatch`; `read-failed`.
 * @example
 * const behaviour = await loadBehaviour('sentiment');
 * const mine = await loadBehaviour('./mine.jsonl');
 * const published = await loadBehaviour('mwe/lm/myopic-reward', { profile: 'paper' });
 */
export async function loadBehaviour(
  nameOrPath: string,
  options: { profile?: Profile; environment?: NodeJS.ProcessEnv } = {},
): Promise<LoadedBehaviour> {
  const { bytes, notes, ...identity } = await readDataset(nameOrPath, options.environment);
  const { behaviour, faults } = parseBehaviour(bytes, {
    ...identity,
    profile: options.profile ?? 'corrected',
  });
  if (behaviour === null || faults.length > 0) throw malformed(nameOrPath, faults);
  return { ...behaviour, notes: [...notes, ...behaviour.notes] };
}
