import { rect, text } from '@observablehq/plot';
import type { Study } from '../../result/study.ts';
import { draw, type Panel } from '../draw.ts';
import { figureWidth, type Layout } from '../figure.ts';
import { formatNumber } from '../format-number.ts';
import { colour } from '../palette.ts';
import { type Block, blocksOf, judged, modelTitle, type Run, sayLeftOut, unitWords } from './runs.ts';
import { count, estimateCells, estimateColumns, formatFixed } from './say.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';
import { shorten } from './text-width.ts';

type Ood = NonNullable<Run['result']['ood']>;

const settings = ['BASE', 'SYS_POS', 'SYS_NEG', 'USER_POS', 'USER_NEG'] as const;
const vectors = [...settings, 'MEAN'] as const;

/** Vectors of all settings tested in all settings: their mean over datasets, and every dataset small. */
export function oodHeatMaps(study: Study): StudyFigure {
  const place = { id: 'ood-heat-maps', paper: null, section: 'Out of distribution' };
  const blocks = blocksOf(
    study,
    (run): Ood | null => run.result.ood,
    (ood) => meanOf(ood, 'BASE', 'BASE') ?? -Infinity,
  );
  const rows = blocks.flatMap((block) => block.rows);
  if (rows.length === 0) {
    const title = 'Vectors of all settings in all settings';
    return missing({ ...place, title }, study, /ood|setting/i, 'No run was steered under other prompts.');
  }
  return picture(
    {
      ...place,
      title: sayKept(blocks),
      note: `Mean slope in ${unitWords(rows.map(({ run }) => run))} per unit of multiplier, vectors rescaled to the length of BASE. Large: mean over the datasets that count; small: every dataset, in the same order of rows and columns.${sayLeftOut(blocks)}`,
      key: [
        { glyph: '■', colour: 'accent', text: 'steers as intended, the darker the further' },
        { glyph: '■', colour: 'warning', text: 'steers backwards' },
      ],
      help: 'A row is a vector by the setting it was extracted in, a column the setting it was tested in. The diagonal from the upper left is in distribution; pale or orange cells beside it are prompts at which the vector fails.',
      description: blocks
        .map(
          (block) =>
            `${block.heading}, mean over datasets: ${vectors
              .map(
                (vector) =>
                  `vector ${vector} ${settings.map((setting) => `${formatNumber(averageOf(block, vector, setting))} in ${setting}`).join(', ')}`,
              )
              .join('; ')}.`,
        )
        .join(' '),
      table: {
        columns: [
          ...['model', 'dataset', 'unit', 'vector', 'test setting', ...estimateColumns('mean slope')],
          ...[...estimateColumns('variance'), ...estimateColumns('backwards share')],
          ...[...estimateColumns('relative steerability'), 'left out'],
        ],
        rows: rows.flatMap(({ run, data }) =>
          data.cells.map(({ vector, setting, mean, variance, antiSteerable }) => {
            const relative = data.relative.find((each) => each.vector === vector && each.setting === setting);
            return [
              ...[modelTitle(study, run.model), run.behaviour, run.result.unit, vector, setting],
              ...[...estimateCells(mean), ...estimateCells(variance), ...estimateCells(antiSteerable)],
              ...[...estimateCells(relative?.ratio ?? null), run.leftOut],
            ];
          }),
        ),
      },
    },
    (figure, layout) =>
      draw(
        { ...figure, layout },
        blocks.map((block) => heatPanel(layout, block)),
      ),
  );
}

function sayKept(blocks: Block<Ood>[]): string {
  const cells = judged(blocks).flatMap(({ data }) =>
    data.cells.filter(({ vector, setting }) => vector !== setting && vector !== 'MEAN'),
  );
  const known = cells.filter(({ mean }) => mean.low !== null && mean.high !== null);
  if (known.length === 0) return 'Vectors of all settings in all settings';
  const steers = known.filter(({ mean }) => mean.low! > 0).length;
  const backwards = known.filter(({ mean }) => mean.high! < 0).length;
  const share = (part: number) => `${Math.round((100 * part) / known.length)}\u00a0%`;
  return `Tested in another setting than their own, vectors steer clearly in ${share(steers)} and clearly backwards in ${share(backwards)} of ${count(known.length, 'case')}`;
}

interface Cell {
  left: number;
  right: number;
  top: number;
  bottom: number;
  fill: string;
  opacity: number;
  title: string;
}

/** One model: the mean of its datasets with numbers, then every dataset small; all in pixels of one panel. */
function heatPanel(layout: Layout, block: Block<Ood>): Panel {
  const wide = layout === 'wide';
  const width = figureWidth[layout];
  const big = { cell: wide ? 96 : 52, row: 26, left: wide ? 110 : 76, top: 64 };
  const columns = wide ? 6 : 3;
  const pitch = (width - 4) / columns;
  const small = { cell: (pitch - 18) / settings.length, row: 11, pitch: 6 * 11 + 30 };
  const below = big.top + vectors.length * big.row + 22;
  const height = below + Math.ceil(block.rows.length / columns) * small.pitch + 12;
  const largest = Math.max(
    ...block.rows.flatMap(({ data }) => data.cells.map(({ mean }) => Math.abs(mean.value ?? 0))),
  );
  const bigLargest = Math.max(
    ...vectors.flatMap((vector) =>
      settings.map((setting) => Math.abs(averageOf(block, vector, setting) ?? 0)),
    ),
  );
  const cells: Cell[] = [];
  const numbers: { x: number; y: number; label: string; strong: boolean }[] = [];
  for (const [i, vector] of vectors.entries()) {
    for (const [j, setting] of settings.entries()) {
      const value = averageOf(block, vector, setting);
      const left = big.left + j * big.cell;
      const top = big.top + i * big.row;
      cells.push({
        ...{ left, right: left + big.cell - 1.5, top, bottom: top + big.row - 1.5 },
        ...shade(value, bigLargest, 0.55, false),
        title: `${vector} in ${setting}: ${formatNumber(value)}`,
      });
      numbers.push({
        ...{ x: left + big.cell / 2, y: top + big.row / 2, strong: vector === setting },
        label: value === null ? '–' : formatFixed(value),
      });
    }
  }
  const titles = block.rows.map(({ label, leftOut, data }, k) => {
    const left = 2 + (k % columns) * pitch;
    const top = below + Math.floor(k / columns) * small.pitch + 18;
    for (const { vector, setting, mean } of data.cells) {
      const [i, j] = [vectors.indexOf(vector), settings.indexOf(setting)];
      cells.push({
        ...{ left: left + j * small.cell, right: left + (j + 1) * small.cell - 1 },
        ...{ top: top + i * small.row, bottom: top + (i + 1) * small.row - 1 },
        ...shade(mean.value, largest, 0.95, leftOut),
        title: `${label}, ${vector} in ${setting}: ${formatNumber(mean.value)}`,
      });
    }
    return {
      x: left,
      y: top - 8,
      label: shorten(leftOut ? `✕ ${label}` : label, pitch - 12, 11),
      title: label,
    };
  });
  const words = { fontSize: 11, fill: colour('muted') };
  return {
    height,
    margin: 0,
    x: { axis: null, type: 'identity' },
    y: { axis: null, type: 'identity' },
    marks: [
      text([block.heading], {
        x: [2],
        y: [12],
        textAnchor: 'start',
        fontSize: 13,
        fontWeight: 600,
        fill: colour('ink'),
      }),
      text(['tested in →'], { x: [big.left], y: [34], textAnchor: 'start', ...words }),
      text([wide ? 'vector from ↓' : 'vector ↓'], {
        x: [big.left - 8],
        y: [big.top - 12],
        textAnchor: 'end',
        ...words,
      }),
      text([...settings], {
        ...{ x: (_: string, j: number) => big.left + (j + 0.5) * big.cell - 1, y: () => big.top - 12 },
        ...{
          text: (name: string) => (wide ? name : name.replace('_', '\n')),
          fontSize: wide ? 10.5 : 9.5,
          fill: colour('ink'),
        },
      }),
      text([...vectors], {
        ...{ x: () => big.left - 8, y: (_: string, i: number) => big.top + (i + 0.5) * big.row },
        ...{ text: (name: string) => name, textAnchor: 'end', fontSize: 10.5, fill: colour('ink') },
      }),
      rect(cells, {
        x1: 'left',
        x2: 'right',
        y1: 'top',
        y2: 'bottom',
        fill: 'fill',
        fillOpacity: 'opacity',
        title: 'title',
      }),
      text(numbers, {
        ...{ x: 'x', y: 'y', text: 'label', fontSize: 12, fill: colour('ink'), fontVariant: 'tabular-nums' },
      }),
      text(titles, {
        x: 'x',
        y: 'y',
        text: 'label',
        title: 'title',
        textAnchor: 'start',
        fontSize: 11,
        fill: colour('ink'),
      }),
    ],
  };
}

function shade(value: number | null, largest: number, most: number, grey: boolean) {
  if (value === null || largest === 0) return { fill: colour('rule'), opacity: 0.4 };
  const fill = colour(grey ? 'muted' : value < 0 ? 'warning' : 'accent');
  // Some colour at 0, so that an empty cell can be told from a weak one.
  return { fill, opacity: Math.round(100 * (0.04 + (most - 0.04) * (Math.abs(value) / largest))) / 100 };
}

function meanOf(ood: Ood, vector: string, setting: string): number | null {
  return ood.cells.find((cell) => cell.vector === vector && cell.setting === setting)?.mean.value ?? null;
}

/** Mean over the datasets that count; over all where none does. */
function averageOf({ rows }: Block<Ood>, vector: string, setting: string): number | null {
  const counted = rows.some(({ leftOut }) => !leftOut) ? rows.filter(({ leftOut }) => !leftOut) : rows;
  const values = counted.flatMap(({ data }) => meanOf(data, vector, setting) ?? []);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
