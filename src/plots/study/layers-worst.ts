import { areaY, dot, line, ruleY, text } from '@observablehq/plot';
import type { Study } from '../../result/study.ts';
import { draw, type Panel } from '../draw.ts';
import { figureWidth } from '../figure.ts';
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
  steepest,
  withoutLayers,
} from './layer-data.ts';
import { roundTicks } from './ranges.ts';
import { judged } from './runs.ts';
import { picture, type StudyFigure } from './study-figure.ts';
import { shortenBold } from './text-width.ts';

type Row = LayerBlock['rows'][number];

/** A third of the datasets, and no more than this. */
const atMost = 6;

/** Figure 15: mean slope at every layer for the datasets that steer worst, each in a panel of its own. */
export function layersWorst(study: Study): StudyFigure {
  const place = {
    id: 'figure-15-layers-worst',
    name: 'Layers of the worst datasets',
    paper: '15',
    section: 'Layer choice',
  };
  const blocks = worstBlocks(study);
  if (blocks.length === 0) return withoutLayers(study, place);
  return picture(
    {
      ...place,
      title: sayWorst(blocks),
      note: `A model's third of datasets with the lowest mean slopes, ${atMost} at most. ${sayLayers(blocks)} Band: 95 % interval.`,
      key: [
        { glyph: '◆', colour: 'accent', text: 'chosen layer' },
        { glyph: '○', colour: 'warning', text: 'layer with the highest mean, where it is another' },
      ],
      help: 'A line that is flat near 0 says that no layer steers this behaviour. The highest of many layers is high partly by chance, so a better layer is one whose interval lies above that of the chosen one.',
      description: describeLayers(blocks),
      table: layerTable(study, blocks),
    },
    (figure, layout) => {
      const columns = layout === 'wide' ? 3 : 1;
      return draw(
        { ...figure, layout },
        blocks.flatMap((block) => {
          const ends = block.rows.flatMap(({ data }) =>
            data.layers.flatMap(({ slope }) => [slope.value, slope.low, slope.high]),
          );
          const y = domainOf(ends, [0]);
          return Array.from({ length: Math.ceil(block.rows.length / columns) }, (_, k) =>
            block.rows
              .slice(k * columns, (k + 1) * columns)
              .map((row, column) =>
                curvePanel(
                  row,
                  k + column === 0 ? block.heading : '',
                  k === 0,
                  y,
                  block.unit,
                  figureWidth[layout],
                  columns,
                ),
              ),
          );
        }),
      );
    },
  );
}

/** The lowest rows of each model, worst first, formats together where both are few. */
function worstBlocks(study: Study): LayerBlock[] {
  return layerBlocks(study).flatMap((block) => {
    const known = block.rows.filter(({ leftOut }) => !leftOut);
    const rows = known.slice(-Math.min(atMost, Math.max(1, Math.round(known.length / 3)))).reverse();
    return rows.length === 0 ? [] : [{ ...block, rows }];
  });
}

function sayWorst(blocks: LayerBlock[]): string {
  const rows = judged(blocks);
  const better = rows.filter(({ data }) => {
    const best = steepest(data.layers);
    const chosen = data.layers.find(({ layer }) => layer === data.chosen);
    return chosen?.slope.high != null && best.slope.low !== null && best.slope.low > chosen.slope.high;
  }).length;
  const known = `of the ${rows.length} worst cases`;
  return better === 0
    ? `None ${known} has a layer that steers clearly better than the chosen one`
    : `${better} ${known} ${better === 1 ? 'has' : 'have'} a layer that steers clearly better than the chosen one`;
}

function curvePanel(
  { label, data }: Row,
  heading: string,
  firstRow: boolean,
  y: [number, number],
  unit: string,
  gridWidth: number,
  columns: number,
): Panel {
  const width = gridWidth / columns;
  const points = data.layers.map(({ layer, slope }) => ({ layer, ...slope }));
  const band = points.filter(({ low, high }) => low !== null && high !== null);
  const chosen = points.filter(({ layer }) => layer === data.chosen);
  const best = points.filter(({ layer }) => layer !== data.chosen && layer === steepest(data.layers).layer);
  const top = firstRow ? 68 : 46;
  const mark = { x: 'layer', y: 'value' } as const;
  const words = (line: string, dy: number, style: object) =>
    text([line], { frameAnchor: 'top-left', dx: -40, dy, fill: colour('ink'), ...style });
  return {
    ...layerAxis(points, true, 5),
    width,
    height: 118 + top + 40,
    marginTop: top,
    marginBottom: 40,
    y: { domain: y, label: null, ticks: roundTicks(y, 4), tickFormat: formatTick, tickSize: 3 },
    marks: [
      ...(heading === ''
        ? []
        : [words(shortenBold(heading, gridWidth - 16, 13), -top + 8, { fontSize: 13, fontWeight: 600 })]),
      words(shortenBold(label, width - 18), -35, { fontWeight: 600 }),
      words(`↑ mean slope, ${unit} per unit`, -18, { fill: colour('muted'), fontSize: 11 }),
      areaY(band, { x: 'layer', y1: 'low', y2: 'high', fill: colour('muted'), fillOpacity: 0.2 }),
      ruleY([0], { stroke: colour('muted') }),
      line(points, { ...mark, stroke: colour('ink'), strokeWidth: 1.5 }),
      dot(best, { ...mark, r: 4, fill: colour('paper'), stroke: colour('warning'), strokeWidth: 1.75 }),
      dot(chosen, { ...mark, r: 5, symbol: 'diamond', fill: colour('accent'), stroke: colour('paper') }),
    ],
  };
}
