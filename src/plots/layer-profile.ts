import { draw } from './draw.ts';
import { type Figure, type MissingFigure, reasonFor } from './figure.ts';
import { formatEstimate, formatNumber } from './format-number.ts';
import {
  type LayerRow,
  type LayersPiece,
  type SlopePoint,
  separabilityPanel,
  slopePanel,
} from './layer-panels.ts';

/** Slope and separability at every layer that was looked at, shortlisted and chosen layers marked. */
export function layerProfile(result: LayersPiece): Figure | MissingFigure {
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

function sayLayer({ layer, layers }: LayersPiece, slopes: SlopePoint[], onWhat: string): string {
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

function keyOf(result: LayersPiece): Figure['key'] {
  const key: Figure['key'] = [];
  if (result.layer !== null)
    key.push({ glyph: '◆', colour: 'accent', text: `chosen layer (${result.layer})` });
  if (result.layers.some(({ shortlisted }) => shortlisted))
    key.push({ glyph: '●', colour: 'ink', text: 'shortlisted' });
  if (result.layers.some(({ shortlisted }) => !shortlisted))
    key.push({ glyph: '○', colour: 'muted', text: 'not shortlisted' });
  return key.length > 1 ? key : [];
}

function describe({ layer, layers, unit }: LayersPiece, slopes: SlopePoint[]): string {
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
