import { areaY, type Markish, ruleX } from '@observablehq/plot';
import type { Study } from '../../result/study.ts';
import { type Estimate, formatNumber, formatShare } from '../format-number.ts';
import { domainOf, percentTick } from '../ranges.ts';
import { splitHistogram } from './histogram.ts';
import { publishedKey, publishedValue } from './published.ts';
import { quantileOf, shareDomain } from './ranges.ts';
import { type Column, drawRows, type Place, type Placed } from './row-chart.ts';
import { estimateMarks, publishedMarks } from './row-marks.ts';
import { type Block, blocksOf, inUnit, judged, modelTitle, runTitle, sayLeftOut, unitWords } from './runs.ts';
import { selectedBehaviours } from './selected.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';

interface Data {
  slopes: number[];
  median: Estimate;
  mean: Estimate;
  sd: Estimate;
  antiSteerable: Estimate;
  publishedMedian: number | null;
  publishedAnti: number | null;
}

/** Figure 1: how far each item steers, and the share that steers backwards, for the paper's choice of datasets. */
export function steerabilitySelected(study: Study): StudyFigure {
  return steerability(
    study,
    'figure-01-steerability-selected',
    'Steerability of items, chosen datasets',
    '1',
    selectedBehaviours(study),
  );
}

/** Figure 18: the same for all datasets. */
export function steerabilityAll(study: Study): StudyFigure {
  const all = new Set(study.behaviours.map(({ name }) => name));
  return steerability(study, 'figure-18-steerability-all', 'Steerability of items, all datasets', '18', all);
}

function steerability(
  study: Study,
  id: string,
  name: string,
  paper: string,
  behaviours: Set<string>,
): StudyFigure {
  const place = { id, name, paper, section: 'Steerability' };
  const blocks = blocksOf(
    study,
    (run): Data | null => {
      const { steerability: found, items } = run.result;
      const slopes = items.flatMap(({ slope }) => (slope === null ? [] : [slope]));
      if (found === null || slopes.length === 0 || !behaviours.has(run.behaviour)) return null;
      return {
        slopes,
        median: found.median,
        mean: found.mean,
        sd: found.sd,
        antiSteerable: found.antiSteerable,
        publishedMedian: publishedValue(study, run, 'median'),
        publishedAnti: publishedValue(study, run, 'anti'),
      };
    },
    ({ median }) => median.value ?? -Infinity,
  );
  const rows = blocks.flatMap((block) => block.rows);
  if (rows.length === 0) {
    return missing(place, study, /steerab|items/i, 'No run measured slopes of items.');
  }
  const unit = unitWords(rows.map(({ run }) => run));
  const fewest = Math.min(...rows.map(({ data }) => data.slopes.length));
  const most = Math.max(...rows.map(({ data }) => data.slopes.length));
  const some = behaviours.size < study.behaviours.length;
  return picture(
    {
      ...place,
      title: sayBackwards(study, blocks, some),
      note: `Slope of each test item in ${unit} per unit of multiplier: ${fewest === most ? fewest : `${fewest} to ${most}`} items a dataset; right: share of items with slope 0 or below, 95 % interval.${
        some
          ? ` ${behaviours.size} of ${study.behaviours.length} datasets, chosen by rank as in the paper.`
          : ''
      }${sayLeftOut(blocks)}`,
      key: [
        { glyph: '■', colour: 'accent', text: 'items that steer as intended' },
        { glyph: '■', colour: 'warning', text: 'items that steer backwards' },
        { glyph: '|', colour: 'ink', text: 'median' },
        ...publishedKey(rows.flatMap(({ data }) => [data.publishedMedian, data.publishedAnti])),
      ],
      help: 'Each row is a histogram of its items, scaled to its highest bar; orange left of 0 is the part of the items that the vector moves the wrong way.',
      description: blocks
        .map((block) => `${block.heading}: ${block.rows.map(describe).join('; ')}.`)
        .join(' '),
      table: {
        columns: [
          ...['model', 'dataset', 'unit', 'items', 'mean', 'mean low', 'mean high', 'median', 'median low'],
          ...['median high', 'sd', 'backwards share', 'backwards low', 'backwards high'],
          ...['published median', 'published backwards share', 'left out'],
        ],
        rows: rows.map(({ run, data }) => [
          ...[modelTitle(study, run.model), run.behaviour, run.result.unit, data.slopes.length],
          ...[data.mean.value, data.mean.low, data.mean.high],
          ...[data.median.value, data.median.low, data.median.high, data.sd.value],
          ...[data.antiSteerable.value, data.antiSteerable.low, data.antiSteerable.high],
          ...[data.publishedMedian, data.publishedAnti, run.leftOut],
        ]),
      },
    },
    (figure, layout) =>
      drawRows({ ...figure, layout }, blocks, (block) => columns(blocks, block), { wide: 24, narrow: 24 }),
  );
}

function sayBackwards(study: Study, blocks: Block<Data>[], chosen: boolean): string {
  const rows = judged(blocks).filter(({ data }) => data.antiSteerable.value !== null);
  if (rows.length === 0) return 'How far each item steers';
  const share = ({ data }: (typeof rows)[number]) => data.antiSteerable.value!;
  const worst = rows.reduce((a, b) => (share(b) > share(a) ? b : a));
  if (rows.length === 1) return `${formatShare(share(worst))} of the items steer backwards`;
  if (share(worst) === 0) return `No item steers backwards in any of ${rows.length} runs`;
  const middle = quantileOf(rows.map(share), 0.5);
  const of = chosen ? `of ${rows.length} chosen runs` : `of ${rows.length} runs`;
  return `${formatShare(share(worst))} of the items steer backwards in the worst ${of} (${runTitle(study, worst.run)}), ${formatShare(middle)} in the median one`;
}

function describe({ label, data }: Block<Data>['rows'][number]): string {
  return `${label} median ${formatNumber(data.median.value)}, ${formatShare(data.antiSteerable.value)} backwards`;
}

function columns(blocks: Block<Data>[], block: Block<Data>): Column<Data>[] {
  const rows = inUnit(blocks, block);
  const slopes = rows.flatMap(({ data }) => data.slopes);
  const domain = domainOf([...slopes, ...rows.map(({ data }) => data.publishedMedian)], [0]);
  return [
    {
      title: `slope of each item, ${block.unit} per unit`,
      weight: 0.68,
      domain,
      marks: (rows, place) => [
        areas(rows, place, domain),
        ruleX(
          rows.filter(({ data }) => data.median.value !== null),
          {
            x: ({ data }: Placed<Data>) => data.median.value,
            y1: ({ y }: Placed<Data>) => y - place.half,
            y2: ({ y }: Placed<Data>) => y + place.half * 1.15,
            stroke: (row: Placed<Data>) => row.tone('ink'),
            strokeWidth: 2,
          },
        ),
        publishedMarks(rows, ({ data }) => data.publishedMedian),
      ],
    },
    {
      title: 'backwards',
      weight: 0.32,
      domain: shareDomain(blocks.flatMap((each) => each.rows.map(({ data }) => data.antiSteerable))),
      tickFormat: percentTick,
      marks: (rows) => [
        estimateMarks(rows, ({ data }) => data.antiSteerable, {
          tone: 'warning',
          title: ({ data }) => formatShare(data.antiSteerable.value),
        }),
        publishedMarks(rows, ({ data }) => data.publishedAnti),
      ],
    },
  ];
}

/** Histograms on the base line of their rows, as tall as the row, orange left of 0. */
function areas(rows: Placed<Data>[], place: Place, domain: [number, number]): Markish {
  const fewest = Math.min(...rows.map(({ data }) => data.slopes.length));
  const bins = Math.min(place.layout === 'wide' ? 48 : 36, Math.max(16, Math.round(4 * Math.sqrt(fewest))));
  const corners = rows.flatMap((row) => {
    const sides = splitHistogram(row.data.slopes, domain, bins);
    const base = row.y + place.half;
    return (['backwards', 'forward'] as const).flatMap((side) =>
      sides[side].map(({ x, share }) => ({
        ...{ x, base, top: base - 2 * place.half * share, area: `${row.y} ${side}` },
        fill: row.tone(side === 'forward' ? 'accent' : 'warning'),
      })),
    );
  });
  return areaY(corners, { x: 'x', y1: 'base', y2: 'top', z: 'area', fill: 'fill', fillOpacity: 0.8 });
}
