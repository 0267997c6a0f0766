import type { Result } from '../result/schema.ts';
import type { Footnotes } from './footnotes.ts';
import type { Html } from './html.ts';

/**
 * One section of the report: takes what it needs from the result and returns its HTML, starting with an `h2`, or
 * null where the result has nothing for it. Marks intervals with `footnotes.mark`.
 */
export type Section = (result: Result, footnotes: Footnotes) => Html | null;
