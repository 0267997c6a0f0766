import type { Format } from '../dataset/item.ts';
import { loadBehaviour } from '../dataset/load-behaviour.ts';
import type { LoadedBehaviour } from '../dataset/parse.ts';
import { type SetName, splitItems } from '../dataset/split.ts';
import { createCaseBuilder } from '../prompts/build-case.ts';
import type { Case } from '../prompts/case.ts';
import { resolveSystem } from '../prompts/chat-template.ts';
import type { Model } from './load-model.ts';

/** Which items of a behaviour are used, and how they are put to the model. */
export interface ItemOptions {
  /** Default: `completion` where the items have answers of their own, else `multiple-choice`. */
  format?: Format;
  /** Slices of the shuffled items, by set; see {@link splitItems}. */
  train?: string;
  validation?: string;
  test?: string;
  /** Default 0. */
  seed?: number;
  /** System message; `none` for none. Default: the paper's. */
  system?: string;
}

/** The cases of one set of a behaviour, in a format. */
export async function casesOf(
  { engine, facts }: Model,
  nameOrPath: string,
  set: SetName,
  options: ItemOptions,
): Promise<{ behaviour: LoadedBehaviour; format: Format; cases: Case[] }> {
  const behaviour = await loadBehaviour(nameOrPath);
  const format = options.format ?? (behaviour.family === 'pairs' ? 'completion' : 'multiple-choice');
  const { system, ...slices } = options;
  const split = splitItems(behaviour, { ...slices, format });
  const builder = await createCaseBuilder({
    behaviour: behaviour.name,
    format,
    system: resolveSystem(system),
    tokenizer: engine,
    facts,
  });
  const cases: Case[] = [];
  for (const item of split[set]) cases.push(await builder.build(item));
  return { behaviour, format, cases };
}
