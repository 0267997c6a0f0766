import { builtInBehaviours } from '../behaviours/index.ts';
import type { Format } from '../dataset/item.ts';
import type { LoadedBehaviour } from '../dataset/parse.ts';

/** The format a behaviour was written for; a file of pairs has answers of its own, any other has letters. */
export function formatOf(behaviour: Pick<LoadedBehaviour, 'name' | 'source' | 'family'>): Format {
  const builtIn =
    behaviour.source === 'built-in'
      ? builtInBehaviours.find(({ name }) => name === behaviour.name)
      : undefined;
  return builtIn?.defaultFormat ?? (behaviour.family === 'pairs' ? 'completion' : 'multiple-choice');
}
