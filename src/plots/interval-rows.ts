import { dot, link, type Markish, rect, ruleX, text } from '@observablehq/plot';
import type { Panel } from './draw.ts';
import { figureWidth, type Layout } from './figure.ts';
import { type Estimate, formatTick } from './format-number.ts';
import { type ColourName, colour } from './palette.ts';
import { widestTick } from './ranges.ts';
import { shorten, textWidth } from './text-width.ts';

/** One row: a label, a mark with its interval, and words for it at the right. */
export interface IntervalRow {
  label: string;
  /** Null for a heading above the rows that follow. */
  estimate: Pick<Estimate, 'value' | 'low' | 'high'> | null;
  tone?: ColourName;
  symbol?: 'circle' | 'square' | 'diamond' | 'triangle';
  /** Outlined in place of filled. */
  hollow?: boolean;
  /** Quartiles, drawn as a bar from the first to the third with a tick at the second. */
  quartiles?: [number, number, number];
  /** At the right: the numbers, or why there are none. */
  words: string;
}

/** Rows that share an axis. */
export interface IntervalRows {
  rows: IntervalRow[];
  domain: [number, number];
  /** What the axis shows, with its unit. */
  axis: string;
  /** Above the rows, where a figure has several panels. */
  heading?: string;
  /** Lines across all rows, with what they mean; 0 is one too, without words. */
  limits?: { at: number; words: string }[];
  tickFormat?: (value: number) => string;
  /** Width of the labels, and least width of the words, CSS pixels, on a wide page. */
  labelWidth?: number;
  wordsWidth?: number;
  /** Rows close together, for many of them; on a phone the words are left out. */
  dense?: boolean;
}

interface Placed extends IntervalRow {
  /** Middle of the mark and of the label, pixels from the top of the rows. */
  y: number;
  labelY: number;
}

const labelLine = 20;

/** Marks with intervals under one another: label, mark, numbers; on a phone label and numbers stand above the mark. */
export function intervalPanel(layout: Layout, options: IntervalRows): Panel {
  const wide = layout === 'wide';
  const { labelWidth = 190, wordsWidth = 158, dense = false, limits = [], tickFormat = formatTick } = options;
  const beside = wide || dense;
  const pitch = dense ? 19 : wide ? 34 : 26 + labelLine;
  const rows = options.rows.map((row, k): Placed => {
    const top = k * pitch;
    return {
      ...row,
      y: beside ? top + pitch / 2 : top + labelLine + 13,
      labelY: beside ? top + pitch / 2 : top + 10,
    };
  });
  const height = rows.length * pitch;
  const left = beside ? (wide ? labelWidth : 84) : 12;
  const widest = Math.max(...options.rows.map(({ words }) => textWidth(words)));
  const right = wide ? Math.max(wordsWidth, widest + 10) : 12;
  const top = (options.heading === undefined ? 6 : 26) + (limits.length > 0 ? 18 : 0);
  const width = figureWidth[layout];
  return {
    height: height + top + 42,
    marginLeft: left,
    marginRight: right,
    marginTop: top,
    marginBottom: 42,
    x: {
      domain: options.domain,
      label: options.axis,
      labelAnchor: 'center',
      labelArrow: 'none',
      labelOffset: 36,
      tickSpacing: Math.max(62, 18 + widestTick(options.domain, tickFormat)),
      tickFormat,
    },
    y: { domain: [0, height], reverse: true, axis: null },
    marks: [
      options.heading === undefined
        ? null
        : text([shorten(options.heading, width - 24)], {
            ...{ frameAnchor: 'top-left', dx: -left + (wide ? 0 : 4), dy: -top + 8, textAnchor: 'start' },
            ...{ fill: colour('ink'), fontWeight: 600 },
          }),
      ruleX(inside([0], options.domain), { stroke: colour('muted') }),
      ...limits.flatMap(({ at, words }, k) =>
        limitMarks(
          at,
          words,
          options.domain,
          limits.length === 1 ? null : k === 0 || !wide ? 'end' : 'start',
        ),
      ),
      ...(beside ? labelsBeside(rows, left, right, wide) : labelsAbove(rows, width)),
      ...quartileMarks(rows, dense ? 5 : 7),
      ...intervalMarks(rows, dense),
    ],
  };
}

/** A line with its words above; they stand where there is room unless an anchor is given. */
function limitMarks(
  at: number,
  words: string,
  domain: [number, number],
  anchor: 'start' | 'end' | null,
): Markish[] {
  if (inside([at], domain).length === 0) return [];
  const place = (at - domain[0]) / (domain[1] - domain[0]);
  const alone = place < 0.2 ? 'start' : place > 0.8 ? 'end' : 'middle';
  const textAnchor = anchor ?? alone;
  return [
    ruleX([at], { stroke: colour('ink'), strokeDasharray: '4 3' }),
    text([words], { x: [at], frameAnchor: 'top', dy: -9, textAnchor, fill: colour('ink'), fontSize: 11.5 }),
  ];
}

function labelsBeside(rows: Placed[], left: number, right: number, wide: boolean): Markish[] {
  const fontSize = wide ? 12 : 11;
  const grouped = rows.some(({ estimate }) => estimate === null);
  const label = (some: Placed[], indent: number, style: object) =>
    text(some, {
      ...{ y: 'labelY', frameAnchor: 'left', dx: indent - left, textAnchor: 'start', fontSize },
      text: (row: Placed) => shorten(row.label, (row.estimate === null ? 330 : left - 6) - indent, fontSize),
      ...{ fill: colour('ink'), ...style },
    });
  return [
    label(
      rows.filter(({ estimate }) => estimate === null),
      0,
      { fontWeight: 600, dy: 2 },
    ),
    label(
      rows.filter(({ estimate }) => estimate !== null),
      grouped ? 8 : 0,
      {},
    ),
    wide
      ? text(rows, {
          ...{ y: 'labelY', frameAnchor: 'right', dx: right, textAnchor: 'end', text: 'words', fontSize },
          ...{ fill: colour('ink'), fontVariant: 'tabular-nums' },
        })
      : null,
  ];
}

function labelsAbove(rows: Placed[], width: number): Markish[] {
  // The halo keeps words readable where a line runs through them.
  const shared = { y: 'labelY', fill: colour('ink'), stroke: colour('paper'), strokeWidth: 5 } as const;
  return [
    text(rows, {
      ...{ ...shared, frameAnchor: 'left', dx: -8, textAnchor: 'start' },
      text: ({ label, words }: Placed) => shorten(label, width - 24 - 6.4 * words.length),
    }),
    text(rows, {
      ...{ ...shared, frameAnchor: 'right', dx: 8, textAnchor: 'end', text: 'words' },
      fontVariant: 'tabular-nums',
    }),
  ];
}

function quartileMarks(rows: Placed[], half: number): Markish[] {
  const boxes = rows.flatMap((row) => {
    if (row.quartiles === undefined) return [];
    const [low, middle, high] = row.quartiles;
    return [
      {
        ...row,
        low,
        middle,
        high,
        top: row.y - half,
        bottom: row.y + half,
        fill: colour(row.tone ?? 'accent'),
      },
    ];
  });
  return [
    rect(boxes, { x1: 'low', x2: 'high', y1: 'top', y2: 'bottom', fill: 'fill', fillOpacity: 0.28 }),
    link(boxes, {
      ...{ x1: 'middle', x2: 'middle', y1: 'top', y2: 'bottom' },
      ...{ stroke: 'fill', strokeWidth: 2.5 },
    }),
  ];
}

function intervalMarks(rows: Placed[], dense: boolean): Markish[] {
  const marks = rows.flatMap((row) => {
    const { estimate, tone = 'accent', hollow = false, symbol = 'circle' } = row;
    if (estimate?.value == null) return [];
    const { value, low, high } = estimate;
    const stroke = colour(tone);
    return [{ value, low, high, y: row.y, stroke, fill: hollow ? colour('paper') : stroke, symbol }];
  });
  return [
    link(
      marks.filter(({ low, high }) => low !== null && high !== null),
      {
        ...{ x1: 'low', x2: 'high', y1: 'y', y2: 'y', stroke: 'stroke' },
        ...{ strokeWidth: dense ? 2 : 3, strokeLinecap: 'round' },
      },
    ),
    // One mark a symbol: a channel of symbols would draw a legend.
    ...(['circle', 'square', 'diamond', 'triangle'] as const).map((symbol) =>
      dot(
        marks.filter((mark) => mark.symbol === symbol),
        {
          ...{ x: 'value', y: 'y', r: dense ? 4 : 6, symbol, fill: 'fill', stroke: 'stroke', strokeWidth: 2 },
          // Backwards items point down in every figure.
          ...(symbol === 'triangle' ? { rotate: 180 } : {}),
        },
      ),
    ),
  ];
}

function inside(values: number[], [low, high]: [number, number]): number[] {
  return values.filter((value) => value >= low && value <= high);
}
