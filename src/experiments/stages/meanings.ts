import { builtInBehaviours } from '../../behaviours/index.ts';
import type { LoadedBehaviour } from '../../dataset/parse.ts';
import type { RunOptions } from '../run-options.ts';

/** What the positive and the negative answers of a behaviour show, as phrases: from the options, else its own words. */
export function meaningsOf(
  behaviour: Pick<LoadedBehaviour, 'name' | 'source'>,
  { positiveMeaning, negativeMeaning }: Pick<RunOptions, 'positiveMeaning' | 'negativeMeaning'>,
): { positive: string; negative: string } {
  const builtIn =
    behaviour.source === 'built-in'
      ? builtInBehaviours.find(({ name }) => name === behaviour.name)
      : undefined;
  return {
    positive: positiveMeaning ?? builtIn?.positive ?? 'the positive answers',
    negative: negativeMeaning ?? builtIn?.negative ?? 'the negative answers',
  };
}
