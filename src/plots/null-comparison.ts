import { dodgeY, dot, ruleX, text } from '@observablehq/plot';
import type { Result } from '../result/schema.ts';
import { draw, type Panel } from './draw.ts';
import { type Figure, type Layout, type MissingFigure, reasonFor } from './figure.ts';
import { formatMultiplier, formatNumber, formatP, formatTick } from './format-number.ts';
import { colour } from './palette.ts';

type Piece = Pick<Result, 'randomNull' | 'shuffledNull' | 'unit' | 'notMeasured'>;

interface NullRow {
  /** What the null vectors are, plural. */
  what: string;
  kind: 'random' | 'shuffled';
  found: NonNullable<Piece['randomNull']>;
}

/** The real vector beside vectors that mean nothing: random directions and vectors from shuffled labels. */
export function nullComparison(result: Piece): Figure | MissingFigure {
  const id = 'null-comparison';
  const rows: NullRow[] = [
    { what: 'random directions', kind: 'random' as const, found: result.randomNull },
    { what: 'vectors from shuffled labels', kind: 'shuffled' as const, found: result.shuffledNull },
  ].flatMap(({ what, kind, found }) => (found === null ? [] : [{ what, kind, found }]));
  const first = rows[0];
  if (first === undefined) {
    const missing = reasonFor(result, /random|shuffled|null/i, 'No vector was set beside random directions.');
    return { id, title: 'The vector beside random directions', missing };
  }
  const absent = rows.length === 2 ? '' : sayAbsent(result);
  const figure: Figure = {
    id,
    title: sayBeyond(first),
    note: `Mean slope in ${result.unit} per unit of multiplier, ${sayRows(rows)}. All of the vector's length, at its layer.${absent}`,
    key: [
      { glyph: '◆', colour: 'accent', text: 'the vector' },
      { glyph: '○', colour: 'muted', text: 'a vector that means nothing' },
    ],
    help: 'A vector that carries the behaviour lies well outside the cloud of vectors that carry nothing; shuffled labels keep the data and lose only which answer is which.',
    section: 'Random and shuffled vectors',
    description: rows
      .map(
        ({ what, found }) =>
          `${sayRange(found.slopes)} for ${found.k} ${what}, ${formatNumber(found.real)} for the vector, p ${formatP(found.p)}.`,
      )
      .join(' '),
    table: {
      columns: ['vector', `mean slope (${result.unit} per unit)`],
      rows: rows.flatMap(({ kind, found }) => [
        [`the vector, on the items of the ${kind} null`, found.real],
        ...[...found.slopes].sort((a, b) => a - b).map((slope) => [kind, slope]),
      ]),
    },
    draw: (layout) =>
      draw(
        { ...figure, layout },
        rows.map((row, k) => rowPanel(layout, rows, row, k === rows.length - 1, result.unit)),
      ),
  };
  return figure;
}

function sayBeyond({ what, found }: NullRow): string {
  const asFar = found.slopes.filter((slope) => Math.abs(slope) >= Math.abs(found.real)).length;
  if (asFar === 0) return `None of ${found.k} ${what} steers as far as the vector`;
  return `${asFar} of ${found.k} ${what} ${asFar === 1 ? 'steers' : 'steer'} as far as the vector`;
}

/** Items and multipliers are said once where all rows share them. */
function sayRows(rows: NullRow[]): string {
  const conditions = rows.map(
    ({ found }) =>
      `on ${found.items} test items at multipliers ${found.multipliers.map(formatMultiplier).join(', ')}`,
  );
  const names = rows.map(({ what, found }) => `${found.k} ${what} (p = ${formatP(found.p)})`);
  if (new Set(conditions).size === 1) return `${names.join(' and ')}, ${conditions[0]}`;
  return names.map((name, k) => `${name} ${conditions[k]}`).join('; ');
}

function sayAbsent(result: Piece): string {
  const [what, pattern] =
    result.randomNull === null ? ['random directions', /random/i] : ['shuffled labels', /shuffled/i];
  return ` Not measured for ${what}: ${reasonFor(result, pattern as RegExp, 'not part of this run.')}`;
}

function sayRange(slopes: number[]): string {
  if (slopes.length === 0) return 'No slope';
  return `Slopes from ${formatNumber(Math.min(...slopes))} to ${formatNumber(Math.max(...slopes))}`;
}

function rowPanel(
  layout: Layout,
  rows: NullRow[],
  { what, found }: NullRow,
  last: boolean,
  unit: string,
): Panel {
  const every = rows.flatMap((row) => [row.found.real, ...row.found.slopes, 0]);
  const span = Math.max(...every) - Math.min(...every) || 1;
  const domain = [Math.min(...every) - span * 0.04, Math.max(...every) + span * 0.04];
  const nearRight = (found.real - domain[0]!) / (domain[1]! - domain[0]!) > 0.6;
  const radius = Math.min(layout === 'wide' ? 4.5 : 3.5, 90 / Math.sqrt(found.slopes.length + 1));
  return {
    height: 112 + (last ? 26 : 0),
    marginLeft: 16,
    marginRight: 16,
    marginTop: 24,
    marginBottom: last ? 42 : 16,
    x: {
      domain,
      axis: last ? 'bottom' : null,
      label: `mean slope, ${unit} per unit of multiplier`,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: layout === 'wide' ? 8 : 5,
      tickFormat: formatTick,
    },
    marks: [
      ruleX([0], { stroke: colour('muted') }),
      text([`${found.k} ${what}`], { frameAnchor: 'top-left', dy: -18, fill: colour('ink') }),
      dot(
        found.slopes,
        dodgeY(
          { anchor: 'middle', padding: 1 },
          {
            x: (slope: number) => slope,
            r: radius,
            fill: colour('paper'),
            stroke: colour('muted'),
            strokeWidth: 1.5,
            title: (slope: number) => formatNumber(slope),
          },
        ),
      ),
      dot([found.real], {
        x: (real: number) => real,
        frameAnchor: 'middle',
        r: 7,
        symbol: 'diamond',
        fill: colour('accent'),
      }),
      text([found.real], {
        x: (real: number) => real,
        frameAnchor: 'middle',
        text: (real: number) => `the vector ${formatNumber(real)}`,
        dx: nearRight ? -12 : 12,
        textAnchor: nearRight ? 'end' : 'start',
        fill: colour('accent'),
        fontWeight: 600,
        stroke: colour('paper'),
        strokeWidth: 4,
      }),
    ],
  };
}
