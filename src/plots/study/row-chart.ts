import { type Markish, ruleX, ruleY, text } from '@observablehq/plot';
import { draw, type Frame, type Panel } from '../draw.ts';
import { figureWidth, type Layout } from '../figure.ts';
import { formatTick } from '../format-number.ts';
import { colour } from '../palette.ts';
import { roundTicks } from './ranges.ts';
import { shorten, shortenAll, shortenBold } from './text-width.ts';

/** One row: its label, and what its columns show. */
export interface ChartRow<Data> {
  label: string;
  /** Shown in grey and marked. */
  leftOut: boolean;
  data: Data;
}

/** Rows that share their axes. */
export interface ChartBlock<Data> {
  heading: string;
  rows: ChartRow<Data>[];
}

/** A row in its place. */
export interface Placed<Data> extends ChartRow<Data> {
  /** Middle of the row on the column's y axis, which grows downwards by 1 a row. */
  y: number;
  /** Colour of marks that stand for the whole row: grey where it is left out. */
  tone: (name: 'accent' | 'warning' | 'second' | 'third' | 'ink' | 'muted') => string;
}

/** What a column needs to know to draw its rows. */
export interface Place {
  layout: Layout;
  /** Half of the height that marks may take, in rows. */
  half: number;
  /** The y of lane `k` of `of` lanes of a row. */
  lane(y: number, k: number, of: number): number;
}

/** One column of a chart of rows. */
export interface Column<Data> {
  /** Stands above the column: quantity and unit. */
  title: string;
  /** The same in a word or two, for a phone. */
  short?: string;
  /** Share of the width that the labels leave. */
  weight: number;
  /** Ends of the axis; null for a column of words. */
  domain: [number, number] | null;
  /** Values that get a vertical line; 0 is one too unless it is plain, as on an axis of layers. */
  rules?: number[];
  plainZero?: boolean;
  tickFormat?: (value: number) => string;
  marks(rows: Placed<Data>[], place: Place): Markish[];
}

/** Room of one row, CSS pixels; on a phone the label stands above it. */
export interface RowSize {
  wide: number;
  narrow: number;
}

const labelWidth = 224;
const labelHeight = 17;
const top = 44;
const bottom = 26;

/** Blocks of rows under one another: labels at the left (on a phone above each row), then columns side by side. */
export function drawRows<Data, Block extends ChartBlock<Data>>(
  frame: Frame,
  blocks: Block[],
  columns: (block: Block) => Column<Data>[],
  size: RowSize = { wide: 22, narrow: 20 },
): string {
  return draw(
    frame,
    blocks.map((block) => blockPanels(frame.layout, block, columns(block), size, blocks.length > 1)),
  );
}

function blockPanels<Data>(
  layout: Layout,
  block: ChartBlock<Data>,
  columns: Column<Data>[],
  size: RowSize,
  named: boolean,
): Panel[] {
  const wide = layout === 'wide';
  const rowHeight = wide ? size.wide : size.narrow + labelHeight;
  const inner = rowHeight * block.rows.length;
  const height = inner + (named ? top : top - 20) + bottom;
  const labelled = wide ? labelWidth : 0;
  const share = (figureWidth[layout] - labelled) / columns.reduce((sum, { weight }) => sum + weight, 0);
  const middle = wide ? 0.5 : (labelHeight + size.narrow / 2) / rowHeight;
  const half = ((wide ? rowHeight : size.narrow) * 0.4) / rowHeight;
  const place: Place = {
    layout,
    half,
    lane: (y, k, of) => y + ((k + 0.5) / of - 0.5) * 1.9 * half,
  };
  const rows = block.rows.map(
    (row, k): Placed<Data> => ({
      ...row,
      y: k + middle,
      tone: (name) => colour(row.leftOut ? 'muted' : name),
    }),
  );
  return columns.map((column, k): Panel => {
    const first = k === 0;
    const width = Math.round(share * column.weight) + (first ? labelled : 0);
    const marginLeft = first ? labelled + (wide ? 2 : 10) : 14;
    const titleRoom = width - marginLeft;
    const ticks =
      column.domain === null ? [] : roundTicks(column.domain, Math.max(2, Math.floor((titleRoom - 10) / 40)));
    return {
      width,
      height,
      marginLeft,
      marginRight: k === columns.length - 1 ? 18 : 10,
      marginTop: named ? top : top - 20,
      marginBottom: bottom,
      x:
        column.domain === null
          ? { axis: null, domain: [0, 1] }
          : {
              domain: column.domain,
              label: null,
              ticks,
              tickFormat: column.tickFormat ?? formatTick,
              tickSize: 3,
            },
      y: { domain: [0, block.rows.length], axis: null, reverse: true },
      marks: [
        ruleY(rows.map((_, i) => i).concat(rows.length), {
          stroke: colour('rule'),
          strokeWidth: 0.75,
          insetLeft: first && wide ? -labelWidth : 0,
        }),
        ...(column.domain === null
          ? []
          : [guides(column.domain, ticks, column.plainZero ? [] : [0], column.rules ?? [])]),
        text([shorten(wide ? column.title : (column.short ?? column.title), titleRoom, 11.5)], {
          frameAnchor: 'top-left',
          dy: -16,
          fill: colour('muted'),
          fontSize: 11.5,
        }),
        ...(first && named ? [heading(block.heading, labelled, figureWidth[layout])] : []),
        ...(first ? [labels(rows, layout)] : []),
        ...column.marks(rows, place),
      ],
    };
  });
}

function guides(domain: [number, number], ticks: number[], zero: number[], rules: number[]): Markish {
  const inside = (values: number[]) => values.filter((value) => value >= domain[0] && value <= domain[1]);
  return [
    ruleX(ticks, { stroke: colour('rule'), strokeWidth: 0.75 }),
    ruleX(inside(zero), { stroke: colour('muted') }),
    ruleX(inside(rules), { stroke: colour('muted'), strokeDasharray: '3 3' }),
  ];
}

function heading(words: string, labelled: number, width: number): Markish {
  return text([shortenBold(words, width - 12, 13)], {
    frameAnchor: 'top-left',
    dx: labelled > 0 ? -labelled - 2 : -10,
    dy: -38,
    fill: colour('ink'),
    fontSize: 13,
    fontWeight: 600,
  });
}

function labels<Data>(rows: Placed<Data>[], layout: Layout): Markish {
  const wide = layout === 'wide';
  const room = wide ? labelWidth - 16 : figureWidth.narrow - 30;
  const cut = shortenAll(
    rows.map(({ label, leftOut }) => (leftOut ? `✕ ${label}` : label)),
    room,
  );
  return text(rows, {
    frameAnchor: 'left',
    y: (row: Placed<Data>) => (wide ? row.y : Math.floor(row.y)),
    text: (_: Placed<Data>, i: number) => cut[i]!,
    dx: wide ? -labelWidth - 2 : -8,
    dy: wide ? 0 : 10,
    textAnchor: 'start',
    fill: (row: Placed<Data>) => colour(row.leftOut ? 'muted' : 'ink'),
    // On a phone the line at 0 passes behind the label.
    ...(wide ? {} : { stroke: colour('paper'), strokeWidth: 3 }),
    title: (row: Placed<Data>) => row.label,
  } as object);
}
