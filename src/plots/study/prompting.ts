import type { Study } from '../../result/study.ts';
import { formatEstimate, formatTick } from '../format-number.ts';
import { domainOf } from '../ranges.ts';
import { type Column, drawRows } from './row-chart.ts';
import { estimateMarks } from './row-marks.ts';
import { type Block, blocksOf, inUnit, judged, modelTitle, type Run, sayLeftOut, unitWords } from './runs.ts';
import { apart, estimateCells, estimateColumns, partOf, sayItems } from './say.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';

type Data = NonNullable<Run['result']['prompting']>;

const ways = [
  { field: 'prompting', name: 'prompting alone', tone: 'second', symbol: 'square', glyph: '□', hollow: true },
  { field: 'steering', name: 'steering alone', tone: 'accent', symbol: 'circle', glyph: '●', hollow: false },
  { field: 'both', name: 'both together', tone: 'ink', symbol: 'diamond', glyph: '◆', hollow: false },
] as const;

/** How far a persona sentence, the vector, and both together move the propensity, on one scale. */
export function promptingAgainstSteering(study: Study): StudyFigure {
  const place = {
    id: 'prompting-against-steering',
    name: 'Prompting against steering',
    paper: null,
    section: 'Prompting baseline',
  };
  const blocks = blocksOf(
    study,
    (run): Data | null => run.result.prompting,
    ({ steering }) => steering.value ?? -Infinity,
  );
  const rows = blocks.flatMap((block) => block.rows);
  if (rows.length === 0) {
    return missing(place, study, /prompting|setting/i, 'No run was prompted for either side.');
  }
  const multipliers = [...new Set(rows.map(({ data }) => data.multiplier))].map((m) => `±${formatTick(m)}`);
  return picture(
    {
      ...place,
      title: sayFurther(blocks),
      note: `Half the distance of the mean propensity between the two sides, in ${unitWords(rows.map(({ run }) => run))}: ${sayItems(rows.map(({ data }) => data.items))}, 95 % interval; steering at multiplier ${multipliers.join(', ')}, prompting by the system message.${sayLeftOut(blocks)}`,
      key: ways.map(({ glyph, tone, name }) => ({ glyph, colour: tone, text: name })),
      help: 'Where the square lies right of the circle, asking for the behaviour does more than the vector; the diamond shows whether the two add up.',
      description: blocks
        .map(
          (block) =>
            `${block.heading}: ${block.rows
              .map(
                ({ label, data }) =>
                  `${label} ${ways.map(({ field, name }) => `${name} ${formatEstimate(data[field])}`).join(', ')}`,
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
            'multiplier',
            ...ways.flatMap(({ field }) => estimateColumns(field)),
          ],
          'left out',
        ],
        rows: rows.map(({ run, data }) => [
          ...[modelTitle(study, run.model), run.behaviour, run.result.unit, data.multiplier],
          ...ways.flatMap(({ field }) => estimateCells(data[field])),
          run.leftOut,
        ]),
      },
    },
    (figure, layout) =>
      drawRows({ ...figure, layout }, blocks, (block) => columns(blocks, block), { wide: 30, narrow: 28 }),
  );
}

function sayFurther(blocks: Block<Data>[]): string {
  const rows = judged(blocks).filter(
    ({ data }) => data.prompting.value !== null && data.steering.value !== null,
  );
  if (rows.length === 0) return 'Prompting against steering';
  if (rows.length === 1) {
    const { prompting, steering } = rows[0]!.data;
    return `Prompting moves the propensity by ${formatEstimate(prompting)}, steering by ${formatEstimate(steering)}`;
  }
  const clear = rows.filter(({ data }) => apart(data.prompting, data.steering));
  const prompting = clear.filter(({ data }) => data.prompting.value! > data.steering.value!).length;
  const steering = clear.length - prompting;
  return `Prompting moves the propensity clearly further than steering in ${partOf(prompting, rows.length)} runs, steering clearly further in ${steering}`;
}

function columns(blocks: Block<Data>[], block: Block<Data>): Column<Data>[] {
  const ends = inUnit(blocks, block).flatMap(({ data }) =>
    ways.flatMap(({ field }) => [data[field].value, data[field].low, data[field].high]),
  );
  return [
    {
      title: `shift of the propensity, ${block.unit}`,
      weight: 1,
      domain: domainOf(ends, [0]),
      marks: (rows, place) =>
        ways.map(({ field, tone, symbol, hollow }, k) =>
          estimateMarks(rows, ({ data }) => data[field], {
            ...{ tone, symbol, hollow, radius: 3.75 },
            at: ({ y }) => place.lane(y, k, ways.length),
          }),
        ),
    },
  ];
}
