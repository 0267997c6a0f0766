import { expect, test } from 'vitest';
import type { GgufValue } from '../../files/gguf-types.ts';
import { byteTokenizer } from './byte-tokenizer.ts';

const items = (entries: [string, GgufValue][], key: string) =>
  entries.find(([name]) => name === key)?.[1].value;

test('bytes are written in the alphabet of GPT-2, and stand at their own ids', () => {
  const { metadata, idOf } = byteTokenizer();
  const tokens = items(metadata, 'tokenizer.ggml.tokens') as string[];
  // Known from GPT-2's vocabulary: space, line feed, NUL, DEL, soft hyphen, and printable ones.
  expect([32, 10, 0, 127, 173, 65, 233].map((byte) => tokens[byte])).toEqual([
    'Ġ',
    'Ċ',
    'Ā',
    'ġ',
    'Ń',
    'A',
    'é',
  ]);
  expect(new Set(tokens).size).toBe(259);
  expect([idOf(' '), idOf('A'), idOf('<|im_start|>')]).toEqual([32, 65, 257]);
  expect(() => idOf('AB')).toThrow(new RangeError('"AB" is not one token'));
});

test('merges make tokens after the control tokens', () => {
  const { metadata, vocabulary, idOf } = byteTokenizer({
    merges: [
      ['(', 'A'],
      [' ', 't'],
    ],
    chatTemplate: null,
  });
  expect(vocabulary).toBe(261);
  expect([idOf('(A'), idOf(' t')]).toEqual([259, 260]);
  expect(items(metadata, 'tokenizer.ggml.merges')).toEqual(['( A', 'Ġ t']);
  expect(items(metadata, 'tokenizer.chat_template')).toBeUndefined();
  const types = items(metadata, 'tokenizer.ggml.token_type') as Int32Array;
  expect([types[255], types[256], types[258], types[259]]).toEqual([1, 3, 3, 1]);
});
