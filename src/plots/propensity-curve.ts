import { areaY, dot, line, ruleX, ruleY } from '@observablehq/plot';
import type { Result } from '../result/schema.ts';
import { draw } from './draw.ts';
import { type Figure, type Layout, type MissingFigure, reasonFor } from './figure.ts';
import { formatEstimate, formatMultiplier, formatNumber, formatTick } from './format-number.ts';
import { colour } from './palette.ts';

type Piece = Pick<
  Result,
  'behaviour' | 'curve' | 'items' | 'multipliers' | 'unit' | 'steerability' | 'notMeasured'
>;

interface MeanPoint {
  multiplier: number;
  value: number;
  low: number | null;
  high: number | null;
}

interface ItemPoint {
  item: number;
  multiplier: number;
  propensity: number;
}

/** More thin lines than this say nothing more and make the page heavy. */
const mostLines = 120;

/** Mean propensity at each multiplier with its interval band, each item behind it as a thin line. */
export function propensityCurve(result: Piece): Figure | MissingFigure {
  const id = 'propensity-curve';
  const points = result.curve.flatMap(({ multiplier, propensity: { value, low, high } }) =>
    value === null ? [] : [{ multiplier, value, low, high }],
  );
  if (points.length === 0) {
    const missing = reasonFor(result, /curve|steerability/i, 'No propensity was measured on test items.');
    return { id, title: 'Propensity at each multiplier', missing };
  }
  const drawn = spread(result.items.filter((item) => item.slope !== null));
  const n = Math.max(...result.curve.map((point) => point.propensity.n));
  const thin =
    drawn.length === 0
      ? ''
      : ` Thin lines: ${drawn.length === n ? 'each item' : `${drawn.length} of the items`}.`;
  const figure: Figure = {
    id,
    title: sayTrend(result),
    note: `Propensity in ${result.unit}, mean of ${n} test items${points.some(({ low }) => low !== null) ? '; band: 95 % interval of the mean at each multiplier' : ''}.${thin}`,
    key: [
      { glyph: '●', colour: 'accent', text: 'mean of the items' },
      { glyph: '—', colour: 'muted', text: 'an item that steers as intended' },
      { glyph: '┄', colour: 'warning', text: 'an item that steers backwards' },
    ],
    help: `Above 0 the model finds ${result.behaviour.positiveMeaning} likelier, below 0 ${result.behaviour.negativeMeaning}; a vector that works gives a line that rises from left to right.`,
    section: 'Propensity',
    description: describe(points, result.unit),
    table: {
      columns: ['multiplier', `mean propensity (${result.unit})`, 'low', 'high', 'items'],
      rows: result.curve.map(({ multiplier, propensity: { value, low, high, n } }) => [
        multiplier,
        value,
        low,
        high,
        n,
      ]),
    },
    draw: (layout) => drawCurve(figure, layout, points, drawn, result),
  };
  if (drawn.length === 0) figure.key.splice(1);
  else if (drawn.every((item) => item.slope! > 0)) figure.key.splice(2);
  return figure;
}

function sayTrend({ steerability, unit }: Piece): string {
  const mean = steerability?.mean;
  if (mean?.value == null) return 'Mean propensity at each multiplier';
  if (mean.low === null || mean.high === null) {
    return `The mean propensity changes by ${formatNumber(mean.value)} ${unit} per unit of multiplier`;
  }
  if (mean.low > 0)
    return `The mean propensity rises by ${formatNumber(mean.value)} ${unit} per unit of multiplier`;
  if (mean.high < 0)
    return `The mean propensity falls by ${formatNumber(-mean.value)} ${unit} per unit: backwards`;
  return `No clear slope: ${formatEstimate(mean)} ${unit} per unit of multiplier`;
}

function describe(points: MeanPoint[], unit: string): string {
  const list = points.map(({ multiplier, ...point }) => {
    const estimate = { ...point, n: 0, method: '', reason: null };
    return `${formatEstimate(estimate)} at multiplier ${formatMultiplier(multiplier)}`;
  });
  return `Line chart of the mean propensity in ${unit} with its 95 % interval: ${list.join('; ')}.`;
}

function drawCurve(
  figure: Figure,
  layout: Layout,
  points: MeanPoint[],
  items: Piece['items'],
  result: Piece,
): string {
  const lines = (backwards: boolean): ItemPoint[] =>
    items
      .filter((item) => item.slope! <= 0 === backwards)
      .flatMap((item) =>
        item.propensities.flatMap((propensity, k) => {
          const multiplier = result.multipliers[k];
          return propensity === null || multiplier === undefined
            ? []
            : [{ item: item.item, multiplier, propensity }];
        }),
      );
  const thin = { x: 'multiplier', y: 'propensity', z: 'item', strokeWidth: 1 } as const;
  const band = points.filter((point) => point.low !== null && point.high !== null);
  const main = { x: 'multiplier', y: 'value' } as const;
  return draw({ ...figure, layout }, [
    {
      height: layout === 'wide' ? 340 : 280,
      marginLeft: 46,
      marginRight: 14,
      marginTop: 28,
      marginBottom: 42,
      x: {
        label: 'multiplier',
        labelAnchor: 'center',
        labelArrow: 'none',
        ticks: points.map((p) => p.multiplier),
        tickFormat: formatMultiplier,
      },
      y: { label: `propensity, ${result.unit}`, ticks: 6, tickFormat: formatTick, nice: true },
      marks: [
        ruleY([0], { stroke: colour('muted') }),
        ruleX([0], { stroke: colour('rule') }),
        line(lines(false), { ...thin, stroke: colour('muted'), strokeOpacity: 0.28 }),
        line(lines(true), { ...thin, stroke: colour('warning'), strokeOpacity: 0.7, strokeDasharray: '3 3' }),
        areaY(band, { x: 'multiplier', y1: 'low', y2: 'high', fill: colour('accent'), fillOpacity: 0.22 }),
        line(points, { ...main, stroke: colour('accent'), strokeWidth: 2.5 }),
        dot(points, { ...main, r: 4, fill: colour('accent'), stroke: colour('paper'), strokeWidth: 1.5 }),
      ],
    },
  ]);
}

/** At most `mostLines` items, evenly spaced in the order of their slopes, so that both ends are among them. */
function spread(items: Piece['items']): Piece['items'] {
  if (items.length <= mostLines) return items;
  const ordered = [...items].sort((a, b) => a.slope! - b.slope!);
  return Array.from(
    { length: mostLines },
    (_, k) => ordered[Math.round((k * (ordered.length - 1)) / (mostLines - 1))]!,
  );
}
