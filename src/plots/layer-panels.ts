import { dot, line, rect, ruleX, ruleY, text } from '@observablehq/plot';
import type { Result } from '../result/schema.ts';
import type { Panel } from './draw.ts';
import type { Layout } from './figure.ts';
import { formatShare, formatTick } from './format-number.ts';
import { colour } from './palette.ts';
import { percentTick } from './ranges.ts';

/** What the layer profile takes from a result. */
export type LayersPiece = Pick<
  Result,
  'experiment' | 'layers' | 'layer' | 'layerStability' | 'unit' | 'notMeasured'
>;

/** One layer of the profile. */
export type LayerRow = LayersPiece['layers'][number];

/** Mean slope at a layer, with its interval where there is one. */
export interface SlopePoint {
  layer: number;
  value: number;
  low: number | null;
  high: number | null;
}

/** The items that a layer's slope was measured on: only a sweep steers the test items at every layer. */
export function itemsOfLayers({ experiment }: Pick<LayersPiece, 'experiment'>): 'validation' | 'test' {
  return experiment === 'sweep' ? 'test' : 'validation';
}

/** Slope of each layer that was tried, with its interval. */
export function slopePanel(layout: Layout, result: LayersPiece, slopes: SlopePoint[], last: boolean): Panel {
  const label = `${layout === 'wide' ? 'slope on ' : ''}${itemsOfLayers(result)} ${layout === 'wide' ? 'items' : 'slope'}, ${result.unit} per unit`;
  const ends = slopes.filter((point) => point.low !== null && point.high !== null);
  return {
    ...sharedOptions(layout, result, last),
    height: (layout === 'wide' ? 190 : 170) + (last ? 20 : 0),
    y: { label, ticks: 4, tickFormat: formatTick, nice: true, zero: true },
    marks: [
      chosenRule(result),
      ruleY([0], { stroke: colour('muted') }),
      slopes.length > result.layers.length / 2
        ? line(slopes, { x: 'layer', y: 'value', stroke: colour('muted'), strokeWidth: 1 })
        : null,
      ruleX(ends, {
        x: 'layer',
        y1: 'low',
        y2: 'high',
        stroke: (p: SlopePoint) => toneOf(result, p.layer),
        strokeWidth: 2,
      }),
      ...marks(result, slopes, 'value'),
    ],
  };
}

/** Separability of the training pairs at each layer. */
export function separabilityPanel(
  layout: Layout,
  result: LayersPiece,
  rows: LayerRow[],
  { first, last }: { first: boolean; last: boolean },
): Panel {
  return {
    ...sharedOptions(layout, result, last),
    height: (layout === 'wide' ? 170 : 160) + (first ? 10 : 0) - (last ? 0 : 20),
    y: {
      label: 'separability of training pairs, d′',
      ticks: 4,
      tickFormat: formatTick,
      nice: true,
      zero: true,
    },
    marks: [
      chosenRule(result),
      ruleY([0], { stroke: colour('muted') }),
      line(rows, { x: 'layer', y: 'separability', stroke: colour('muted'), strokeWidth: 1 }),
      ...marks(result, rows, 'separability'),
    ],
  };
}

/** Share of the resamples that choose each layer; those that hold 95 % of the choices are filled. */
export function stabilityPanel(layout: Layout, result: LayersPiece): Panel {
  const { shares, within95 } = result.layerStability!;
  const bars = shares.map(({ layer, share }) => ({
    ...{ layer, share, from: layer - 0.4, to: layer + 0.4, zero: 0, inside: within95.includes(layer) },
    tone: toneOf(result, layer),
  }));
  type Bar = (typeof bars)[number];
  return {
    ...sharedOptions(layout, result, true),
    height: layout === 'wide' ? 140 : 130,
    y: {
      label: `share of ${result.layerStability!.resamples} resamples that choose it`,
      domain: [0, Math.max(...shares.map(({ share }) => share)) * 1.18],
      ticks: 3,
      tickFormat: percentTick,
    },
    marks: [
      rect(bars, {
        ...{ x1: 'from', x2: 'to', y1: 'zero', y2: 'share', stroke: 'tone', strokeWidth: 1.5 },
        fill: (bar: Bar) => (bar.inside ? bar.tone : colour('paper')),
      }),
      ruleY([0], { stroke: colour('muted') }),
      text(bars.slice(0, 1), {
        ...{ x: 'layer', y: 'share', dy: -8, fill: 'tone', fontWeight: 600 },
        text: ({ share }: Bar) => formatShare(share),
      }),
    ],
  };
}

function sharedOptions(layout: Layout, result: LayersPiece, last: boolean) {
  const numbers = result.layers.map(({ layer }) => layer);
  const from = Math.min(...numbers);
  const to = Math.max(...numbers);
  const every = Math.max(1, Math.ceil((to - from) / (layout === 'wide' ? 15 : 7)));
  const ticks = numbers.filter((layer) => (layer - from) % every === 0);
  return {
    marginLeft: 46,
    marginRight: 14,
    marginTop: 30,
    marginBottom: last ? 40 : 14,
    x: {
      domain: [from - 0.7, to + 0.7],
      ticks: last ? ticks : [],
      label: last ? 'layer' : null,
      labelAnchor: 'center' as const,
      labelArrow: 'none' as const,
      tickFormat: (layer: number) => `${layer}`,
    },
  };
}

function chosenRule({ layer }: LayersPiece) {
  return layer === null
    ? null
    : ruleX([layer], { stroke: colour('accent'), strokeOpacity: 0.35, strokeWidth: 1.5 });
}

function marks<Row extends { layer: number }>(result: LayersPiece, rows: Row[], y: keyof Row & string) {
  const shortlist = new Set(result.layers.filter(({ shortlisted }) => shortlisted).map(({ layer }) => layer));
  const chosen = rows.filter(({ layer }) => layer === result.layer);
  const other = rows.filter(({ layer }) => layer !== result.layer);
  return [
    dot(
      other.filter(({ layer }) => !shortlist.has(layer)),
      { x: 'layer', y, r: 3, fill: colour('paper'), stroke: colour('muted') },
    ),
    dot(
      other.filter(({ layer }) => shortlist.has(layer)),
      { x: 'layer', y, r: 3.5, fill: colour('ink') },
    ),
    dot(chosen, { x: 'layer', y, r: 6, symbol: 'diamond', fill: colour('accent') }),
  ];
}

function toneOf(result: LayersPiece, layer: number): string {
  return colour(layer === result.layer ? 'accent' : 'muted');
}
