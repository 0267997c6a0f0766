import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitsSideBySide, SideBySide } from './side-by-side.ts';
import { characterWidth, textWidth } from './text-width.ts';
import { WrappedRows } from './wrapped-rows.ts';

/** What a terminal shows after some writes: a carriage return and "erase to the end of the line" are all it has to know. */
function screen(written: string): string[] {
  return written.split('\n').map((line) => line.split('\r\u001b[K').at(-1)!);
}

function pairOf(columns: number): { pair: SideBySide; lines: () => string[] } {
  let written = '';
  const pair = new SideBySide((text) => (written += text), columns, ['left', 'right']);
  return { pair, lines: () => screen(written) };
}

describe('two texts side by side', () => {
  it('stand in rows, whichever is ahead', () => {
    const { pair, lines } = pairOf(44);
    pair.push(0, 'one two three four five six seven');
    pair.push(1, 'eins');
    expect(lines()).toEqual([
      'left                 │ right',
      '─────────────────────┼─────────────────────',
      'one two three four   │ eins',
    ]);
    pair.push(1, ' zwei\ndrei');
    expect(lines().slice(2)).toEqual(['one two three four   │ eins zwei', 'five six seven       │ drei']);
    pair.end();
    expect(lines().slice(2)).toEqual(['one two three four   │ eins zwei', 'five six seven       │ drei', '']);
  });

  it('go on alone when one has ended', () => {
    const { pair, lines } = pairOf(44);
    pair.push(0, 'short');
    pair.endSide(0);
    pair.push(1, 'a\nb\nc');
    pair.end();
    expect(lines().slice(2)).toEqual([
      'short                │ a',
      '                     │ b',
      '                     │ c',
      '',
    ]);
  });

  it('lose no character and keep their column, whatever comes in whatever pieces', () => {
    const piece = fc.record({
      side: fc.constantFrom(0 as const, 1 as const),
      text: fc.string({
        unit: fc.constantFrom('a', 'bc', ' ', '\n', '界', '🙂', 'é', 'longerword'),
        maxLength: 12,
      }),
    });
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        fc.integer({ min: 44, max: 100 }),
        (pieces, columns) => {
          const { pair, lines } = pairOf(columns);
          for (const { side, text } of pieces) pair.push(side, text);
          pair.end();
          const rows = lines().slice(2, -1);
          const width = Math.floor((columns - 4) / 2);
          const columnsOf = rows.map((row) => {
            let left = '';
            for (const character of row) {
              if (textWidth(left) === width) break;
              left += character;
            }
            return [left, row.slice(left.length + 3)];
          });
          for (const side of [0, 1] as const) {
            const given = pieces.filter((one) => one.side === side).map(({ text }) => text);
            const shownText = columnsOf.map((row) => row[side]).join('');
            const letters = (text: string) => text.replaceAll(/\s/g, '');
            expect(letters(shownText)).toBe(letters(given.join('')));
            for (const row of columnsOf) expect(textWidth(row[side]!)).toBeLessThanOrEqual(width);
          }
        },
      ),
    );
  });

  it('show what a model must not do to a terminal', () => {
    const { pair, lines } = pairOf(60);
    pair.push(0, 'a\u001b[2Jb');
    pair.end();
    expect(lines()[2]).toMatch(/^a\ufffd\[2Jb /);
  });

  it('need room', () => {
    expect([null, 40, 43, 44, 200].map(fitsSideBySide)).toEqual([false, false, false, true, true]);
  });
});

describe('rows', () => {
  it('break at spaces, and within a word that is too long', () => {
    const rows = new WrappedRows(8);
    rows.push('a longer text');
    expect([rows.whole, rows.open]).toEqual([['a longer'], 'text']);
    rows.push(' unbelievable');
    rows.end();
    expect(rows.whole).toEqual(['a longer', 'text', 'unbeliev', 'able']);
  });
});

it.each([
  ['a', 1],
  ['é', 1],
  ['\u0301', 0],
  ['界', 2],
  ['한', 2],
  ['🙂', 2],
  ['─', 1],
])('"%s" takes %i columns', (character, width) => {
  expect(characterWidth(character)).toBe(width);
});
