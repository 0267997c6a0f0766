import { builtInBehaviours } from '../../behaviours/index.ts';
import type { LoadedBehaviour } from '../../dataset/parse.ts';
import type { PersonaPair } from '../../dataset/persona-pair.ts';
import type { RunOptions } from '../run-options.ts';

/**
 * The sentences that ask for either side of a behaviour: those of the options, else those the behaviour comes with, else
 * the published ones of its dataset; null where there are none.
 *
 * @throws RangeError where only one of the two options is given
 */
export async function personaOf(
  behaviour: LoadedBehaviour,
  { personaPositive, personaNegative }: Pick<RunOptions, 'personaPositive' | 'personaNegative'>,
): Promise<PersonaPair | null> {
  if (personaPositive !== null && personaNegative !== null) {
    return { positive: personaPositive, negative: personaNegative, source: 'options of the run', note: null };
  }
  if (personaPositive !== null || personaNegative !== null) {
    throw new RangeError('"--persona-positive" and "--persona-negative" belong together: give both');
  }
  const builtIn =
    behaviour.source === 'built-in'
      ? builtInBehaviours.find(({ name }) => name === behaviour.name)
      : undefined;
  const own = (builtIn as { persona?: { positive: string; negative: string } } | undefined)?.persona;
  return own === undefined ? null : { ...own, source: 'built-in', note: null };
}
