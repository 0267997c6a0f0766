import { expect, it } from 'vitest';
import { nearMisses } from './near-misses.ts';

const names = [
  'smollm2-135m-instruct',
  'qwen2.5-0.5b-instruct',
  'qwen2.5-1.5b-instruct',
  'gemma-2-2b-it',
  'llama-2-7b-chat',
];

it.each([
  ['gema-2-2b', ['gemma-2-2b-it']],
  ['llama-2-7b', ['llama-2-7b-chat']],
  ['Smollm2-135m-instruct', ['smollm2-135m-instruct']],
  ['smolm2-135m-instruct', ['smollm2-135m-instruct']],
  ['qwen2.5', ['qwen2.5-0.5b-instruct', 'qwen2.5-1.5b-instruct']],
  ['gpt-5', []],
  ['x', []],
])('%s', (name, expected) => {
  expect(nearMisses(name, names)).toEqual(expected);
});
