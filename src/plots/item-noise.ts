import type { Result } from '../result/schema.ts';
import { draw } from './draw.ts';
import { type Figure, type MissingFigure, reasonFor, whyUnknown } from './figure.ts';
import { countOf, formatEstimate, formatNumber, formatShareEstimate, sayIntervals } from './format-number.ts';
import { type IntervalRow, intervalPanel } from './interval-rows.ts';
import { domainOf, percentTick } from './ranges.ts';

type Piece = Pick<Result, 'replicates' | 'steerability' | 'unit' | 'notMeasured'>;

/** How many items are backwards beyond the noise of a presentation, and how far one item's slope can be trusted. */
export function itemNoise(result: Piece): Figure | MissingFigure {
  const id = 'item-noise';
  const { replicates: found, steerability, unit } = result;
  if (found === null) {
    const missing = reasonFor(result, /replicate|presentation|noise of/i, 'Items were put in one way only.');
    return { id, title: 'Noise of one item’s slope', missing };
  }
  if (found.backwards.value === null && found.reliability.value === null) {
    return { id, title: 'Noise of one item’s slope', missing: whyUnknown([found.backwards]) };
  }
  const shares: IntervalRow[] = [
    ...(steerability === null
      ? []
      : [
          {
            ...share('as measured once', steerability.antiSteerable),
            hollow: true,
          },
        ]),
    share('mean of presentations', found.backwards),
    {
      ...share('beyond the noise', found.backwardsBeyondNoise),
      tone: 'ink',
      symbol: 'diamond',
    },
  ];
  const reliability: IntervalRow[] = [
    row('of one presentation', found.reliability),
    row(`of the mean of ${found.presentations.length}`, found.reliabilityOfMean),
  ];
  const { precisionRms } = found;
  const figure: Figure = {
    id,
    title: sayBeyond(found),
    note: `${found.items} items, each put in ${found.presentations.length} ways that ask the same (${found.presentations.join(', ')}), ${sayIntervals([found.backwards, found.reliability])}. One presentation’s slope lies ${formatNumber(found.withinSd.value)} ${unit} per unit about the item’s mean (standard deviation)${precisionRms === null ? '' : `; noise of the arithmetic, ${formatNumber(precisionRms)}, is counted in`}.`,
    key: [],
    help: 'An item is backwards beyond the noise where its mean slope is below 0 by more than the presentations scatter. Reliability is the share of the differences between items that another presentation would show again.',
    section: "Noise of an item's slope",
    description: `Backwards: ${formatShareEstimate(found.backwards)} of the items on average over presentations, ${formatShareEstimate(found.backwardsBeyondNoise)} beyond the noise. Reliability of one presentation ${formatEstimate(found.reliability, 2)}, of the mean ${formatEstimate(found.reliabilityOfMean, 2)}.`,
    table: {
      columns: ['quantity', 'value', 'low', 'high', 'items'],
      rows: [
        ...(steerability === null
          ? []
          : [cells('share backwards, as measured once', steerability.antiSteerable)]),
        cells('share backwards, mean over presentations', found.backwards),
        cells('share backwards beyond the noise', found.backwardsBeyondNoise),
        cells('standard deviation of one presentation', found.withinSd),
        cells('reliability of one presentation', found.reliability),
        cells('reliability of the mean', found.reliabilityOfMean),
      ],
    },
    draw: (layout) =>
      draw({ ...figure, layout }, [
        intervalPanel(layout, {
          heading: 'Items that steer backwards',
          rows: shares,
          domain: domainOf(
            shares.map(({ estimate }) => estimate?.high ?? estimate?.value),
            [0, 0.1],
          ),
          axis: 'share of the items',
          tickFormat: percentTick,
        }),
        intervalPanel(layout, {
          heading: 'Reliability of an item’s slope',
          rows: reliability,
          domain: domainOf(
            reliability.flatMap(({ estimate }) => [estimate?.low, estimate?.high, estimate?.value]),
            [0, 1],
          ),
          axis: 'reliability (intraclass correlation)',
          limits: [{ at: 1, words: 'no noise' }],
        }),
      ]),
  };
  return figure;
}

type Estimate = NonNullable<Piece['replicates']>['backwards'];

function share(label: string, estimate: Estimate): IntervalRow {
  return {
    ...{ label: `${label} (n = ${estimate.n})`, estimate, words: formatShareEstimate(estimate) },
    ...{ tone: 'warning', symbol: 'triangle' },
  };
}

function row(label: string, estimate: Estimate): IntervalRow {
  return { label, estimate, words: formatEstimate(estimate, 2) };
}

function cells(name: string, { value, low, high, n }: Estimate): (string | number | null)[] {
  return [name, value, low, high, n];
}

function sayBeyond({ backwards, backwardsBeyondNoise }: NonNullable<Piece['replicates']>): string {
  const [all, beyond] = [countOf(backwards), countOf(backwardsBeyondNoise)];
  if (backwardsBeyondNoise.value === null)
    return 'How many items are backwards beyond the noise is not known';
  if (all === 0) return 'No item is backwards on average over presentations';
  return `${beyond === 0 ? 'None' : beyond} of the ${all} backwards ${all === 1 ? 'item is' : 'items are'} so beyond the noise`;
}
