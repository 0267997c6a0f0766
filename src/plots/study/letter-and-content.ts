import type { Study } from '../../result/study.ts';
import { formatEstimate, formatShareEstimate } from '../format-number.ts';
import { domainOf, percentTick } from '../ranges.ts';
import { type Column, drawRows } from './row-chart.ts';
import { estimateMarks } from './row-marks.ts';
import { type Block, blocksOf, inUnit, judged, modelTitle, type Run, sayLeftOut, unitWords } from './runs.ts';
import { clearlyAbove, estimateCells, estimateColumns, partOf, sayItems } from './say.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';

type Data = NonNullable<Run['result']['orders']>;

/** Content and letter told apart within each item, measured with its letters both ways. */
export function letterAndContent(study: Study): StudyFigure {
  const place = {
    id: 'letter-and-content',
    name: 'Content and letter within items',
    paper: null,
    section: 'Letters within items',
  };
  const blocks = blocksOf(
    study,
    (run): Data | null => run.result.orders,
    ({ content }) => content.value ?? -Infinity,
  );
  const rows = blocks.flatMap((block) => block.rows);
  if (rows.length === 0) {
    return missing(place, study, /order|letter/i, 'No item was measured with its letters both ways.');
  }
  return picture(
    {
      ...place,
      title: sayContent(blocks),
      note: `Within each item, half the sum (content) and half the difference (letter) of its slopes with the positive answer behind (A) and behind (B), ${unitWords(rows.map(({ run }) => run))} per unit of multiplier: ${sayItems(rows.map(({ data }) => data.items))}, 95 % interval.${sayLeftOut(blocks)}`,
      key: [
        { glyph: '●', colour: 'accent', text: 'content: mean over both orders' },
        {
          glyph: '◇',
          colour: 'second',
          text: 'letter: above 0, a positive answer behind (A) steers further',
        },
        { glyph: '■', colour: 'second', text: "letter's share of the variance" },
      ],
      help: 'Both orders of one item differ in the letter alone, so this is free of everything else that differs between items.',
      description: blocks
        .map(
          (block) =>
            `${block.heading}: ${block.rows
              .map(
                ({ label, data }) =>
                  `${label} content ${formatEstimate(data.content)}, letter ${formatEstimate(data.letter)}, letter's share ${formatShareEstimate(data.letterShare)}`,
              )
              .join('; ')}.`,
        )
        .join(' '),
      table: {
        columns: [
          ...[
            'model',
            'dataset',
            'unit',
            'items',
            'items without both orders',
            ...estimateColumns('content'),
          ],
          ...[
            ...estimateColumns('content sd'),
            ...estimateColumns('letter'),
            ...estimateColumns("letter's share"),
          ],
          ...[...estimateColumns('backwards share of content'), 'left out'],
        ],
        rows: rows.map(({ run, data }) => [
          ...[modelTitle(study, run.model), run.behaviour, run.result.unit, data.items, data.missing],
          ...[
            ...estimateCells(data.content),
            ...estimateCells(data.contentSd),
            ...estimateCells(data.letter),
          ],
          ...[...estimateCells(data.letterShare), ...estimateCells(data.antiSteerable), run.leftOut],
        ]),
      },
    },
    (figure, layout) =>
      drawRows({ ...figure, layout }, blocks, (block) => columns(blocks, block), { wide: 26, narrow: 24 }),
  );
}

function sayContent(blocks: Block<Data>[]): string {
  const rows = judged(blocks);
  if (rows.length === 0) return 'Content and letter within items';
  if (rows.length === 1) {
    const { content, letter } = rows[0]!.data;
    return `With the letter taken out, the content steers by ${formatEstimate(content)}; the letter by ${formatEstimate(letter)}`;
  }
  const steers = rows.filter(({ data }) => clearlyAbove(data.content, 0)).length;
  const half = rows.filter(({ data }) => clearlyAbove(data.letterShare, 0.5)).length;
  return `With the letter taken out, the content steers in ${partOf(steers, rows.length)} runs; in ${half} the letter makes most of the variance`;
}

function columns(blocks: Block<Data>[], block: Block<Data>): Column<Data>[] {
  const ends = inUnit(blocks, block).flatMap(({ data: { content, letter } }) =>
    [content, letter].flatMap(({ value, low, high }) => [value, low, high]),
  );
  return [
    {
      title: `slope, ${block.unit} per unit`,
      weight: 0.68,
      domain: domainOf(ends, [0]),
      marks: (rows, place) => [
        estimateMarks(rows, ({ data }) => data.content, {
          tone: 'accent',
          at: ({ y }) => place.lane(y, 0, 2),
        }),
        estimateMarks(rows, ({ data }) => data.letter, {
          ...{ tone: 'second', symbol: 'diamond', hollow: true },
          at: ({ y }) => place.lane(y, 1, 2),
        }),
      ],
    },
    {
      title: "letter's share",
      weight: 0.32,
      domain: [-0.02, 1.02],
      rules: [0.5],
      tickFormat: percentTick,
      marks: (rows) => [
        estimateMarks(rows, ({ data }) => data.letterShare, { tone: 'second', symbol: 'square' }),
      ],
    },
  ];
}
