import { loadControls } from '../../behaviours/controls.ts';
import type { Item } from '../../dataset/item.ts';
import type { LoadedBehaviour } from '../../dataset/parse.ts';
import { type Split, splitItems } from '../../dataset/split.ts';
import type { Engine, ModelFacts } from '../../engine/engine.ts';
import { SteerbenchError } from '../../errors.ts';
import { type CaseBuilder, createCaseBuilder } from '../../prompts/build-case.ts';
import type { Case } from '../../prompts/case.ts';
import { checkStart } from '../../prompts/check-start.ts';
import type { RunOptions } from '../run-options.ts';
import { type CellWork, noWork, runCell, type Session } from '../session.ts';
import { reviveCase, type StoredCase, storeCase } from './stored-case.ts';

/** The items of a run as the model gets them. */
export interface Prepared {
  facts: ModelFacts;
  split: Split;
  train: Case[];
  validation: Case[];
  test: Case[];
  /** The control items of the format. */
  controls: Case[];
  /** What had to be handled in prompts, one sentence each. */
  notes: string[];
  /** One test item exactly as the model gets it, with its positive answer. */
  example: { item: number; text: string };
}

interface PrepareCell {
  facts: ModelFacts;
  train: StoredCase[];
  validation: StoredCase[];
  test: StoredCase[];
  controls: StoredCase[];
  notes: string[];
  example: { item: number; text: string };
  work: CellWork;
}

/** Which sets of items a run needs; the others may be empty. */
export interface NeededSets {
  train: boolean;
  validation: boolean;
  test: boolean;
  controls: boolean;
}

/**
 * Splits the items and tokenises what the run needs of them. Kept as a cell, so that a run can be evaluated again with
 * no model present.
 *
 * @throws SteerbenchError `data-too-small`, `format-unusable`, `tokenisation`, `engine-crashed`
 */
export async function prepare(
  session: Session,
  behaviour: LoadedBehaviour,
  needs: NeededSets,
): Promise<Prepared> {
  const { options } = session;
  const split = divide(behaviour, options, needs);
  if (options.leak === 'none') assertDisjoint(split);
  const controls = needs.controls ? await loadControls(options.format) : [];
  const cell = await runCell(session, 'prepare', 'prepare', async (engine) => {
    const builder = await caseBuilder(engine, behaviour.name, options);
    // Whether a model can take a test is asked in its own template, whatever form the run's prompts have.
    const controlBuilder = await caseBuilder(engine, 'control', {
      ...options,
      promptForm: 'template',
      answerPrefix: 'auto',
    });
    const build = (items: Item[], by: CaseBuilder) =>
      inTurn(items, async (item) => storeCase(await by.build(item)));
    const first = (split.test[0] ?? split.train[0])!;
    const texts = builder.texts(first);
    const value: PrepareCell = {
      facts: engine.facts,
      train: needs.train ? await build(split.train, builder) : [],
      validation: needs.validation ? await build(split.validation, builder) : [],
      test: needs.test ? await build(split.test, builder) : [],
      controls: await build(controls, controlBuilder),
      notes: [...builder.notes],
      example: { item: first.index, text: texts.prompt + texts.positive },
      work: noWork(),
    };
    return value;
  });
  if (cell === null) {
    throw new SteerbenchError('engine-crashed', session.failures.at(-1)!.reason, {
      remedy:
        'nothing can be measured without it; run the same command again, with fewer --batch-rows or --context if memory is short',
    });
  }
  const cases = {
    train: cell.train.map(reviveCase),
    validation: cell.validation.map(reviveCase),
    test: cell.test.map(reviveCase),
    controls: cell.controls.map(reviveCase),
  };
  for (const item of cases.test) checkStart(options.start, options.format, item);
  return { ...cell, ...cases, split };
}

function divide(behaviour: LoadedBehaviour, options: RunOptions, needs: NeededSets): Split {
  return splitItems(behaviour, {
    format: options.format,
    train: needs.train ? options.train : 'none',
    validation: needs.validation ? options.validation : 'none',
    test: needs.test ? options.test : 'none',
    seed: options.seed,
    shuffle: options.shuffle,
    stratify: options.stratify,
    leak: options.leak,
  });
}

/** Builder of cases by a run's options. */
function caseBuilder(engine: Engine, behaviour: string, options: RunOptions): Promise<CaseBuilder> {
  return createCaseBuilder({
    behaviour,
    format: options.format,
    system: options.system,
    answerPrefix: options.answerPrefix,
    form: options.promptForm,
    tokenizer: engine,
    facts: engine.facts,
  });
}

/** The three sets share no item: the published runs tested on half of their training items without noticing. */
function assertDisjoint(split: Split): void {
  const seen = new Set<number>();
  for (const item of [...split.train, ...split.validation, ...split.test]) {
    if (seen.has(item.index))
      throw new RangeError(`item ${item.index} is in two of train, validation and test`);
    seen.add(item.index);
  }
}

async function inTurn<T, U>(items: T[], work: (item: T) => Promise<U>): Promise<U[]> {
  const results: U[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
