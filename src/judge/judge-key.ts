import { createHash } from 'node:crypto';
import { type JudgedText, textHash } from './judge-messages.ts';
import { endpointOf, type JudgeOptions } from './judge-options.ts';
import { rubricHash } from './rubric.ts';

/**
 * Under which name a judgement can be kept: sha256 of endpoint, model, rubric, and the text with its prompt.
 *
 * The same in every run, whatever the order, the concurrency or the patience. Hexadecimal.
 *
 * @throws SteerbenchError `judge-unusable` for an address that is none
 * @example
 * judgeKey(options, { prompt: 'How was the play?', text: 'I loved it.' }); // '5f0c…'
 */
export function judgeKey(
  { url, model, rubric }: Pick<JudgeOptions, 'url' | 'model' | 'rubric'>,
  text: JudgedText,
): string {
  const parts = [endpointOf(url).href, model, rubricHash(rubric), textHash(text)];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
