import { expect, it } from 'vitest';
import { splitParts } from './split-gguf.ts';

it('names every part, whichever was given', () => {
  const parts = ['m/big-00001-of-00003.gguf', 'm/big-00002-of-00003.gguf', 'm/big-00003-of-00003.gguf'];
  for (const part of parts) expect(splitParts(part)).toEqual(parts);
});

it('takes other names as one file', () => {
  expect(splitParts('model-1-of-3.gguf')).toEqual(['model-1-of-3.gguf']);
  expect(splitParts('model-00001-of-00000.gguf')).toEqual(['model-00001-of-00000.gguf']);
});
