import { dot, link } from '@observablehq/plot';
import type { Study } from '../../result/study.ts';
import { formatShare } from '../format-number.ts';
import { colour } from '../palette.ts';
import { type Column, drawRows, type Place, type Placed } from './row-chart.ts';
import { wordMarks } from './row-marks.ts';
import { type Block, blocksOf, judged, modelTitle, type Run, sayLeftOut } from './runs.ts';
import { medianShare, sayItems } from './say.ts';
import { type Shade, shadeMarks } from './shades.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';

interface Data {
  stability: NonNullable<Run['result']['layerStability']>;
  slopes: { layer: number; value: number }[];
  chosen: number | null;
  blocks: number;
}

/** How firmly each dataset's layer is chosen: slopes as shades, the layers that resampled items choose underlined. */
export function layerStability(study: Study): StudyFigure {
  const place = {
    id: 'layer-stability',
    name: 'How firmly layers are chosen',
    paper: null,
    section: 'Layer choice',
  };
  const blocks = blocksOf(
    study,
    ({ result }): Data | null =>
      result.layerStability === null
        ? null
        : {
            stability: result.layerStability,
            slopes: result.layers.flatMap(({ layer, slope }) =>
              slope?.value == null ? [] : [{ layer, value: slope.value }],
            ),
            chosen: result.layer,
            blocks: result.model.blocks,
          },
    (_, run) => run.result.steerability?.mean.value ?? -Infinity,
  );
  const rows = blocks.flatMap((block) => block.rows);
  if (rows.length === 0) {
    return missing(place, study, /layer/i, 'No run chose its layer again from resampled items.');
  }
  const shares = judged(blocks).map(({ data }) => shareOfChosen(data));
  const counts = sayItems(
    rows.map(({ data }) => data.stability.resamples),
    'resamples',
  );
  return picture(
    {
      ...place,
      title: `Resampled items choose the same layer again in ${medianShare(shares)} of the cases${shares.length > 1 ? ', in the median run' : ''}`,
      note: `The rule that chooses the layer, applied to ${counts} of the validation items. Shade: mean slope at the layer, against the largest of the row. Layers are blocks counted from 0.${sayLeftOut(blocks)}`,
      key: [
        { glyph: '◆', colour: 'ink', text: 'chosen layer' },
        { glyph: '—', colour: 'ink', text: 'smallest set of layers with 95 % of the choices' },
        { glyph: '■', colour: 'accent', text: 'steers as intended' },
        { glyph: '■', colour: 'warning', text: 'steers backwards' },
      ],
      help: 'A dark column through all rows says that one layer serves all datasets; a long line says that the items at hand cannot tell these layers apart.',
      description: blocks
        .map(
          (block) =>
            `${block.heading}: ${block.rows
              .map(
                ({ label, data }) =>
                  `${label} layer ${data.chosen ?? 'none'}, chosen again in ${formatShare(shareOfChosen(data))}`,
              )
              .join('; ')}.`,
        )
        .join(' '),
      table: {
        columns: [
          'model',
          'dataset',
          'chosen layer',
          'layer',
          'share of resamples',
          'among the 95 %',
          'left out',
        ],
        rows: rows.flatMap(({ run, data: { stability, chosen } }) =>
          stability.shares.map(({ layer, share }) => [
            ...[modelTitle(study, run.model), run.behaviour, chosen, layer, share],
            ...[stability.within95.includes(layer) ? 'yes' : 'no', run.leftOut],
          ]),
        ),
      },
    },
    (figure, layout) => drawRows({ ...figure, layout }, blocks, columns),
  );
}

function shareOfChosen({ stability, chosen }: Data): number {
  return stability.shares.find(({ layer }) => layer === chosen)?.share ?? 0;
}

function columns(block: Block<Data>): Column<Data>[] {
  const last = Math.max(...block.rows.map(({ data }) => data.blocks - 1));
  return [
    {
      title: 'layer',
      weight: 0.84,
      domain: [-0.5, last + 0.5],
      plainZero: true,
      marks: (rows, place) => [
        ...shadeMarks(rows.flatMap((row) => shades(row, place))),
        link(
          rows.flatMap(({ data, y }) => runsOf(data.stability.within95).map((ends) => ({ ...ends, y }))),
          {
            x1: 'from',
            x2: 'to',
            y1: ({ y }: Placed<Data>) => y + place.half * 0.95,
            y2: ({ y }: Placed<Data>) => y + place.half * 0.95,
            stroke: colour('ink'),
            strokeWidth: 2,
          },
        ),
        dot(
          rows.filter(({ data }) => data.chosen !== null),
          {
            x: ({ data }: Placed<Data>) => data.chosen!,
            y: 'y',
            r: 4,
            symbol: 'diamond',
            fill: (row: Placed<Data>) => row.tone('ink'),
            stroke: colour('paper'),
          },
        ),
      ],
    },
    {
      title: 'again',
      weight: 0.16,
      domain: null,
      marks: (rows) => [wordMarks(rows, ({ data }) => `${Math.round(100 * shareOfChosen(data))}\u00a0%`)],
    },
  ];
}

function shades(row: Placed<Data>, place: Place): Shade[] {
  const largest = Math.max(...row.data.slopes.map(({ value }) => Math.abs(value)));
  return row.data.slopes.map(({ layer, value }) => ({
    ...{ x1: layer - 0.5, x2: layer + 0.5, y1: row.y - place.half * 0.8, y2: row.y + place.half * 0.8 },
    fill: row.tone(value < 0 ? 'warning' : 'accent'),
    opacity: largest === 0 ? 0 : 0.85 * (Math.abs(value) / largest),
  }));
}

/** Neighbouring layers as one line each: [11, 12, 15] gives 11 to 12 and 15. */
function runsOf(layers: number[]): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  for (const layer of [...layers].sort((a, b) => a - b)) {
    const open = runs.at(-1);
    if (open !== undefined && layer - 0.5 <= open.to) open.to = layer + 0.5;
    else runs.push({ from: layer - 0.5, to: layer + 0.5 });
  }
  return runs;
}
