import { dot, link, rectX } from '@observablehq/plot';
import type { Study } from '../../result/study.ts';
import { formatEstimate } from '../format-number.ts';
import type { ColourName } from '../palette.ts';
import { colour } from '../palette.ts';
import { domainOf } from '../ranges.ts';
import { type Column, drawRows, type Place, type Placed } from './row-chart.ts';
import { type Block, blocksOf, inUnit, judged, modelTitle, type Run, sayLeftOut, unitWords } from './runs.ts';
import { apart, estimateCells, estimateColumns, partOf } from './say.ts';
import { selectedBehaviours } from './selected.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';

type Bias = NonNullable<Run['result']['bias']>;
type Cell = Bias['cells'][number];

interface Data {
  cells: Cell[];
  levels: string[][];
}

/** Figure 3 (and 16): slopes by the letter and the Yes/No word of the positive answer, for the paper's choice. */
export function letterAndWordSelected(study: Study): StudyFigure {
  return letterAndWord(
    study,
    'figure-03-letter-and-word-selected',
    'Slopes by letter and word, chosen datasets',
    '3 and 16',
    selectedBehaviours(study),
  );
}

/** Figure 19: the same for all datasets. */
export function letterAndWordAll(study: Study): StudyFigure {
  const all = new Set(study.behaviours.map(({ name }) => name));
  return letterAndWord(
    study,
    'figure-19-letter-and-word-all',
    'Slopes by letter and word, all datasets',
    '19',
    all,
  );
}

function letterAndWord(
  study: Study,
  id: string,
  name: string,
  paper: string,
  behaviours: Set<string>,
): StudyFigure {
  const place = { id, name, paper, section: 'Bias between items' };
  const blocks = blocksOf(
    study,
    (run): Data | null => {
      const { bias } = run.result;
      if (bias === null || bias.cells.length === 0 || !behaviours.has(run.behaviour)) return null;
      return { cells: bias.cells, levels: bias.factors.slice(0, 2).map(({ levels }) => levels) };
    },
    (_data, run) => run.result.steerability?.median.value ?? -Infinity,
  );
  const rows = blocks.flatMap((block) => block.rows);
  if (rows.length === 0) {
    return missing(place, study, /bias|letter/i, 'No run has answers behind letters.');
  }
  return picture(
    {
      ...place,
      title: sayShifts(blocks),
      note: `Items by their positive answer: median and middle half of the slopes, ${unitWords(rows.map(({ run }) => run))} per unit of multiplier; right: number of items.${sayLeftOut(blocks)}`,
      key: [
        { glyph: '●', colour: 'accent', text: '(A), Yes' },
        { glyph: '○', colour: 'accent', text: '(A), No' },
        { glyph: '■', colour: 'second', text: '(B), Yes' },
        { glyph: '□', colour: 'second', text: '(B), No' },
      ],
      help: 'Were it only the content that steers, the marks of a row would lie at one place; filled alone means that the options are not Yes and No. Each mark holds only the items of its own kind, counted once.',
      description: blocks
        .flatMap((block) =>
          block.rows.map(
            ({ label, data }) =>
              `${block.heading}, ${label}: ${data.cells.map(({ levels, slope }) => `${levels.join(' ')} mean ${formatEstimate(slope)}`).join('; ')}.`,
          ),
        )
        .join(' '),
      table: {
        columns: [
          ...['model', 'dataset', 'unit', 'positive answer', ...estimateColumns('mean slope')],
          ...['quartile 1', 'median', 'quartile 3', 'left out'],
        ],
        rows: rows.flatMap(({ run, data }) =>
          data.cells.map(({ levels, slope, quartiles }) => [
            ...[modelTitle(study, run.model), run.behaviour, run.result.unit, levels.join(' ')],
            ...[...estimateCells(slope), ...quartiles, run.leftOut],
          ]),
        ),
      },
    },
    (figure, layout) =>
      drawRows({ ...figure, layout }, blocks, (block) => columns(blocks, block), { wide: 38, narrow: 36 }),
  );
}

function sayShifts(blocks: Block<Data>[]): string {
  const rows = judged(blocks);
  if (rows.length === 0) return 'Slopes by letter and Yes/No word';
  const bounded = rows.filter(({ data }) => data.cells.filter(({ slope }) => slope.low !== null).length > 1);
  const clear = bounded.filter(({ data }) =>
    data.cells.some((a, i) => data.cells.slice(i + 1).some((b) => apart(a.slope, b.slope))),
  );
  const shift =
    bounded.length === 0
      ? 'Too few items of each kind for intervals'
      : bounded.length === 1
        ? `Letter or word ${clear.length === 1 ? 'clearly shift' : 'do not clearly shift'} the slope`
        : `Letter or word clearly shift the slope in ${partOf(clear.length, bounded.length)} runs`;
  const yes = rows.flatMap(({ data }) => differences(data, 1));
  const letter = rows.flatMap(({ data }) => differences(data, 0));
  const above = (values: number[]) => partOf(values.filter((value) => value > 0).length, values.length);
  const words = yes.length > 0 ? `, Yes above No in ${above(yes)}` : '';
  return `${shift}; (A) above (B) in ${above(letter)}${words}`;
}

/** Mean slope of the first level of a factor minus that of the second; none where there are not two. */
function differences({ cells, levels }: Data, factor: number): number[] {
  const [first, second] = (levels[factor] ?? []).map((level) => {
    const members = cells.flatMap(({ levels: own, slope }) =>
      own[factor] === level && slope.value !== null ? [slope.value] : [],
    );
    return members.length === 0 ? null : members.reduce((sum, value) => sum + value, 0) / members.length;
  });
  return first == null || second == null ? [] : [first - second];
}

function columns(blocks: Block<Data>[], block: Block<Data>): Column<Data>[] {
  const cells = inUnit(blocks, block).flatMap(({ data }) => data.cells);
  const most = Math.max(...blocks.flatMap(({ rows }) => rows.map(({ data }) => total(data))));
  return [
    {
      title: `slope by positive answer, ${block.unit} per unit`,
      weight: 0.74,
      domain: domainOf(
        cells.flatMap(({ quartiles }) => quartiles),
        [0],
      ),
      marks: (rows, place) => {
        const marks = rows.flatMap((row) => lanes(row, place));
        return [
          link(marks, {
            x1: 'low',
            x2: 'high',
            y1: 'y',
            y2: 'y',
            stroke: 'stroke',
            strokeWidth: 3,
            strokeOpacity: 0.4,
          }),
          ...(['circle', 'square'] as const).map((symbol) =>
            dot(
              marks.filter((mark) => mark.symbol === symbol),
              {
                x: 'median',
                y: 'y',
                r: 3.5,
                symbol,
                fill: 'fill',
                stroke: 'stroke',
                strokeWidth: 1.5,
                title: 'title',
              },
            ),
          ),
        ];
      },
    },
    {
      title: 'items',
      weight: 0.26,
      domain: [0, most * 1.03],
      marks: (rows, place) => [
        rectX(
          rows.flatMap((row) => lanes(row, place)),
          {
            x1: 'from',
            x2: 'to',
            y1: 'top',
            y2: 'bottom',
            fill: 'fill',
            stroke: 'stroke',
            strokeWidth: 1.5,
            inset: 1.5,
          },
        ),
      ],
    },
  ];
}

/** The marks of a row: one lane a cell, and its part of the bar of counts. */
function lanes(row: Placed<Data>, place: Place) {
  const { cells, levels } = row.data;
  let from = 0;
  return cells.map(({ levels: own, slope, quartiles }, k) => {
    const [low, median, high] = quartiles;
    const first = levels[0] === undefined || levels[0].indexOf(own[0] ?? '') <= 0;
    const filled = levels[1] === undefined || levels[1].indexOf(own[1] ?? '') <= 0;
    const tone: ColourName = first ? 'accent' : 'second';
    const stroke = row.tone(tone);
    const mark = {
      ...{ low, median, high, stroke, fill: filled ? stroke : colour('paper') },
      ...{ y: place.lane(row.y, k, cells.length), symbol: first ? ('circle' as const) : ('square' as const) },
      ...{ from, to: from + slope.n, top: row.y - 0.2, bottom: row.y + 0.2 },
      title: `${row.label}, ${own.join(' ')}: ${slope.n} items`,
    };
    from += slope.n;
    return mark;
  });
}

function total({ cells }: Data): number {
  return cells.reduce((sum, { slope }) => sum + slope.n, 0);
}
