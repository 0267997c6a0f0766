import { builtInBehaviours } from '../../behaviours/index.ts';
import type { LoadedBehaviour } from '../../dataset/parse.ts';
import { type PersonaPair, personaPairFor } from '../../dataset/persona-pair.ts';
import { SteerbenchError } from '../../errors.ts';
import type { RunOptions } from '../run-options.ts';

/** Sentences that ask for either side of a behaviour, or why there are none. */
export type Persona = PersonaPair | { missing: string };

/**
 * The sentences that ask for either side of a behaviour: those of the options, else those that the behaviour comes with,
 * else the published ones of its dataset.
 *
 * @throws RangeError where only one of the two options is given; SteerbenchError `data-malformed`, `hash-mismatch`
 */
export async function personaOf(
  behaviour: LoadedBehaviour,
  {
    personaPositive,
    personaNegative,
    personaPrompts,
  }: Pick<RunOptions, 'personaPositive' | 'personaNegative' | 'personaPrompts'>,
): Promise<Persona> {
  if (personaPositive !== null && personaNegative !== null) {
    return { positive: personaPositive, negative: personaNegative, source: 'options of the run', note: null };
  }
  if (personaPositive !== null || personaNegative !== null) {
    throw new RangeError('"--persona-positive" and "--persona-negative" belong together: give both');
  }
  if (behaviour.source === 'built-in') {
    const { persona } = builtInBehaviours.find(({ name }) => name === behaviour.name)!;
    return { ...persona, source: 'built-in', note: null };
  }
  if (behaviour.dataset === null) return { missing: noSentences };
  try {
    const published = personaPrompts === 'published';
    return (await personaPairFor(behaviour.dataset, { published })) ?? { missing: noSentences };
  } catch (error) {
    if (!(error instanceof SteerbenchError) || error.code !== 'data-not-found') throw error;
    return { missing: `${error.message}; ${error.remedy}` };
  }
}

const noSentences =
  'there are no sentences that ask for either side; give --persona-positive and --persona-negative';

/** The sentences, or null where there are none. */
export function pairOf(persona: Persona): PersonaPair | null {
  return 'missing' in persona ? null : persona;
}
