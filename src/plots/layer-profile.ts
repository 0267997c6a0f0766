import { dot, line, ruleX, ruleY } from '@observablehq/plot';
import type { Result } from '../result/schema.ts';
import { draw, type Panel } from './draw.ts';
import { type Figure, type Layout, type MissingFigure, reasonFor } from './figure.ts';
import { formatEstimate, formatNumber, formatTick } from './format-number.ts';
import { colour } from './palette.ts';

type Piece = Pick<Result, 'experiment' | 'layers' | 'layer' | 'unit' | 'notMeasured'>;
type LayerRow = Piece['layers'][number];

interface SlopePoint {
  layer: number;
  value: number;
  low: number | null;
  high: number | null;
}

/** Slope and separability at every layer that was looked at, shortlisted and chosen layers marked. */
export function layerProfile(result: Piece): Figure | MissingFigure {
  const id = 'layer-profile';
  const slopes = result.layers.flatMap(({ layer, slope }) =>
    slope?.value == null ? [] : [{ layer, value: slope.value, low: slope.low, high: slope.high }],
  );
  const separable = result.layers.filter(({ separability }) => separability !== null);
  if (slopes.length + separable.length === 0) {
    const missing = reasonFor(result, /layer/i, 'The layer was given, so no other was looked at.');
    return { id, title: 'Layers', missing };
  }
  const onWhat = result.experiment === 'audit' ? 'validation items' : 'test items';
  const n = Math.max(0, ...result.layers.map(({ slope }) => slope?.n ?? 0));
  const figure: Figure = {
    id,
    title: sayLayer(result, slopes, onWhat),
    note: [
      slopes.length > 0
        ? `Slope in ${result.unit} per unit of multiplier on ${n} ${onWhat}, 95 % interval.`
        : '',
      separable.length > 0
        ? 'Separability: cross-validated d′ of the training pairs, in standard deviations.'
        : '',
      'Layers are blocks counted from 0.',
    ]
      .join(' ')
      .trim(),
    key: keyOf(result),
    help:
      result.experiment === 'audit'
        ? 'Separability picks the layers worth trying, the slope on validation items picks one of them; the numbers above come from other items.'
        : 'The higher the slope, the further the vector of that layer moves the items.',
    description: describe(result, slopes),
    table: {
      columns: [
        'layer',
        `slope (${result.unit} per unit)`,
        'low',
        'high',
        'separability (d′)',
        'norm',
        'shortlisted',
        'chosen',
      ],
      rows: result.layers.map(({ layer, slope, separability, norm, shortlisted }) => [
        layer,
        slope?.value ?? null,
        slope?.low ?? null,
        slope?.high ?? null,
        separability,
        norm,
        shortlisted ? 'yes' : 'no',
        layer === result.layer ? 'yes' : 'no',
      ]),
    },
    draw: (layout) =>
      draw({ ...figure, layout }, [
        ...(slopes.length > 0 ? [slopePanel(layout, result, slopes, separable.length === 0)] : []),
        ...(separable.length > 0 ? [separabilityPanel(layout, result, separable, slopes.length === 0)] : []),
      ]),
  };
  return figure;
}

function sayLayer({ layer, layers }: Piece, slopes: SlopePoint[], onWhat: string): string {
  const best = slopes.length === 0 ? null : slopes.reduce((a, b) => (b.value > a.value ? b : a));
  if (layer === null) {
    return best === null
      ? `Separability at ${layers.length} layers`
      : `Layer ${best.layer} moves the ${onWhat} most, of ${slopes.length} tried`;
  }
  if (best?.layer === layer && slopes.length > 1)
    return `Layer ${layer} moves the ${onWhat} most, of ${slopes.length} tried`;
  if (slopes.length > 1) return `Layer ${layer} was chosen of ${slopes.length} tried on ${onWhat}`;
  return `Layer ${layer} of ${layers.length} looked at`;
}

function keyOf(result: Piece): Figure['key'] {
  const key: Figure['key'] = [];
  if (result.layer !== null)
    key.push({ glyph: '◆', colour: 'accent', text: `chosen layer (${result.layer})` });
  if (result.layers.some(({ shortlisted }) => shortlisted))
    key.push({ glyph: '●', colour: 'ink', text: 'shortlisted' });
  if (result.layers.some(({ shortlisted }) => !shortlisted))
    key.push({ glyph: '○', colour: 'muted', text: 'other' });
  return key;
}

function describe({ layer, layers, unit }: Piece, slopes: SlopePoint[]): string {
  const tried = slopes.map(
    (point) => `${formatEstimate({ ...point, n: 0, method: '', reason: null })} at layer ${point.layer}`,
  );
  const most = layers.reduce<LayerRow | null>(
    (best, row) => ((row.separability ?? -Infinity) > (best?.separability ?? -Infinity) ? row : best),
    null,
  );
  return [
    `Chart over ${layers.length} layers.`,
    tried.length > 0 ? `Slope in ${unit} per unit of multiplier: ${tried.join('; ')}.` : '',
    most?.separability == null
      ? ''
      : `Separability is largest at layer ${most.layer}: ${formatNumber(most.separability)}.`,
    layer === null ? 'No layer was chosen.' : `Layer ${layer} was chosen.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function slopePanel(layout: Layout, result: Piece, slopes: SlopePoint[], last: boolean): Panel {
  const label = `${layout === 'wide' ? 'slope on ' : ''}${result.experiment === 'audit' ? 'validation' : 'test'} ${layout === 'wide' ? 'items' : 'slope'}, ${result.unit} per unit`;
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

function separabilityPanel(layout: Layout, result: Piece, rows: LayerRow[], first: boolean): Panel {
  return {
    ...sharedOptions(layout, result, true),
    height: (layout === 'wide' ? 170 : 160) + (first ? 10 : 0),
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

function sharedOptions(layout: Layout, result: Piece, last: boolean) {
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

function chosenRule({ layer }: Piece) {
  return layer === null
    ? null
    : ruleX([layer], { stroke: colour('accent'), strokeOpacity: 0.35, strokeWidth: 1.5 });
}

function marks<Row extends { layer: number }>(result: Piece, rows: Row[], y: keyof Row & string) {
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

function toneOf(result: Piece, layer: number): string {
  return colour(layer === result.layer ? 'accent' : 'muted');
}
