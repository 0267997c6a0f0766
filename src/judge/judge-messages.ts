import { createHash } from 'node:crypto';
import { type Rubric, rubricText } from './rubric.ts';

/** A text to judge, and the prompt that it answers. */
export interface JudgedText {
  prompt: string;
  text: string;
}

/** One message of a chat, as OpenAI's API has them. */
export interface ChatMessage {
  role: 'system' | 'user';
  content: string;
}

/**
 * What a judge is sent about one text: the rubric, the fenced prompt and answer, and the question once more.
 *
 * Nothing else: no multiplier, no item, no other text. The fence carries a hash of what it encloses, so that no text can
 * close its own fence; half characters, which a cut text may end in, become U+FFFD. A text can still try to persuade
 * a judge that reads it: the fence makes that harder and cannot rule it out.
 *
 * @example
 * judgeMessages(rubric, { prompt: 'How was the play?', text: 'I loved it.' });
 */
export function judgeMessages(rubric: Rubric, { prompt, text }: JudgedText): ChatMessage[] {
  const mark = textHash({ prompt, text }).slice(0, 24);
  return [
    { role: 'system', content: rubricText(rubric) },
    {
      role: 'user',
      content: [
        fenced('prompt', mark, prompt),
        fenced('answer', mark, text),
        'Where does the answer stand? One integer from 0 to 10 (or none), nothing else.',
      ].join('\n\n'),
    },
  ];
}

/** Sha256 of a text with its prompt, hexadecimal. */
export function textHash({ prompt, text }: JudgedText): string {
  return createHash('sha256')
    .update(JSON.stringify([prompt, text]))
    .digest('hex');
}

function fenced(name: string, mark: string, content: string): string {
  const whole = content.replace(/\p{Surrogate}/gu, '\ufffd');
  return `##### ${name} ${mark} begins\n${whole}\n##### ${name} ${mark} ends`;
}
