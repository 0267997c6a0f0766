import type { Result } from '../result/schema.ts';
import { draw } from './draw.ts';
import { type Figure, type MissingFigure, reasonFor } from './figure.ts';
import { areApart, formatEstimate, formatNumber, sayIntervals } from './format-number.ts';
import { type IntervalRow, intervalPanel } from './interval-rows.ts';
import { domainOf } from './ranges.ts';

type Piece = Pick<Result, 'bias' | 'unit' | 'notMeasured'>;
type Bias = NonNullable<Piece['bias']>;
type Cell = Bias['cells'][number];

/** Slopes by the letter and the word of the positive answer: quartiles, mean and number of items of each kind. */
export function letterAndWord(result: Piece): Figure | MissingFigure {
  const id = 'letter-and-word';
  const { bias, unit } = result;
  if (bias === null || bias.cells.length === 0) {
    const missing = reasonFor(result, /bias/i, bias?.reason ?? 'The answers have no letters.');
    return { id, title: 'Slope by letter and word', missing };
  }
  const absent = bias.absent.map(({ name, reason }) => `${name} could not enter: ${reason}`);
  const figure: Figure = {
    id,
    title: sayWidest(bias),
    note: `Slope in ${unit} per unit of multiplier by the positive answer’s ${bias.factors
      .slice(0, 2)
      .map(({ name }) => name)
      .join(
        ' and ',
      )}. Bar: middle half of the items, tick: median; mark: mean, ${sayIntervals(bias.cells.map(({ slope }) => slope))}.${absent.length > 0 ? ` ${absent.join('; ')}.` : ''}`,
    key: [],
    help: 'If only the content steered, all rows would lie at one place. Every item is counted once, in the row of its own answer.',
    section: 'Bias between items',
    description: bias.cells
      .map(
        ({ levels, slope, quartiles }) =>
          `${nameOf(levels)}: ${slope.n} items, mean ${formatEstimate(slope)}, quartiles ${quartiles.map(formatNumber).join(', ')}.`,
      )
      .join(' '),
    table: {
      columns: [
        ...[...bias.factors.slice(0, 2).map(({ name }) => name), 'items'],
        ...[`mean slope (${unit} per unit)`, 'low', 'high', '25 %', 'median', '75 %'],
      ],
      rows: bias.cells.map(({ levels, slope, quartiles }) => [
        ...bias.factors.slice(0, 2).map((_, k) => levels[k] ?? null),
        ...[slope.n, slope.value, slope.low, slope.high, ...quartiles],
      ]),
    },
    draw: (layout) =>
      draw({ ...figure, layout }, [
        intervalPanel(layout, {
          rows: bias.cells.map((cell) => rowOf(cell, bias)),
          domain: domainOf(
            bias.cells.flatMap(({ slope, quartiles }) => [...quartiles, slope.value, slope.low, slope.high]),
            [0],
          ),
          axis: `slope, ${unit} per unit of multiplier`,
          labelWidth: 84,
          wordsWidth: 92,
        }),
      ]),
  };
  return figure;
}

function sayWidest({ cells }: Bias): string {
  const known = cells.filter(({ slope }) => slope.value !== null);
  if (known.length < 2) return 'Slope by letter and word';
  const ordered = [...known].sort((a, b) => b.slope.value! - a.slope.value!);
  const [most, least] = [ordered[0]!, ordered.at(-1)!];
  const apart = areApart(most.slope, least.slope);
  if (apart === null) return 'Slope by letter and word';
  if (!apart) return 'Items of different letters and words steer alike';
  return `Where the answer is ${nameOf(most.levels)} the slope is ${formatNumber(most.slope.value)}, where it is ${nameOf(least.levels)} ${formatNumber(least.slope.value)}`;
}

function rowOf({ levels, slope, quartiles }: Cell, { factors }: Bias): IntervalRow {
  const first = (factors[0]?.levels.indexOf(levels[0] ?? '') ?? 0) <= 0;
  const filled = factors[1] === undefined || factors[1].levels.indexOf(levels[1] ?? '') <= 0;
  return {
    label: nameOf(levels),
    estimate: slope,
    tone: first ? 'accent' : 'second',
    symbol: first ? 'circle' : 'square',
    hollow: !filled,
    quartiles,
    words: `${slope.n} ${slope.n === 1 ? 'item' : 'items'}`,
  };
}

/** Letters in brackets, as they stand in the question. */
function nameOf(levels: string[]): string {
  return levels.map((level) => (/^[A-Z]$/.test(level) ? `(${level})` : level)).join(' ');
}
