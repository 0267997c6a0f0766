import { link } from '@observablehq/plot';
import type { Study } from '../../result/study.ts';
import { formatEstimate, formatShare } from '../format-number.ts';
import { percentTick } from '../ranges.ts';
import { shareDomain } from './ranges.ts';
import { type Column, drawRows, type Placed } from './row-chart.ts';
import { estimateMarks } from './row-marks.ts';
import { type Block, blocksOf, judged, modelTitle, type Run, sayLeftOut } from './runs.ts';
import { estimateCells, estimateColumns, medianShare, sayItems } from './say.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';

type Data = NonNullable<Run['result']['replicates']>;

/** Items that steer backwards, and those that do so beyond the noise of one item's slope. */
export function itemNoise(study: Study): StudyFigure {
  const place = {
    id: 'item-noise',
    name: 'Items backwards beyond noise',
    paper: null,
    section: "Noise of an item's slope",
  };
  const blocks = blocksOf(
    study,
    (run): Data | null => run.result.replicates,
    ({ backwards }) => -(backwards.value ?? 2),
  );
  const rows = blocks.flatMap((block) => block.rows);
  if (rows.length === 0) {
    return missing(place, study, /replicate|noise/i, 'No item was put in more than one way.');
  }
  const presentations = [...new Set(rows.flatMap(({ data }) => data.presentations))];
  return picture(
    {
      ...place,
      title: sayBeyond(blocks),
      note: `Share of items with slope 0 or below, mean over presentations, ${sayItems(rows.map(({ data }) => data.items))}, 95 % interval; right: intraclass correlation of one presentation. Presentations: ${presentations.join('; ')}.${sayLeftOut(blocks)}`,
      key: [
        { glyph: '○', colour: 'warning', text: 'backwards' },
        { glyph: '●', colour: 'warning', text: 'backwards beyond noise' },
        { glyph: '●', colour: 'accent', text: 'reliability' },
      ],
      help: 'The filled mark counts only items that stay below 0 when the spread between ways of asking is taken into account; a reliability of 1 means that the way of asking does not matter.',
      description: blocks
        .map(
          (block) =>
            `${block.heading}: ${block.rows
              .map(
                ({ label, data }) =>
                  `${label} ${formatShare(data.backwards.value)} backwards, ${formatShare(data.backwardsBeyondNoise.value)} beyond noise, reliability ${formatEstimate(data.reliability)}`,
              )
              .join('; ')}.`,
        )
        .join(' '),
      table: {
        columns: [
          ...['model', 'dataset', 'items', ...estimateColumns('backwards')],
          ...[...estimateColumns('backwards beyond noise'), ...estimateColumns('within-item sd')],
          ...[...estimateColumns('reliability'), ...estimateColumns('reliability of the mean')],
          ...['precision rms', 'presentations', 'left out'],
        ],
        rows: rows.map(({ run, data }) => [
          ...[modelTitle(study, run.model), run.behaviour, data.items, ...estimateCells(data.backwards)],
          ...[...estimateCells(data.backwardsBeyondNoise), ...estimateCells(data.withinSd)],
          ...[...estimateCells(data.reliability), ...estimateCells(data.reliabilityOfMean)],
          ...[data.precisionRms, data.presentations.join('; '), run.leftOut],
        ]),
      },
    },
    (figure, layout) =>
      drawRows({ ...figure, layout }, blocks, () => columns(blocks), { wide: 26, narrow: 24 }),
  );
}

function sayBeyond(blocks: Block<Data>[]): string {
  const values = (pick: (data: Data) => number | null) =>
    judged(blocks).flatMap(({ data }) => pick(data) ?? []);
  const raw = values(({ backwards }) => backwards.value);
  const beyond = values(({ backwardsBeyondNoise }) => backwardsBeyondNoise.value);
  if (raw.length === 0 || beyond.length === 0) return 'Items backwards beyond noise';
  const where = raw.length > 1 ? ' in the median run' : '';
  return `${medianShare(raw)} of the items steer backwards${where}, ${medianShare(beyond)} beyond the noise of an item`;
}

function columns(blocks: Block<Data>[]): Column<Data>[] {
  const all = blocks.flatMap(({ rows }) =>
    rows.flatMap(({ data }) => [data.backwards, data.backwardsBeyondNoise]),
  );
  return [
    {
      title: 'share of items backwards',
      weight: 0.64,
      domain: shareDomain(all),
      tickFormat: percentTick,
      marks: (rows, place) => [
        link(rows, {
          x1: ({ data }: Placed<Data>) => data.backwards.value,
          x2: ({ data }: Placed<Data>) => data.backwardsBeyondNoise.value,
          y1: ({ y }: Placed<Data>) => place.lane(y, 0, 2),
          y2: ({ y }: Placed<Data>) => place.lane(y, 1, 2),
          stroke: (row: Placed<Data>) => row.tone('muted'),
          strokeDasharray: '2 2',
        }),
        estimateMarks(rows, ({ data }) => data.backwards, {
          ...{ tone: 'warning', hollow: true },
          at: ({ y }) => place.lane(y, 0, 2),
        }),
        estimateMarks(rows, ({ data }) => data.backwardsBeyondNoise, {
          tone: 'warning',
          at: ({ y }) => place.lane(y, 1, 2),
        }),
      ],
    },
    {
      title: 'reliability',
      weight: 0.36,
      domain: [-0.02, 1.02],
      rules: [1],
      marks: (rows) => [estimateMarks(rows, ({ data }) => data.reliability, { tone: 'accent' })],
    },
  ];
}
