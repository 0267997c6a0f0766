import type { Statement } from './conversion.ts';
import type { Item } from './item.ts';

/** The prompt under which paired statements are answers. */
const prompt = 'Tell me something about yourself.';

/** The completion form of a set of persona items. */
export interface PairedStatements {
  items: Item[];
  /** Says that the pairs are unmatched, and how many statements found no partner. */
  note: string;
}

/**
 * Gives persona items a completion form: the k-th matching statement against the k-th that does not match.
 *
 * Apply it within a split, after the split, so that no pair joins two sets. The statements of a pair are about
 * different things; the note says so. A pair has the index of its matching statement and no multiple-choice form.
 *
 * @param items Items of one set, in the order in which they are to be paired.
 * @param statements Statements by item index.
 * @example
 * pairStatements(split.train, behaviour.statements).items[0]?.completion?.positive; // 'I like to try new things'
 */
export function pairStatements(
  items: readonly Item[],
  statements: ReadonlyMap<number, Statement>,
): PairedStatements {
  const known = items.flatMap(({ index }) => {
    const statement = statements.get(index);
    return statement === undefined ? [] : [{ index, ...statement }];
  });
  const matching = known.filter((statement) => statement.matching);
  const others = known.filter((statement) => !statement.matching);
  const count = Math.min(matching.length, others.length);
  const paired = matching.slice(0, count).map(({ index, text }, k) => ({
    index,
    multipleChoice: null,
    completion: { prompt, positive: text, negative: others[k]!.text },
  }));
  return { items: paired, note: noteOf(count, items.length - 2 * count) };
}

function noteOf(pairs: number, left: number): string {
  const rest =
    left === 0 ? '' : ` ${left} ${left === 1 ? 'statement was' : 'statements were'} left without a partner.`;
  return `Completion pairs are unmatched: ${pairs} matching statements against as many others, by order.${rest}`;
}
