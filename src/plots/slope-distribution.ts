import { dot, rect, rectY, ruleX, text } from '@observablehq/plot';
import type { Result } from '../result/schema.ts';
import { type DotBin, stackInBins } from './bins.ts';
import { draw, type Panel } from './draw.ts';
import { type Figure, figureWidth, type Layout, type MissingFigure, reasonFor } from './figure.ts';
import { formatEstimate, formatNumber, formatShareEstimate, formatTick } from './format-number.ts';
import { colour } from './palette.ts';

type Piece = Pick<Result, 'items' | 'unit' | 'steerability' | 'layer' | 'notMeasured'>;

const margin = { left: 16, right: 16, top: 34, bottom: 42 };

/** Radius below which dots can no longer be told apart, so that bars stand in for them, CSS pixels. */
const smallestRadius = 2.2;

/** How far each item steers: one dot an item, backwards items in another colour and shape. */
export function slopeDistribution(result: Piece): Figure | MissingFigure {
  const id = 'slope-distribution';
  const items = result.items.flatMap(({ item, slope, r2 }) => (slope === null ? [] : [{ item, slope, r2 }]));
  if (items.length === 0) {
    const missing = reasonFor(result, /items|steerability/i, 'No item has a slope.');
    return { id, title: 'Slope of each item', missing };
  }
  const n = items.length;
  const backwards = items.filter(({ slope }) => slope <= 0).length;
  const slopes = items.map(({ slope }) => slope).sort((a, b) => a - b);
  const left = result.items.length - n;
  const share = result.steerability?.antiSteerable;
  const interval = share ? `; share of backwards items ${formatShareEstimate(share)}` : '';
  const figure: Figure = {
    id,
    title: sayBackwards(backwards, n),
    note: `Slope in ${result.unit} per unit of multiplier, ${n} test items${interval}${result.steerability?.mean.low == null ? '' : '; band: 95 % interval of the mean'}.${
      left > 0 ? ` ${left} more ${left === 1 ? 'item has' : 'items have'} no slope.` : ''
    }`,
    key: [
      { glyph: '●', colour: 'accent', text: 'steers as intended (slope above 0)' },
      ...(backwards === 0
        ? []
        : [{ glyph: '▼', colour: 'warning' as const, text: 'steers backwards (slope 0 or below)' }]),
    ],
    help: 'Every mark is one item, to the right when the vector moves it further; marks left of 0 are items that the vector moves the wrong way.',
    section: 'Steerability',
    description: `Dot histogram of ${n} slopes in ${result.unit} per unit of multiplier, from ${formatNumber(slopes[0]!)} to ${formatNumber(slopes[n - 1]!)}; ${backwards} are 0 or below${
      result.steerability ? `; the mean is ${formatEstimate(result.steerability.mean)}` : ''
    }.`,
    table: {
      columns: ['item', `slope (${result.unit} per unit)`, 'R²'],
      rows: [...items].sort((a, b) => a.slope - b.slope).map(({ item, slope, r2 }) => [item, slope, r2]),
    },
    draw: (layout) => draw({ ...figure, layout }, [distributionPanel(layout, items, result)]),
  };
  return figure;
}

function sayBackwards(backwards: number, n: number): string {
  if (backwards === 0) return `None of the ${n} items steers backwards`;
  if (backwards === n) return `All ${n} items steer backwards`;
  return `${backwards} of ${n} items ${backwards === 1 ? 'steers' : 'steer'} backwards`;
}

function distributionPanel(layout: Layout, items: { item: number; slope: number }[], result: Piece): Panel {
  const wide = layout === 'wide';
  const bins = stackInBins(items, wide ? 40 : 24);
  const tallest = Math.max(...bins.dots.map((entry) => entry.place));
  const innerWidth = figureWidth[layout] - margin.left - margin.right;
  const binWidth = innerWidth / ((bins.to - bins.from) / bins.step);
  const room = wide ? 200 : 170;
  const radius = Math.min(binWidth / 2 - 0.5, room / tallest / 2, 7);
  const innerHeight = radius < smallestRadius ? room : Math.max(60, tallest * radius * 2 + radius);
  const mean = result.steerability?.mean;
  const [low, high] = [mean?.low ?? null, mean?.high ?? null];
  return {
    height: innerHeight + margin.top + margin.bottom,
    marginLeft: margin.left,
    marginRight: margin.right,
    marginTop: margin.top,
    marginBottom: margin.bottom,
    x: {
      domain: [bins.from, bins.to],
      label: `slope, ${result.unit} per unit of multiplier`,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: wide ? 9 : 5,
      tickFormat: formatTick,
    },
    y: { domain: [0, radius < smallestRadius ? tallest : innerHeight / (2 * radius)], axis: null },
    marks: [
      low === null || high === null
        ? null
        : rect([0], { x1: [low], x2: [high], fill: colour('ink'), fillOpacity: 0.1 }),
      ruleX([0], { stroke: colour('muted') }),
      mean?.value == null ? null : ruleX([mean.value], { stroke: colour('ink'), strokeDasharray: '4 3' }),
      mean?.value == null ? null : meanLabel(mean.value, bins.from, bins.to),
      ...(radius < smallestRadius ? bars(bins.dots, bins.step) : dots(bins.dots, radius)),
      ruleX([0], { stroke: 'none' }),
    ],
  };
}

function meanLabel(value: number, from: number, to: number) {
  const place = (value - from) / (to - from);
  const textAnchor = place < 0.2 ? 'start' : place > 0.8 ? 'end' : 'middle';
  return text([`mean ${formatNumber(value)}`], {
    x: [value],
    frameAnchor: 'top',
    dy: -20,
    textAnchor,
    fill: colour('ink'),
  });
}

function dots(all: DotBin[], radius: number) {
  const place = {
    x: 'centre',
    y: (entry: DotBin) => entry.place - 0.5,
    title: (entry: DotBin) => `item ${entry.item}: ${formatNumber(entry.slope)}`,
  };
  return [
    dot(
      all.filter((entry) => entry.slope > 0),
      { ...place, r: radius - 0.75, fill: colour('accent') },
    ),
    // A triangle of the same radius has less than half the area of the circle.
    dot(
      all.filter((entry) => entry.slope <= 0),
      { ...place, r: radius - 0.75, symbol: 'triangle', rotate: 180, fill: colour('warning') },
    ),
  ];
}

/** Filled bars for items as intended, outlined ones for backwards items. */
function bars(all: DotBin[], step: number) {
  const tops = new Map<number, DotBin>();
  for (const entry of all)
    if ((tops.get(entry.centre)?.place ?? 0) < entry.place) tops.set(entry.centre, entry);
  const place = {
    x1: (entry: DotBin) => entry.centre - step / 2,
    x2: (entry: DotBin) => entry.centre + step / 2,
    y: 'place',
    insetLeft: 0.5,
    insetRight: 0.5,
  };
  const highest = [...tops.values()];
  return [
    rectY(
      highest.filter((entry) => entry.centre > 0),
      { ...place, fill: colour('accent') },
    ),
    rectY(
      highest.filter((entry) => entry.centre <= 0),
      { ...place, fill: colour('paper'), stroke: colour('warning'), strokeWidth: 2 },
    ),
  ];
}
