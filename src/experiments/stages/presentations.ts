import type { Item } from '../../dataset/item.ts';
import { createCaseBuilder } from '../../prompts/build-case.ts';
import type { Case } from '../../prompts/case.ts';
import { type CellWork, noWork, runCell, type Session } from '../session.ts';
import { reviveCase, type StoredCase, storeCase } from './stored-case.ts';

/** Another way to put the same items to the model. */
export interface Presentation {
  /** Name of its cell, unique in a run. */
  id: string;
  /** System message; null for none. */
  system: string | null;
  /** Text before the user's own; null for none. */
  prefix: string | null;
}

/** Items in another presentation. */
export interface PresentedItems {
  train: Case[];
  test: Case[];
  /** What had to be handled in prompts, one sentence each. */
  notes: string[];
  /** One item as the model gets it, with its positive answer. */
  example: string;
}

interface PresentationCell {
  train: StoredCase[];
  test: StoredCase[];
  notes: string[];
  example: string;
  work: CellWork;
}

/**
 * Tokenises items in another presentation, in a cell of its own; null where that cell failed.
 *
 * @throws SteerbenchError `format-unusable`, `tokenisation`
 */
export async function present(
  session: Session,
  behaviour: string,
  presentation: Presentation,
  items: { train: Item[]; test: Item[] },
): Promise<PresentedItems | null> {
  const { options } = session;
  const cell = await runCell<PresentationCell>(
    session,
    'prepare',
    `prepare-${presentation.id}`,
    async (engine) => {
      const builder = await createCaseBuilder({
        behaviour,
        format: options.format,
        system: presentation.system,
        prefix: presentation.prefix,
        form: options.promptForm,
        answerPrefix: options.answerPrefix,
        tokenizer: engine,
        facts: engine.facts,
      });
      const build = async (set: Item[]): Promise<StoredCase[]> => {
        const cases: StoredCase[] = [];
        for (const item of set) cases.push(storeCase(await builder.build(item)));
        return cases;
      };
      const train = await build(items.train);
      const test = await build(items.test);
      const first = items.test[0] ?? items.train[0];
      const texts = first === undefined ? null : builder.texts(first);
      return {
        train,
        test,
        notes: [...builder.notes],
        example: texts === null ? '' : texts.prompt + texts.positive,
        work: noWork(),
      };
    },
  );
  if (cell === null) return null;
  return { ...cell, train: cell.train.map(reviveCase), test: cell.test.map(reviveCase) };
}
