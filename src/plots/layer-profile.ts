import { draw } from './draw.ts';
import { type Figure, type MissingFigure, reasonFor } from './figure.ts';
import { formatEstimate, formatNumber, formatShare } from './format-number.ts';
import {
  itemsOfLayers,
  type LayerRow,
  type LayersPiece,
  type SlopePoint,
  separabilityPanel,
  slopePanel,
  stabilityPanel,
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
  const onWhat = `${itemsOfLayers(result)} items`;
  const stable = result.layerStability !== null && result.layerStability.shares.length > 0;
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
      stable ? sayStability(result) : '',
      'Layers are blocks counted from 0.',
    ]
      .join(' ')
      .trim(),
    key: keyOf(result),
    help: sayHelp(result, slopes),
    section: 'Layer choice',
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
        ...(stable ? ['share of resamples'] : []),
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
        ...(stable ? [result.layerStability!.shares.find((each) => each.layer === layer)?.share ?? 0] : []),
      ]),
    },
    draw: (layout) =>
      draw({ ...figure, layout }, [
        ...(slopes.length > 0 ? [slopePanel(layout, result, slopes, separable.length === 0 && !stable)] : []),
        ...(separable.length > 0
          ? [separabilityPanel(layout, result, separable, { first: slopes.length === 0, last: !stable })]
          : []),
        ...(stable ? [stabilityPanel(layout, result)] : []),
      ]),
  };
  return figure;
}

function sayStability({ layerStability }: LayersPiece): string {
  const { resamples, within95 } = layerStability!;
  return `Stability: the same choice among ${resamples} resamples of the validation items; filled bars hold 95 % of them (${within95.length === 1 ? 'layer' : 'layers'} ${within95.join(', ')}).`;
}

function sayHelp(result: LayersPiece, slopes: SlopePoint[]): string {
  if (itemsOfLayers(result) === 'test')
    return 'The higher the slope, the further the vector of that layer moves the items.';
  const tried =
    slopes.length < result.layers.length
      ? 'Separability picks the layers worth trying, the slope on validation items picks one of them'
      : 'Every layer was tried on validation items, and their slope picks one';
  return `${tried}; the key numbers come from other items.`;
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

function describe({ layer, layers, layerStability, unit }: LayersPiece, slopes: SlopePoint[]): string {
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
    layerStability === null
      ? ''
      : `Of ${layerStability.resamples} resamples ${layerStability.shares.map((each) => `${formatShare(each.share)} choose layer ${each.layer}`).join(', ')}.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}
