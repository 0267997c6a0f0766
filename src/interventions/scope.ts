import type { Start } from './intervention.ts';

/**
 * Which rows of a generated sequence are steered. A row belongs to the token that it predicts:
 * - `prompt`: the rows of all prompt tokens but the last; they predict prompt tokens
 * - `response`: from the prompt's last token on; they predict the answer (start `last-prompt-token` of an audit)
 * - `all`: every row
 * - `first`: the rows that predict the first n answer tokens
 * - `after`: the rows that predict the answer tokens after the first n (`after` 1 is start `first-answer-token`)
 */
export type Scope =
  | { kind: 'prompt' }
  | { kind: 'response' }
  | { kind: 'all' }
  | { kind: 'first'; tokens: number }
  | { kind: 'after'; tokens: number };

/** Rows from `from` up to, not including, `to`; `to` may be infinite. */
export interface RowRange {
  from: number;
  to: number;
}

/**
 * The rows of a scope, for a prompt of this many tokens.
 *
 * @throws RangeError for a number of tokens that is not whole, or negative
 * @example
 * rowsOfScope({ kind: 'first', tokens: 2 }, 10); // { from: 9, to: 11 }
 */
export function rowsOfScope(scope: Scope, promptTokens: number): RowRange {
  const last = promptTokens - 1;
  switch (scope.kind) {
    case 'prompt':
      return { from: 0, to: last };
    case 'response':
      return { from: last, to: Number.POSITIVE_INFINITY };
    case 'all':
      return { from: 0, to: Number.POSITIVE_INFINITY };
    case 'first':
      return { from: last, to: last + wholeNumber(scope.tokens) };
    case 'after':
      return { from: last + wholeNumber(scope.tokens), to: Number.POSITIVE_INFINITY };
  }
}

/** The scope that steers the rows which a start of a measurement steers. */
export function scopeOfStart(start: Start): Scope {
  switch (start) {
    case 'all':
      return { kind: 'all' };
    case 'last-prompt-token':
      return { kind: 'response' };
    case 'first-answer-token':
      return { kind: 'after', tokens: 1 };
  }
}

function wholeNumber(tokens: number): number {
  if (Number.isInteger(tokens) && tokens >= 0) return tokens;
  throw new RangeError(`invalid "tokens" of a scope; not a whole number from 0 on: ${tokens}`);
}
