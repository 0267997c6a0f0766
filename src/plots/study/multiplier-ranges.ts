import type { Study } from '../../result/study.ts';
import { formatEstimate, formatNumber, formatTick } from '../format-number.ts';
import { domainOf } from '../ranges.ts';
import { type Column, drawRows } from './row-chart.ts';
import { estimateMarks } from './row-marks.ts';
import { type Block, blocksOf, inUnit, judged, modelTitle, type Run, sayLeftOut, unitWords } from './runs.ts';
import { estimateCells, estimateColumns, partOf, sayItems } from './say.ts';
import { selectedBehaviours } from './selected.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';

type Range = Run['result']['ranges'][number];

const tones = ['muted', 'second', 'accent'] as const;
const symbols = ['circle', 'diamond', 'circle'] as const;

/** Figure 17: mean slopes fitted to narrower ranges of multipliers. */
export function multiplierRanges(study: Study): StudyFigure {
  const place = {
    id: 'figure-17-multiplier-ranges',
    name: 'Ranges of multipliers',
    paper: '17',
    section: 'Multiplier ranges',
  };
  const behaviours = selectedBehaviours(study);
  const blocks = blocksOf(
    study,
    (run): Range[] | null =>
      run.result.ranges.length < 2 || !behaviours.has(run.behaviour)
        ? null
        : [...run.result.ranges].sort((a, b) => a.limit - b.limit).slice(-tones.length),
    (ranges) => ranges.at(-1)!.mean.value ?? -Infinity,
  );
  const rows = blocks.flatMap((block) => block.rows);
  if (rows.length === 0) {
    return missing(place, study, /range/i, 'No run fitted slopes to narrower ranges.');
  }
  const limits = rows[0]!.data.map(({ limit }) => limit);
  const from = tones.length - limits.length;
  return picture(
    {
      ...place,
      title: saySigns(blocks, limits),
      note: `Mean slope of ${sayItems(rows.flatMap(({ data }) => data.map(({ mean }) => mean.n)))} in ${unitWords(rows.map(({ run }) => run))} per unit of multiplier, 95 % interval; right: rank correlation of the items' slopes with those of the widest range.${sayLeftOut(blocks)}`,
      key: limits.map((limit, k) => ({
        glyph: k === limits.length - 1 ? '●' : k + from === 1 ? '◇' : '○',
        colour: tones[k + from]!,
        text: `|λ| up to ${formatTick(limit)}`,
      })),
      help: 'Where the marks of a row lie together, the line is straight enough for its slope not to hang on how far one steers.',
      description: blocks
        .map(
          (block) =>
            `${block.heading}: ${block.rows
              .map(
                ({ label, data }) =>
                  `${label} ${data.map(({ limit, mean }) => `${formatEstimate(mean)} up to ${formatTick(limit)}`).join(', ')}`,
              )
              .join('; ')}.`,
        )
        .join(' '),
      table: {
        columns: [
          ...['model', 'dataset', 'unit', 'largest multiplier', ...estimateColumns('mean slope')],
          ...[...estimateColumns('backwards share'), ...estimateColumns('agreement'), 'left out'],
        ],
        rows: rows.flatMap(({ run, data }) =>
          data.map(({ limit, mean, antiSteerable, agreement }) => [
            ...[modelTitle(study, run.model), run.behaviour, run.result.unit, limit],
            ...[
              ...estimateCells(mean),
              ...estimateCells(antiSteerable),
              ...estimateCells(agreement),
              run.leftOut,
            ],
          ]),
        ),
      },
    },
    (figure, layout) =>
      drawRows({ ...figure, layout }, blocks, (block) => columns(blocks, block, limits), {
        wide: 30,
        narrow: 28,
      }),
  );
}

function saySigns(blocks: Block<Range[]>[], limits: number[]): string {
  const rows = judged(blocks);
  if (rows.length === 1) {
    const means = rows[0]!.data.map(({ mean }) => formatNumber(mean.value));
    return `The mean slope is ${means.join(', ')} over |λ| up to ${limits.map(formatTick).join(', ')}`;
  }
  const same = rows.filter(
    ({ data }) => new Set(data.map(({ mean }) => Math.sign(mean.value ?? 0))).size === 1,
  );
  return `The mean slope has the same sign over |λ| up to ${limits.map(formatTick).join(', ')} in ${partOf(same.length, rows.length)} runs`;
}

function columns(blocks: Block<Range[]>[], block: Block<Range[]>, limits: number[]): Column<Range[]>[] {
  const ends = inUnit(blocks, block).flatMap(({ data }) =>
    data.flatMap(({ mean }) => [mean.value, mean.low, mean.high]),
  );
  const from = tones.length - limits.length;
  return [
    {
      title: `mean slope, ${block.unit} per unit`,
      weight: 0.7,
      domain: domainOf(ends, [0]),
      marks: (rows, place) =>
        limits.map((_, k) =>
          estimateMarks(rows, ({ data }) => data[k]?.mean ?? null, {
            tone: tones[k + from]!,
            symbol: symbols[k + from]!,
            hollow: k < limits.length - 1,
            radius: 3.5,
            at: ({ y }) => place.lane(y, k, limits.length),
          }),
        ),
    },
    {
      title: 'rank correlation',
      short: 'rank corr.',
      weight: 0.3,
      domain: [-0.05, 1.05],
      rules: [1],
      marks: (rows, place) =>
        limits.slice(0, -1).map((_, k) =>
          estimateMarks(rows, ({ data }) => data[k]?.agreement ?? null, {
            tone: tones[k + from]!,
            symbol: symbols[k + from]!,
            hollow: true,
            radius: 3.5,
            at: ({ y }) => place.lane(y, k, limits.length),
          }),
        ),
    },
  ];
}
