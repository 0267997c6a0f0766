import { builtInBehaviours } from '../behaviours/index.ts';
import { paperDatasets } from '../dataset/catalogue/paper-datasets.ts';
import type { Format } from '../dataset/item.ts';
import type { LoadedBehaviour } from '../dataset/parse.ts';

/**
 * The format a behaviour was written for; a file of pairs has answers of its own, any other has letters. The paper put
 * all of its datasets as letters, also those whose answers are texts.
 */
export function formatOf(behaviour: Pick<LoadedBehaviour, 'name' | 'source' | 'family' | 'dataset'>): Format {
  const builtIn =
    behaviour.source === 'built-in'
      ? builtInBehaviours.find(({ name }) => name === behaviour.name)
      : undefined;
  if (builtIn !== undefined) return builtIn.defaultFormat;
  const ofPaper = paperDatasets.some(({ dataset }) => dataset === behaviour.dataset);
  return behaviour.family === 'pairs' && !ofPaper ? 'completion' : 'multiple-choice';
}
