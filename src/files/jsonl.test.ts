import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseJsonLines, readJsonLines } from './jsonl.ts';

const parse = (text: string | Uint8Array) => [...parseJsonLines(Buffer.from(text), 'items.jsonl')];

test('numbers lines as an editor does, over blank lines, CRLF and a byte order mark', () => {
  expect(parse('\uFEFF{"a":1}\r\n\r\n  \n[2]\n"drei"')).toEqual([
    { line: 1, value: { a: 1 } },
    { line: 4, value: [2] },
    { line: 5, value: 'drei' },
  ]);
  expect(parse('')).toEqual([]);
  expect(parse('\uFEFF')).toEqual([]);
  expect(parse('1\n')).toEqual([{ line: 1, value: 1 }]);
});

test('does not break a line at the separators that are legal inside JSON strings', () => {
  expect(parse('"a\u2028b\u0085c"\n1')).toEqual([
    { line: 1, value: 'a\u2028b\u0085c' },
    { line: 2, value: 1 },
  ]);
});

test.each([
  ['{"a":1}\n{"a":', '"items.jsonl" line 2: not a JSON value: {"a":'],
  ['1\n\n\uFEFF2', '"items.jsonl" line 3: not a JSON value: \uFEFF2'],
  [Buffer.from([0x31, 0x0a, 0x22, 0xff, 0x22]), '"items.jsonl" line 2: not valid UTF-8'],
])('names file and line: %j', (text, message) => {
  expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'data-malformed', message }));
});

test('yields the good lines before a bad one', () => {
  const lines = parseJsonLines(Buffer.from('1\n2\nx'), 'items.jsonl');
  expect([lines.next().value, lines.next().value]).toEqual([
    { line: 1, value: 1 },
    { line: 2, value: 2 },
  ]);
  expect(() => lines.next()).toThrow('line 3');
});

test('reads a file, and says which one is missing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'steerbench-jsonl-'));
  await writeFile(join(folder, 'a.jsonl'), '{"a":1}\n{"a":2}\n');
  expect(await readJsonLines(join(folder, 'a.jsonl'))).toHaveLength(2);
  await expect(readJsonLines(join(folder, 'b.jsonl'))).rejects.toMatchObject({
    code: 'data-not-found',
    message: `cannot read "${join(folder, 'b.jsonl')}": there is no such file`,
  });
  await rm(folder, { recursive: true });
});
