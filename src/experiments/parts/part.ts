import type { Result } from '../../result/schema.ts';
import type { RunContext } from '../empty-result.ts';
import type { ScoreRows } from '../scores-table.ts';
import type { FoundVector } from '../stages/find-vector.ts';
import type { Prepared } from '../stages/prepare.ts';
import type { TestItems } from '../stages/test-items.ts';

/** A run whose vector has been found and steered on the test items: what every later part looks at, and fills. */
export interface Measured {
  context: RunContext;
  prepared: Prepared;
  found: FoundVector;
  test: TestItems;
  /** Filled by the parts, each its own field. */
  result: Result;
  /** Rows of scores.parquet, added to by the parts that measure. */
  scores: ScoreRows;
}

/**
 * One question about a vector: measures what it needs, and fills its field of the result, or names in `notMeasured` what
 * is missing and why.
 */
export type Part = (measured: Measured) => Promise<void>;

/** Names a field that stays empty, with its reason. */
export function notMeasured({ result }: Pick<Measured, 'result'>, what: string, reason: string): void {
  result.notMeasured.push({ what, reason });
}
