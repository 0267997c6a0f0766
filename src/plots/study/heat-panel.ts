import { type Markish, text } from '@observablehq/plot';
import type { Panel } from '../draw.ts';
import { figureWidth, type Layout } from '../figure.ts';
import { colour } from '../palette.ts';
import { formatFixed } from './say.ts';
import { type Shade, shadeMarks } from './shades.ts';
import { shortenAll, shortenBold } from './text-width.ts';

/** A small heat map: its values by row and column, null where one was not measured. */
export interface SmallMap {
  label: string;
  leftOut: boolean;
  values: (number | null)[][];
}

/** Names of the rows (vectors) and columns (settings) of every map. */
interface Names {
  rows: readonly string[];
  columns: readonly string[];
}

const smallRow = 11;
const bigRow = 26;
const bigTop = 64;

/** A large heat map with numbers, names and strong diagonal, and many small ones of the same shape below it. */
export function heatPanel(
  layout: Layout,
  heading: string,
  names: Names,
  mean: (number | null)[][],
  maps: SmallMap[],
): Panel {
  const wide = layout === 'wide';
  const perLine = wide ? 6 : 3;
  const pitch = (figureWidth[layout] - 4) / perLine;
  const below = bigTop + names.rows.length * bigRow + 22;
  const lineHeight = names.rows.length * smallRow + 30;
  const largest = largestOf(maps.flatMap(({ values }) => values.flat()));
  const cell = (pitch - 18) / names.columns.length;
  const shades: Shade[] = [];
  const words = shortenAll(
    maps.map(({ label, leftOut }) => (leftOut ? `✕ ${label}` : label)),
    pitch - 12,
    11,
  );
  const titles = maps.map(({ label, leftOut, values }, k) => {
    const left = 2 + (k % perLine) * pitch;
    const top = below + Math.floor(k / perLine) * lineHeight + 18;
    for (const [i, row] of values.entries()) {
      for (const [j, value] of row.entries()) {
        shades.push({
          ...{ x1: left + j * cell, x2: left + (j + 1) * cell - 1 },
          ...{ y1: top + i * smallRow, y2: top + (i + 1) * smallRow - 1 },
          ...shadeOf(value, largest, 0.95, leftOut),
        });
      }
    }
    return { x: left, y: top - 8, words: words[k]!, title: label };
  });
  return {
    height: below + Math.ceil(maps.length / perLine) * lineHeight + 12,
    margin: 0,
    x: { axis: null, type: 'identity' },
    y: { axis: null, type: 'identity' },
    marks: [
      text([shortenBold(heading, figureWidth[layout] - 8, 13)], {
        ...{ x: [2], y: [12], textAnchor: 'start', fontSize: 13, fontWeight: 600, fill: colour('ink') },
      }),
      ...bigMap(wide, names, mean),
      ...shadeMarks(shades),
      text(titles, {
        ...{ x: 'x', y: 'y', text: 'words', title: 'title', textAnchor: 'start' },
        ...{ fontSize: 11, fill: colour('ink') },
      }),
    ],
  };
}

function bigMap(wide: boolean, { rows, columns }: Names, mean: (number | null)[][]): Markish[] {
  const left = wide ? 110 : 76;
  const cell = wide ? 96 : 52;
  const largest = largestOf(mean.flat());
  const shades: Shade[] = [];
  const numbers = mean.flatMap((row, i) =>
    row.map((value, j) => {
      const [x, y] = [left + j * cell, bigTop + i * bigRow];
      shades.push({
        ...{ x1: x, x2: x + cell - 1.5, y1: y, y2: y + bigRow - 1.5 },
        ...shadeOf(value, largest, 0.55, false),
      });
      return {
        ...{ x: x + cell / 2, y: y + bigRow / 2, own: rows[i] === columns[j] },
        words: value === null ? '–' : formatFixed(value),
      };
    }),
  );
  const small = { fontSize: 11, fill: colour('muted') };
  const name = { fontSize: wide ? 11 : 9.5, fill: colour('ink') };
  return [
    text(['tested in →'], { x: [left], y: [34], textAnchor: 'start', ...small }),
    text([wide ? 'vector from ↓' : 'vector ↓'], {
      x: [left - 8],
      y: [bigTop - 12],
      textAnchor: 'end',
      ...small,
    }),
    text(columns, {
      x: (_: string, j: number) => left + (j + 0.5) * cell - 1,
      y: () => bigTop - 12,
      text: (words: string) => (wide ? words : words.replace('_', '\n')),
      ...name,
    }),
    text(rows, {
      x: () => left - 8,
      y: (_: string, i: number) => bigTop + (i + 0.5) * bigRow,
      text: (words: string) => words,
      textAnchor: 'end',
      ...name,
    }),
    ...shadeMarks(shades),
    ...[true, false].map((own) =>
      text(
        numbers.filter((each) => each.own === own),
        {
          ...{ x: 'x', y: 'y', text: 'words', fontSize: 12, fontVariant: 'tabular-nums' },
          ...{ fontWeight: own ? 700 : 400, fill: colour('ink') },
        },
      ),
    ),
  ];
}

function largestOf(values: (number | null)[]): number {
  return values.reduce<number>((most, value) => Math.max(most, Math.abs(value ?? 0)), 0);
}

function shadeOf(value: number | null, largest: number, most: number, grey: boolean) {
  if (value === null || largest === 0) return { fill: colour('rule'), opacity: 0.4 };
  const fill = colour(grey ? 'muted' : value < 0 ? 'warning' : 'accent');
  // Some colour at 0, so that an empty cell can be told from a weak one.
  return { fill, opacity: 0.05 + (most - 0.05) * (Math.abs(value) / largest) };
}
