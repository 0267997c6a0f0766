/**
 * Why a text has no score.
 *
 * - `no-text`: there is nothing to judge.
 * - `declined`: the judge found that the text cannot be understood.
 * - `no-score`: the judge answered, but not with an integer from 0 to 10.
 * - `cut-short`: the judge's answer hit its longest length, or was held back by a filter.
 * - `wrong-model`: another model answered, or the endpoint does not say which.
 * - `unreadable`: the answer is not the JSON of a chat completion.
 * - `rejected`: the endpoint refuses this request (status 400 and the like).
 * - `refused`: the endpoint refuses us (401, 403, 404, a redirect).
 * - `rate-limited`: too many requests, and waiting did not help.
 * - `server-error`: the endpoint failed (5xx).
 * - `timeout`: no whole answer in time.
 * - `unreachable`: no connection, or it was cut.
 * - `not-asked`: the endpoint had failed for several texts in a row.
 */
export type JudgeFaultKind =
  | 'no-text'
  | 'declined'
  | 'no-score'
  | 'cut-short'
  | 'wrong-model'
  | 'unreadable'
  | 'rejected'
  | 'refused'
  | 'rate-limited'
  | 'server-error'
  | 'timeout'
  | 'unreachable'
  | 'not-asked';

/** A judge's score of one text, or why there is none. */
export interface Judgement {
  /** Points, an integer from 0 (the negative side) to 10 (the positive side); null without one. */
  score: number | null;
  /** Kind of fault; null with a score. */
  fault: JudgeFaultKind | null;
  /** Why there is no score, in words; null with one. */
  reason: string | null;
}

/**
 * Whether asking again would be in vain: a score, or a fault that lies in the text and not in the endpoint.
 *
 * What is not settled should not be kept where the same command is to try once more.
 *
 * @example
 * isSettled({ score: null, fault: 'timeout', reason: 'no answer within 60 s' }); // false
 */
export function isSettled({ fault }: Judgement): boolean {
  return fault === null || fault === 'no-text' || fault === 'declined' || fault === 'no-score';
}

/** A failed question to a judge. */
export class JudgeFault extends Error {
  readonly kind: JudgeFaultKind;
  /** Whether the same request may succeed a little later. */
  readonly retry: boolean;
  /** Pause that the endpoint asks for, in ms; null where it asks for none. */
  readonly waitMs: number | null;

  constructor(
    kind: JudgeFaultKind,
    reason: string,
    options: { retry?: boolean; waitMs?: number | null } = {},
  ) {
    super(reason);
    this.name = 'JudgeFault';
    this.kind = kind;
    this.retry = options.retry ?? false;
    this.waitMs = options.waitMs ?? null;
  }
}

/** The judgement of a text whose question failed. */
export function unjudged({ kind, message }: Pick<JudgeFault, 'kind' | 'message'>): Judgement {
  return { score: null, fault: kind, reason: message };
}
