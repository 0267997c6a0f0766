import { dot, line } from '@observablehq/plot';
import type { Study } from '../../result/study.ts';
import { capitalised } from '../capitalised.ts';
import { formatNumber, formatP } from '../format-number.ts';
import { colour } from '../palette.ts';
import { domainOf } from '../ranges.ts';
import { type Column, drawRows, type Place, type Placed } from './row-chart.ts';
import { wordMarks } from './row-marks.ts';
import { type Block, blocksOf, inUnit, judged, modelTitle, type Run, sayLeftOut, unitWords } from './runs.ts';
import { count, partOf, sayItems } from './say.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';

interface Data {
  found: NonNullable<Run['result']['randomNull']>;
  adjustedP: number | null;
}

/** Rate of false discoveries that the title speaks of. */
const rate = 0.05;

/** Every vector beside random directions of its length, with p values adjusted over the model's datasets. */
export function nullsOverDatasets(study: Study): StudyFigure {
  const place = {
    id: 'nulls-over-datasets',
    name: 'Vectors beside random directions',
    paper: null,
    section: 'Random and shuffled vectors',
  };
  const blocks = blocksOf(
    study,
    (run): Data | null =>
      run.result.randomNull === null ? null : { found: run.result.randomNull, adjustedP: run.adjustedP },
    ({ found }) => found.real,
  );
  const rows = blocks.flatMap((block) => block.rows);
  if (rows.length === 0) {
    return missing(place, study, /random|null/i, 'No vector was set beside random directions.');
  }
  const items = sayItems(
    rows.map(({ data }) => data.found.items),
    'test items',
  );
  return picture(
    {
      ...place,
      title: sayBeyond(blocks),
      note: `Mean slope in ${unitWords(rows.map(({ run }) => run))} per unit of multiplier on ${items}, each vector beside ${sayItems(
        rows.map(({ data }) => data.found.k),
        'random directions',
      )} of its length. p: t tail of the random slopes, adjusted by Benjamini and Hochberg over the model's datasets.${sayLeftOut(blocks)}`,
      key: [
        { glyph: '◆', colour: 'accent', text: `the vector, adjusted p up to ${rate}` },
        { glyph: '◇', colour: 'warning', text: 'the vector, not beyond random' },
        { glyph: '|', colour: 'muted', text: 'a random direction' },
      ],
      help: 'A vector that carries the behaviour lies outside the grey marks of its row; one among them does no more than any push of that length.',
      description: blocks
        .map((block) => `${block.heading}: ${block.rows.map(describe).join('; ')}.`)
        .join(' '),
      table: {
        columns: [
          ...[
            'model',
            'dataset',
            'unit',
            'mean slope',
            'random directions',
            'lowest random',
            'highest random',
          ],
          ...['p by counting', 'p by t tail', 'adjusted p', 'left out'],
        ],
        rows: rows.map(({ run, data: { found, adjustedP } }) => [
          ...[modelTitle(study, run.model), run.behaviour, run.result.unit, found.real, found.k],
          ...[Math.min(...found.slopes), Math.max(...found.slopes)],
          ...[found.p, found.tailP, adjustedP, run.leftOut],
        ]),
      },
    },
    (figure, layout) => drawRows({ ...figure, layout }, blocks, (block) => columns(blocks, block)),
  );
}

function sayBeyond(blocks: Block<Data>[]): string {
  const known = judged(blocks).filter(({ data }) => data.adjustedP !== null);
  const beyond = known.filter(({ data }) => data.adjustedP! <= rate).length;
  if (known.length === 0) return 'Vectors beside random directions';
  if (known.length === 1) {
    return `The vector ${beyond === 1 ? 'steers' : 'does not steer'} beyond random directions, p ${sayP(known[0]!.data.adjustedP!)}`;
  }
  return `${capitalised(partOf(beyond, known.length))} vectors steer beyond random directions, at a false discovery rate of 5 %`;
}

function describe({ label, data: { found, adjustedP } }: Block<Data>['rows'][number]): string {
  const p = adjustedP === null ? 'no adjusted p' : `adjusted p ${formatP(adjustedP)}`;
  return `${label} ${formatNumber(found.real)} against ${count(found.k, 'random direction')}, ${p}`;
}

function columns(blocks: Block<Data>[], block: Block<Data>): Column<Data>[] {
  const all = inUnit(blocks, block).flatMap(({ data }) => [data.found.real, ...data.found.slopes]);
  return [
    {
      title: `mean slope, ${block.unit} per unit`,
      weight: 0.8,
      domain: domainOf(all, [0]),
      marks: (rows, place) => [
        line(
          rows.flatMap((row) => ticks(row, place)),
          { x: 'x', y: 'y', z: 'row', stroke: colour('muted'), strokeOpacity: 0.5 },
        ),
        ...[true, false].map((beyond) =>
          dot(
            rows.filter((row) => isBeyond(row.data) === beyond),
            {
              x: ({ data }: Placed<Data>) => data.found.real,
              y: 'y',
              r: 5,
              symbol: 'diamond',
              fill: beyond ? (row: Placed<Data>) => row.tone('accent') : colour('paper'),
              stroke: (row: Placed<Data>) => row.tone(beyond ? 'accent' : 'warning'),
              strokeWidth: 1.75,
              title: ({ data }: Placed<Data>) => formatNumber(data.found.real),
            },
          ),
        ),
      ],
    },
    {
      title: 'adjusted p',
      short: 'adj. p',
      weight: 0.2,
      domain: null,
      marks: (rows) => [
        wordMarks(
          rows,
          ({ data }) => (data.adjustedP === null ? '–' : sayP(data.adjustedP)),
          ({ data }) => (isBeyond(data) ? 'ink' : 'warning'),
        ),
      ],
    },
  ];
}

/** Ticks of a row as one broken line, which is a third as long in the page as one element each. */
function ticks({ data, label, y }: Placed<Data>, { half }: Place) {
  return data.found.slopes.flatMap((x) => [
    { x, y: y - half * 0.8, row: label },
    { x, y: y + half * 0.8, row: label },
    { x, y: Number.NaN, row: label },
  ]);
}

function isBeyond({ adjustedP }: Data): boolean {
  return adjustedP !== null && adjustedP <= rate;
}

function sayP(p: number): string {
  return p < 0.001 ? '< 0.001' : formatP(p);
}
