import { expect, it } from 'vitest';
import { shorten, shortenAll, textWidth, wrapText } from './text-width.ts';

it('adds up the widths of characters', () => {
  expect(textWidth('', 12)).toBe(0);
  expect(textWidth('il', 10)).toBeCloseTo(6.8);
  expect(textWidth('Wn', 10)).toBeCloseTo(9.2 + 6);
});

it('cuts to fit with an ellipsis, and leaves what fits', () => {
  expect(shorten('short', 100)).toBe('short');
  const cut = shorten('willingness-to-use-physical-force', 100);
  expect(cut).toMatch(/^willingness.*…$/);
  expect(textWidth(cut)).toBeLessThanOrEqual(100);
});

it('keeps texts apart that would be cut to the same', () => {
  const texts = ['self-awareness-of-being-one-thing', 'self-awareness-of-being-another', 'other'];
  const cut = shortenAll(texts, 100);
  expect(new Set(cut).size).toBe(3);
  expect(cut[0]).toMatch(/^self.*…thing$|^self.*…[a-z-]+$/);
  for (const text of cut) expect(textWidth(text)).toBeLessThanOrEqual(100);
});

it('breaks lines at words, and words that are longer than a line', () => {
  const lines = wrapText(`a few words and one${'x'.repeat(40)} more`, 80);
  for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(80);
  expect(lines.join(' ').replaceAll(' ', '')).toBe(`afewwordsandone${'x'.repeat(40)}more`);
  expect(wrapText('', 80)).toEqual([]);
  expect(wrapText('Llama-2-7b-Chat', 60)).toEqual(['Llama-2-', '7b-Chat']);
  expect(wrapText('17.5\u00a0% of', 50)).toEqual(['17.5\u00a0%', 'of']);
});
