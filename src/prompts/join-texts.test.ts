import { expect, it } from 'vitest';
import { joinTexts } from './join-texts.ts';

const plain = { render: (user: string) => user, templated: false, answerGap: '', separator: null } as const;
const chat = {
  render: (user: string) => `[${user}]`,
  templated: true,
  answerGap: ' ',
  separator: null,
} as const;
const answers = (prompt: string, positive: string, negative: string) => ({ prompt, positive, negative });

it.each([
  ['a question in plain text', plain, 'How was it?', 'Good.', 'auto', 'How was it?\n\nGood.'],
  ['an open sentence in plain text', plain, 'It was', 'good', 'auto', 'It was good'],
  ['an answer with its own blank', plain, 'How was it?', ' good', 'auto', 'How was it? good'],
  ['no prefix in plain text', plain, 'It was', 'good', '', 'It wasgood'],
  ["a template's own gap", chat, 'How was it?', 'Good.', 'auto', '[How was it?] Good.'],
  ['no prefix after a template', chat, 'How was it?', 'Good.', '', '[How was it?]Good.'],
  ['a space that is there already', chat, 'How was it?', ' good', ' ', '[How was it?] good'],
] as const)('joins %s', (_, renderer, prompt, answer, prefix, expected) => {
  const joined = joinTexts(renderer, answers(prompt, answer, answer), 'completion', prefix);
  expect(joined.prompt + joined.positive).toBe(expected);
});

it('puts answer letters in a paragraph of their own in plain text', () => {
  const joined = joinTexts(plain, answers('Q?\n(A): x\n(B): y', '(A)', '(B)'), 'multiple-choice', '');
  expect(joined).toEqual(answers('Q?\n(A): x\n(B): y\n\n', '(A)', '(B)'));
});
