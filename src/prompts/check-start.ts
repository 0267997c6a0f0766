import type { Format } from '../dataset/item.ts';
import { SteerbenchError } from '../errors.ts';
import type { Start } from '../interventions/intervention.ts';
import type { Case } from './case.ts';

/**
 * Refuses starts that would leave unsteered what is measured: `first-answer-token` in the completion format, and where
 * the answer letter lies in the first answer token.
 *
 * A token is predicted by the row before it, so the first answer token is predicted by the last prompt token.
 *
 * @throws SteerbenchError `format-unusable`.
 */
export function checkStart(start: Start, format: Format, { id, positive }: Case): void {
  if (start !== 'first-answer-token') return;
  const reason =
    format === 'completion'
      ? 'the first token of each answer would not be steered'
      : positive.letter === positive.firstAnswerToken
        ? `item "${id}" has its letter in the first answer token, which would never be steered`
        : null;
  if (reason === null) return;
  throw new SteerbenchError('format-unusable', `start "first-answer-token" cannot be used: ${reason}`, {
    remedy: 'give --start last-prompt-token',
  });
}
