import { expect, it } from 'vitest';
import { csvAddress, toCsv } from './csv.ts';

const table = {
  columns: ['a', 'b, c'],
  rows: [
    [1 / 3, 'say "no"'],
    [null, 'two\nlines % # & <b> é \u0000 \ud800'],
  ],
};

it('quotes what needs it, keeps every digit, and leaves null empty', () => {
  expect(toCsv(table)).toBe(
    'a,"b, c"\n0.3333333333333333,"say ""no"""\n,"two\nlines % # & <b> é \u0000 \ufffd"\n',
  );
});

it('is an address that gives the same bytes back and cannot end an attribute', () => {
  const csv = toCsv(table);
  const address = csvAddress(csv);
  expect(decodeURIComponent(address.slice(address.indexOf(',') + 1))).toBe(csv);
  expect(address).not.toMatch(/["'<>&\s#]/);
});
