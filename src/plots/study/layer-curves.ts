import { dot, line, ruleY, text } from '@observablehq/plot';
import type { Study } from '../../result/study.ts';
import { draw, type Panel } from '../draw.ts';
import { figureWidth, type Layout } from '../figure.ts';
import { formatTick } from '../format-number.ts';
import { colour } from '../palette.ts';
import { domainOf } from '../ranges.ts';
import {
  describeLayers,
  type LayerBlock,
  layerAxis,
  layerBlocks,
  layerTable,
  sayLayers,
  withoutLayers,
} from './layer-data.ts';
import { quantileOf, roundTicks } from './ranges.ts';
import { judged, modelTitle, sayLeftOut } from './runs.ts';
import { picture, type StudyFigure } from './study-figure.ts';
import { shortenBold } from './text-width.ts';

/** Figures 11 to 14: mean slope at every layer, one line a dataset, a panel a model. */
export function layerCurves(study: Study): StudyFigure {
  const place = {
    id: 'figure-11-to-14-layers',
    name: 'Steering at every layer',
    paper: '11 to 14',
    section: 'Layer choice',
  };
  const blocks = layerBlocks(study);
  if (blocks.length === 0) return withoutLayers(study, place);
  return picture(
    {
      ...place,
      title: sayChosen(study, blocks),
      note: `${sayLayers(blocks)} Intervals are in the table.${sayLeftOut(blocks)}`,
      key: [
        { glyph: '—', colour: 'muted', text: 'a dataset' },
        { glyph: '◇', colour: 'accent', text: 'its chosen layer' },
        { glyph: '—', colour: 'accent', text: 'mean of the datasets' },
      ],
      help: 'Lines that rise and fall at one place say that the layer belongs to the model and not to the dataset; the marks below count the chosen layers.',
      description: describeLayers(blocks),
      table: layerTable(study, blocks),
    },
    (figure, layout) =>
      draw(
        { ...figure, layout },
        blocks.flatMap((block) => [curvesPanel(layout, block), choicesPanel(layout, block)]),
      ),
  );
}

function sayChosen(study: Study, blocks: LayerBlock[]): string {
  const models = [...new Set(blocks.map(({ model }) => model))].map((model) => {
    const chosen = judged(blocks.filter((block) => block.model === model)).flatMap(
      ({ data }) => data.chosen ?? [],
    );
    const [low, high] = [quantileOf(chosen, 0.25), quantileOf(chosen, 0.75)];
    const blocksIn = study.models.find(({ id }) => id === model)?.blocks;
    if (low === null || high === null) return '';
    const [from, to] = [Math.floor(low), Math.ceil(high)];
    const range = from === to ? `${from}` : `${from} to ${to}`;
    return `${range} of ${blocksIn} (${modelTitle(study, model)})`;
  });
  const known = models.filter((words) => words !== '');
  return known.length === 0
    ? 'Steering at every layer'
    : `${judged(blocks).length === models.length ? 'Chosen is' : 'The middle half of the datasets choose'} layer ${known.join(', ')}`;
}

interface CurvePoint {
  layer: number;
  value: number;
  name: string;
}

function curvesPanel(layout: Layout, { heading, unit, rows }: LayerBlock): Panel {
  const points = rows.flatMap(({ label, data }) =>
    data.layers.map(({ layer, slope }): CurvePoint => ({ layer, value: slope.value, name: label })),
  );
  const peaks = rows.flatMap(({ label, data }) =>
    data.layers
      .filter(({ layer }) => layer === data.chosen)
      .map(({ layer, slope }): CurvePoint => ({ layer, value: slope.value, name: label })),
  );
  const y = domainOf(
    points.map(({ value }) => value),
    [0],
  );
  return {
    ...layerAxis(points, false),
    height: layout === 'wide' ? 250 : 220,
    marginTop: 44,
    marginBottom: 8,
    y: { domain: y, label: null, ticks: roundTicks(y, 6), tickFormat: formatTick, tickSize: 3 },
    marks: [
      ...title(layout, heading, `↑ mean slope, ${unit} per unit`),
      ruleY([0], { stroke: colour('muted') }),
      line(points, {
        ...{ x: 'layer', y: 'value', z: 'name', title: 'name', strokeWidth: 1.1 },
        ...{ stroke: colour('muted'), strokeOpacity: 0.5 },
      }),
      ...(rows.length < 3
        ? []
        : [line(meanCurve(rows), { x: 'layer', y: 'value', stroke: colour('accent'), strokeWidth: 2.5 })]),
      dot(peaks, {
        ...{ x: 'layer', y: 'value', r: 4, symbol: 'diamond', title: 'name' },
        ...{ fill: colour('paper'), stroke: colour('accent'), strokeWidth: 1.5 },
      }),
    ],
  };
}

/** Chosen layers as a dot histogram under the curves, on the same axis. */
function choicesPanel(layout: Layout, { rows }: LayerBlock): Panel {
  const seen = new Map<number, number>();
  const dots = rows.flatMap(({ label, leftOut, data: { chosen } }) => {
    if (chosen === null) return [];
    const place = (seen.get(chosen) ?? 0) + 1;
    seen.set(chosen, place);
    return [{ layer: chosen, place, name: label, leftOut }];
  });
  const tallest = Math.max(4, ...seen.values());
  const step = Math.min(9, 90 / tallest);
  const points = rows.flatMap(({ data }) => data.layers);
  return {
    ...layerAxis(points, true),
    height: 20 + tallest * step + 44,
    marginTop: 20,
    marginBottom: 44,
    y: { axis: null, domain: [0, tallest] },
    marks: [
      text(['datasets by chosen layer'], {
        frameAnchor: 'top-left',
        dy: -12,
        dx: -40,
        fontSize: 11.5,
        fill: colour('muted'),
      }),
      ruleY([0], { stroke: colour('muted') }),
      dot(dots, {
        x: 'layer',
        y: ({ place }: { place: number }) => place - 0.5,
        r: Math.min(layout === 'wide' ? 4 : 3, step / 2 - 0.4),
        symbol: 'diamond',
        fill: ({ leftOut }: { leftOut: boolean }) => colour(leftOut ? 'muted' : 'accent'),
        title: 'name',
      }),
    ],
  };
}

function title(layout: Layout, heading: string, axis: string) {
  return [
    text([shortenBold(heading, figureWidth[layout] - 16, 13)], {
      frameAnchor: 'top-left',
      dx: -40,
      dy: -36,
      fontSize: 13,
      fontWeight: 600,
      fill: colour('ink'),
    }),
    text([axis], { frameAnchor: 'top-left', dx: -40, dy: -16, fontSize: 11.5, fill: colour('muted') }),
  ];
}

function meanCurve(rows: LayerBlock['rows']): { layer: number; value: number }[] {
  const sums = new Map<number, { sum: number; n: number }>();
  for (const { data, leftOut } of rows) {
    if (leftOut) continue;
    for (const { layer, slope } of data.layers) {
      const { sum, n } = sums.get(layer) ?? { sum: 0, n: 0 };
      sums.set(layer, { sum: sum + slope.value, n: n + 1 });
    }
  }
  return [...sums].sort(([a], [b]) => a - b).map(([layer, { sum, n }]) => ({ layer, value: sum / n }));
}
