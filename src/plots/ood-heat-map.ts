import { rect, text } from '@observablehq/plot';
import type { Result } from '../result/schema.ts';
import { draw, type Panel } from './draw.ts';
import {
  type Figure,
  figureWidth,
  type Layout,
  type MissingFigure,
  reasonFor,
  whyUnknown,
} from './figure.ts';
import { formatBeside, formatEstimate, formatMultiplier } from './format-number.ts';
import { colour } from './palette.ts';
import { settingsSaid } from './setting-words.ts';

type Piece = Pick<Result, 'ood' | 'unit' | 'notMeasured'>;
type Ood = NonNullable<Piece['ood']>;
type Cell = Ood['cells'][number];

/** Opacity of the strongest cell: ink on it keeps a contrast of 4.5:1, light and dark. */
export const fullTint = 0.5;

const settings = ['BASE', 'SYS_POS', 'SYS_NEG', 'USER_POS', 'USER_NEG'] as const;
const vectors = [...settings, 'MEAN'] as const;

/** Mean steerability of vectors of several settings in several settings, a number in each cell. */
export function oodHeatMap(result: Piece): Figure | MissingFigure {
  const id = 'ood-heat-map';
  const { ood, unit } = result;
  if (ood === null || ood.cells.length === 0) {
    const missing = reasonFor(
      result,
      /prompts|setting/i,
      'The vector was steered under the default prompt alone.',
    );
    return { id, title: 'Vectors of several prompts under several prompts', missing };
  }
  const means = ood.cells.map(({ mean }) => mean);
  if (means.every(({ value }) => value === null)) {
    return { id, title: 'Vectors of several prompts under several prompts', missing: whyUnknown(means) };
  }
  const grid = gridOf(ood);
  const whole = ood.cells.length === grid.rows.length * grid.columns.length;
  const figure: Figure = {
    id,
    title: sayOthers(ood),
    note: `Mean slope in ${unit} per unit of multiplier on ${ood.items.length} test items at multipliers ${ood.multipliers.map(formatMultiplier).join(', ')}, every vector at the length of BASE’s${whole ? '' : '; only BASE and each prompt’s own vector were steered'}. ${settingsSaid}`,
    key: [
      { glyph: '■', colour: 'accent', text: 'steers as intended, the stronger the further' },
      ...(ood.cells.some(({ mean }) => (mean.value ?? 0) < 0)
        ? [{ glyph: '■', colour: 'warning' as const, text: 'steers backwards' }]
        : []),
      { glyph: '□', colour: 'ink', text: 'a vector in its own setting' },
      ...(ood.cells.some(({ mean }) => !isClear(mean))
        ? [{ glyph: '0', colour: 'ink' as const, text: 'thin: no interval, or one that contains 0' }]
        : []),
    ],
    help: 'A row is a vector by the prompt it was extracted under, a column the prompt it was tested under. Read along the first row: where it pales, the vector loses its hold.',
    section: 'Other prompts',
    description: ood.cells
      .map(({ vector, setting, mean }) => `Vector ${vector} in ${setting}: ${formatEstimate(mean)}.`)
      .join(' '),
    table: {
      columns: [
        ...['vector', 'tested in', `mean slope (${unit} per unit)`, 'low', 'high', 'items', 'variance'],
        ...['share backwards', 'relative steerability', 'relative low', 'relative high'],
        ...['gap in unsteered propensity', 'own setting'],
      ],
      rows: ood.cells.map(({ vector, setting, mean, variance, antiSteerable }) => {
        const relative = ood.relative.find((each) => each.vector === vector && each.setting === setting);
        return [
          ...[vector, setting, mean.value, mean.low, mean.high, mean.n, variance.value, antiSteerable.value],
          ...[relative?.ratio.value ?? null, relative?.ratio.low ?? null, relative?.ratio.high ?? null],
          ...[relative?.gap?.value ?? null, vector === setting ? 'yes' : 'no'],
        ];
      }),
    },
    draw: (layout) => draw({ ...figure, layout }, [heatPanel(layout, ood, grid)]),
  };
  return figure;
}

/** Vectors and settings that occur, in their order. */
function gridOf({ cells }: Ood) {
  return {
    rows: vectors.filter((name) => cells.some(({ vector }) => vector === name)),
    columns: settings.filter((name) => cells.some(({ setting }) => setting === name)),
  };
}

function sayOthers({ cells }: Ood): string {
  const others = cells.filter(({ vector, setting }) => vector === 'BASE' && setting !== 'BASE');
  const known = others.filter(({ mean }) => mean.low !== null && mean.high !== null);
  if (known.length === 0) return 'Mean steerability of each vector under each prompt';
  const steers = known.filter(({ mean }) => mean.low! > 0).length;
  const backwards = known.filter(({ mean }) => mean.high! < 0).length;
  const all =
    steers === known.length ? `all ${steers}` : `${steers === 0 ? 'none' : steers} of ${known.length}`;
  return `The vector of the default prompt steers under ${all} other prompts${backwards > 0 ? `, and backwards under ${backwards}` : ''}`;
}

function heatPanel(layout: Layout, { cells }: Ood, { rows, columns }: ReturnType<typeof gridOf>): Panel {
  const wide = layout === 'wide';
  const width = figureWidth[layout];
  const left = wide ? 104 : 58;
  const top = wide ? 54 : 66;
  const pitch = { x: (width - left - 4) / columns.length, y: wide ? 44 : 38 };
  const height = top + rows.length * pitch.y + 6;
  const largest = Math.max(...cells.map(({ mean }) => Math.abs(mean.value ?? 0))) || 1;
  const places = rows.flatMap((vector, i) =>
    columns.map((setting, j) => {
      const cell = cells.find((each) => each.vector === vector && each.setting === setting);
      const value = cell?.mean.value ?? null;
      return {
        ...{ left: left + j * pitch.x, right: left + (j + 1) * pitch.x },
        ...{ top: top + i * pitch.y, bottom: top + (i + 1) * pitch.y },
        ...{ x: left + (j + 0.5) * pitch.x, y: top + (i + 0.5) * pitch.y },
        own: vector === setting,
        measured: cell !== undefined,
        fill: colour((value ?? 0) < 0 ? 'warning' : 'accent'),
        opacity: value === null ? 0 : Math.round(1000 * fullTint * (Math.abs(value) / largest)) / 1000,
        ...labelsOf(cell, wide, largest),
      };
    }),
  );
  const box = { x1: 'left', x2: 'right', y1: 'top', y2: 'bottom' } as const;
  const heading = { fill: colour('muted'), fontSize: 11.5, textAnchor: 'start' } as const;
  const named = (name: string) => (wide ? name : name.replace('_', '\n'));
  const names = { fill: colour('ink'), fontWeight: 600, fontSize: wide ? 12 : 11 } as const;
  return {
    height,
    ...{ marginLeft: 0, marginRight: 0, marginTop: 0, marginBottom: 0 },
    x: { domain: [0, width], axis: null },
    y: { domain: [0, height], reverse: true, axis: null },
    marks: [
      text(['tested under →'], { x: [left + 4], y: [11], ...heading }),
      text([wide ? 'vector of ↓' : 'vector\nof ↓'], { x: [4], y: [top - (wide ? 12 : 18)], ...heading }),
      text(columns, {
        x: (_, j) => left + (j + 0.5) * pitch.x,
        y: top - (wide ? 12 : 18),
        text: named,
        ...names,
      }),
      text(rows, {
        x: 4,
        y: (_, i) => top + (i + 0.5) * pitch.y,
        text: named,
        textAnchor: 'start',
        ...names,
      }),
      rect(places, { ...box, inset: 1.5, fill: 'fill', fillOpacity: 'opacity' }),
      rect(
        places.filter(({ measured, own }) => !measured && !own),
        { ...box, inset: 2, fill: 'none', stroke: colour('rule'), strokeDasharray: '2 3' },
      ),
      rect(
        places.filter(({ own }) => own),
        { ...box, inset: 2.5, fill: 'none', stroke: colour('ink'), strokeWidth: 2 },
      ),
      ...[true, false].map((clear) =>
        text(
          places.filter((place) => place.clear === clear),
          {
            ...{ x: 'x', text: 'number', fontVariant: 'tabular-nums' },
            y: ({ y, interval }: (typeof places)[number]) => (interval === '' ? y : y - 7),
            fill: colour('ink'),
            fontSize: wide ? 14 : 12.5,
            ...(clear ? { fontWeight: 650 } : { fontStyle: 'italic' }),
          },
        ),
      ),
      text(places, {
        ...{ x: 'x', y: 'y', text: 'interval', dy: 11, fontSize: 11, fontVariant: 'tabular-nums' },
        fill: colour('ink'),
      }),
    ],
  };
}

function labelsOf(
  cell: Cell | undefined,
  wide: boolean,
  largest: number,
): { number: string; interval: string; clear: boolean } {
  if (cell === undefined) return { number: '', interval: '', clear: false };
  const { value, low, high } = cell.mean;
  const clear = isClear(cell.mean);
  if (value === null) return { number: '–', interval: '', clear };
  const interval =
    wide && low !== null && high !== null
      ? `${formatBeside(low, largest)} to ${formatBeside(high, largest)}`
      : '';
  return { number: formatBeside(value, largest), interval, clear };
}

function isClear({ low, high }: Cell['mean']): boolean {
  return low !== null && high !== null && (low > 0 || high < 0);
}
