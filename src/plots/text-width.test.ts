import { describe, expect, it } from 'vitest';
import { oneLine, shorten, textWidth } from './text-width.ts';

describe('shorten', () => {
  it('leaves what fits, and cuts the rest to fit, with an ellipsis', () => {
    expect(shorten('short', 100)).toBe('short');
    const cut = shorten('willingness-to-use-physical-force', 100);
    expect(cut).toMatch(/^willingness.*…$/);
    expect(textWidth(cut)).toBeLessThanOrEqual(100);
  });

  it('cuts no character in halves', () => {
    expect(shorten('\u{1f600}'.repeat(20), 60)).toMatch(/^\u{1f600}+…$/u);
  });
});

it('makes one line of any text', () => {
  expect(oneLine(' a\u0000\u001b[2J\r\n\tb\u009b\ud800 ')).toBe('a [2J b \ufffd');
});
