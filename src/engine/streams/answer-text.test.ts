import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AnswerText } from './answer-text.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** Pushes pieces until a stop text is met. */
function run(pieces: Uint8Array[], stops: string[]): { text: string; stop: string | null; shown: string[] } {
  const answer = new AnswerText(stops);
  const shown: string[] = [];
  for (const piece of pieces) {
    const { text, stop } = answer.push(piece);
    shown.push(text);
    if (stop !== null) return { text: shown.join(''), stop, shown };
  }
  shown.push(answer.end());
  return { text: shown.join(''), stop: null, shown };
}

/** Cuts bytes at these places. */
function cut(bytes: Uint8Array, places: number[]): Uint8Array[] {
  const borders = [
    0,
    ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b),
    bytes.length,
  ];
  return borders.slice(1).map((end, i) => bytes.subarray(borders[i]!, end));
}

describe('whole characters', () => {
  it('a character of four bytes that come one by one', () => {
    const pieces = [...bytesOf('a🦙b')].map((byte) => Uint8Array.of(byte));
    expect(run(pieces, []).shown).toEqual(['a', '', '', '', '🦙', 'b', '']);
  });

  it('bytes that never become a character are replaced, at the end too', () => {
    expect(run([Uint8Array.of(0x61, 0xff, 0x62)], []).text).toBe('a\u{fffd}b');
    expect(run([Uint8Array.of(0x61, 0xf0, 0x9f)], []).shown).toEqual(['a', '\u{fffd}']);
  });

  it('a byte order mark is text', () => {
    expect(run([bytesOf('\u{feff}a')], []).text).toBe('\u{feff}a');
  });

  it('any text, cut anywhere, comes out whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.array(fc.nat(), { maxLength: 8 }), (text, places) => {
        expect(run(cut(bytesOf(text), places), []).text).toBe(text);
      }),
    );
  });
});

describe('stop texts', () => {
  it('across the border of tokens: what may begin one is held back, and given when it does not', () => {
    expect(run(['to the E', 'N', 'D.'].map(bytesOf), ['END'])).toEqual({
      text: 'to the ',
      stop: 'END',
      shown: ['to the ', '', ''],
    });
    expect(run(['to the E', 'N', 'ds'].map(bytesOf), ['END']).shown).toEqual(['to the ', '', 'ENds', '']);
    expect(run(['to the E'].map(bytesOf), ['END']).shown).toEqual(['to the ', 'E']);
  });

  it('inside a character’s bytes, and overlapping itself', () => {
    expect(
      run(
        [...bytesOf('xéy')].map((byte) => Uint8Array.of(byte)),
        ['é'],
      ).text,
    ).toBe('x');
    expect(run(['aa', 'ab'].map(bytesOf), ['aab'])).toMatchObject({ text: 'a', stop: 'aab' });
  });

  it('the one that begins first, whatever comes first in the list', () => {
    expect(run([bytesOf('one two')], ['two', 'ne t'])).toMatchObject({ text: 'o', stop: 'ne t' });
    expect(run([bytesOf('abc')], ['ab', 'abc'])).toMatchObject({ text: '', stop: 'ab' });
  });

  it('an empty one is refused', () => {
    expect(() => new AnswerText(['x', ''])).toThrow(RangeError);
  });

  // Oracle: the first place of any stop text in the whole text.
  it('any text, cut anywhere, ends where the whole text would', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'é'), maxLength: 12 });
    const stops = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(letters, stops, fc.array(fc.nat(), { maxLength: 12 }), (text, list, places) => {
        const found = run(cut(bytesOf(text), places), list);
        // A stop text can only be met once it is there whole; a later, longer one may begin earlier.
        const starts = list.map((stop) => text.indexOf(stop)).filter((place) => place >= 0);
        if (starts.length === 0) expect(found).toMatchObject({ text, stop: null });
        else {
          expect(found.stop).not.toBeNull();
          expect(text.startsWith(found.text + found.stop)).toBe(true);
        }
      }),
    );
  });
});
