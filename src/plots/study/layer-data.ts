import type { Study } from '../../result/study.ts';
import type { FigureTable } from '../figure.ts';
import { formatNumber } from '../format-number.ts';
import { roundTicks } from './ranges.ts';
import { type Block, blocksOf, modelTitle, type Run, unitWords } from './runs.ts';
import { estimateCells, estimateColumns, sayItems } from './say.ts';
import { type MissingStudyFigure, missing } from './study-figure.ts';

type Layer = Run['result']['layers'][number];

interface Data {
  layers: (Layer & { slope: NonNullable<Layer['slope']> & { value: number } })[];
  chosen: number | null;
}

/** The layer curves of one model in one unit. */
export type LayerBlock = Block<Data>;

/** Runs that were steered at every layer (at half of them at least: a shortlist is not a curve). */
export function layerBlocks(study: Study): LayerBlock[] {
  return blocksOf(
    study,
    (run): Data | null => {
      const layers = run.result.layers.filter(
        (layer): layer is Data['layers'][number] => layer.slope?.value != null,
      );
      if (layers.length < Math.max(3, run.result.model.blocks / 2)) return null;
      return { layers, chosen: run.result.layer };
    },
    (_, run) => run.result.steerability?.mean.value ?? -Infinity,
  );
}

/** The place of a figure of layer curves without any. */
export function withoutLayers(study: Study, place: Parameters<typeof missing>[0]): MissingStudyFigure {
  return missing(place, study, /layer/i, 'No run was steered at every layer.');
}

/** Unit and number of items, and what a layer is. */
export function sayLayers(blocks: LayerBlock[]): string {
  const rows = blocks.flatMap((block) => block.rows);
  const items = sayItems(rows.flatMap(({ data }) => data.layers.map(({ slope }) => slope.n)));
  return `Mean slope in ${unitWords(rows.map(({ run }) => run))} per unit of multiplier over ${items}, at every layer; layers are blocks counted from 0.`;
}

/** The layer with the highest mean slope. */
export function steepest(layers: Data['layers']): Data['layers'][number] {
  return layers.reduce((a, b) => (b.slope.value > a.slope.value ? b : a));
}

/** Where each dataset steers most, and the layer chosen for it. */
export function describeLayers(blocks: LayerBlock[]): string {
  return blocks
    .map(
      (block) =>
        `${block.heading}: ${block.rows
          .map(({ label, data }) => {
            const best = steepest(data.layers);
            return `${label} steers most at layer ${best.layer} (${formatNumber(best.slope.value)}), chosen ${data.chosen ?? 'none'}`;
          })
          .join('; ')}.`,
    )
    .join(' ');
}

/** Every slope at every layer. */
export function layerTable(study: Study, blocks: LayerBlock[]): FigureTable {
  return {
    columns: ['model', 'dataset', 'unit', 'layer', ...estimateColumns('mean slope'), 'chosen', 'left out'],
    rows: blocks.flatMap(({ rows }) =>
      rows.flatMap(({ run, data }) =>
        data.layers.map(({ layer, slope }) => [
          ...[modelTitle(study, run.model), run.behaviour, run.result.unit, layer, ...estimateCells(slope)],
          ...[layer === data.chosen ? 'yes' : 'no', run.leftOut],
        ]),
      ),
    ),
  };
}

/** The x axis of layers, whole numbers. */
export function layerAxis(points: { layer: number }[], labelled: boolean, most = 12) {
  const layers = points.map(({ layer }) => layer);
  const [from, to] = [Math.min(...layers), Math.max(...layers)];
  const ticks = roundTicks([from, to], most).filter((tick) => Number.isInteger(tick));
  return {
    marginLeft: 48,
    marginRight: 14,
    x: {
      domain: [from - 0.5, to + 0.5],
      ticks: labelled ? ticks : [],
      tickFormat: (layer: number) => `${layer}`,
      tickSize: 3,
      label: labelled ? 'layer' : null,
      labelAnchor: 'center' as const,
      labelArrow: 'none' as const,
    },
  };
}
