import { builtInBehaviours } from '../../behaviours/index.ts';
import { paperDatasets } from '../../dataset/catalogue/paper-datasets.ts';

/** Names of groups, with the behaviours that they stand for. */
const groups: Record<string, () => readonly string[]> = {
  'built-in': () => builtInBehaviours.map(({ name }) => name),
  paper: () => paperDatasets.map(({ dataset }) => dataset),
};

/**
 * The behaviours of a study, with `built-in` and `paper` (the forty datasets, in the paper's order) written out; the
 * built-in ones where none is named.
 *
 * @example
 * expandBehaviours(['paper']).length; // 40
 */
export function expandBehaviours(names: readonly string[]): string[] {
  const wanted = names.length === 0 ? ['built-in'] : names;
  return [...new Set(wanted.flatMap((name) => groups[name]?.() ?? [name]))];
}
