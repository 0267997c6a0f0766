import type { Format } from '../dataset/item.ts';
import type { PromptRenderer } from './chat-template.ts';

/** A prompt and its two answers, to be joined without anything between. */
export interface AnswerTexts {
  prompt: string;
  positive: string;
  negative: string;
}

/**
 * The texts of an item as the model gets them.
 *
 * After a template, an answer follows the open header: directly, after a space where `prefix` says so, or with `auto`
 * after what the template itself puts there. In plain text the answer stands in a paragraph of its own, or continues
 * the sentence after a space where the prompt does not end one. An answer that begins with a blank brings its own
 * separator. A renderer may have a separator that nothing changes.
 */
export function joinTexts(
  renderer: Pick<PromptRenderer, 'render' | 'templated' | 'answerGap' | 'separator'>,
  { prompt, positive, negative }: AnswerTexts,
  format: Format,
  prefix: '' | ' ' | 'auto',
): AnswerTexts {
  const rendered = renderer.render(prompt);
  const ownBlank = /^\s/.test(positive) && /^\s/.test(negative);
  const paragraph =
    !renderer.templated && !ownBlank && (format === 'multiple-choice' || endsSentence(rendered));
  const natural = renderer.templated ? renderer.answerGap : paragraph ? '' : ' ';
  const separator = renderer.separator ?? (prefix === 'auto' ? natural : prefix);
  const separated = (answer: string) => (/^\s/.test(answer) ? answer : separator + answer);
  return {
    prompt: paragraph ? `${rendered}\n\n` : rendered,
    positive: separated(positive),
    negative: separated(negative),
  };
}

/** True where a text ends with a full stop or its like, possibly in quotes or brackets. */
function endsSentence(text: string): boolean {
  return /[.!?:…。！？]["'”’»)\]]*\s*$/.test(text);
}
