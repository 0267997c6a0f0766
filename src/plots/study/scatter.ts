import { dot, link, type Markish, ruleX, ruleY, text } from '@observablehq/plot';
import { draw, type Frame, type Panel } from '../draw.ts';
import { figureWidth, type Layout } from '../figure.ts';
import { formatTick } from '../format-number.ts';
import { colour } from '../palette.ts';
import { placeNames } from './point-names.ts';
import { roundTicks, within } from './ranges.ts';
import { diagonalLine, fitLine, leastSquares, trendLine } from './scatter-lines.ts';
import { shorten, shortenBold } from './text-width.ts';

/** One point of a scatter plot. */
export interface ScatterPoint {
  x: number;
  y: number;
  low: number | null;
  high: number | null;
  /** What it stands for, for tooltips and labels. */
  name: string;
  shape: 'circle' | 'square';
  /** A value of the paper: hollow, and outside of the fitted line. */
  published: boolean;
}

/** An axis of a scatter plot. */
interface Axis {
  domain: [number, number];
  label: string;
  tickFormat?: (value: number) => string;
}

/** A scatter plot in a grid of them. */
export interface Scatter {
  heading: string;
  /** Second line of the heading, such as a correlation. */
  statistic: string;
  /** Number of points, as it is said in a corner. */
  n: number;
  points: ScatterPoint[];
  x: Axis;
  y: Axis;
  /** Draw x = y. */
  diagonal?: boolean;
  /** Draw the least-squares line. */
  fit?: boolean;
  /** Name the points farthest from x = y, or from the line, at most this many. */
  named?: number;
  /** Means of y over parts of the points by x, as a line. */
  trend?: { x: number; y: number }[];
}

/** Scatter plots that belong together, such as those of one model. */
export interface ScatterGroup {
  /** Empty where the panels' own headings say all. */
  heading: string;
  panels: Scatter[];
}

/** How many scatter plots stand side by side, and how high they are, CSS pixels. */
interface GridSize {
  columns: Record<Layout, number>;
  height: Record<Layout, number>;
}

const margin = { right: 10, top: 58, bottom: 38 };
const headingRoom = 24;
const many = 60;

/** Groups of scatter plots under one another, each group in rows of equal panels. */
export function drawScatters(frame: Frame, groups: ScatterGroup[], size: GridSize): string {
  const columns = size.columns[frame.layout];
  const rows = groups.flatMap(({ heading, panels }) =>
    chunks(panels, columns).map((row, k) => ({ heading: k === 0 ? heading : '', row })),
  );
  return draw(
    frame,
    rows.map(({ heading, row }) =>
      row.map((scatter, k) =>
        scatterPanel(scatter, heading, k, figureWidth[frame.layout], columns, size.height[frame.layout]),
      ),
    ),
  );
}

function scatterPanel(
  scatter: Scatter,
  heading: string,
  k: number,
  gridWidth: number,
  columns: number,
  height: number,
): Panel {
  const width = gridWidth / columns;
  const { x, y, points, diagonal = false, fit = false, named = 0, trend = [] } = scatter;
  // Ticks in per cent are longer.
  const left = y.tickFormat === undefined ? 44 : 52;
  const inner = width - left - margin.right;
  const room = heading === '' ? 0 : headingRoom;
  const top = room + margin.top;
  const crowded = points.length > many;
  const ours = points.filter(({ published }) => !published);
  const placed = ours.map((point) => ({
    ...point,
    px: within(point.x, x.domain),
    py: within(point.y, y.domain),
    low: point.low === null ? null : within(point.low, y.domain),
    high: point.high === null ? null : within(point.high, y.domain),
  }));
  const outside = placed.filter((point) => point.px !== point.x || point.py !== point.y);
  const inside = placed.filter((point) => point.px === point.x && point.py === point.y);
  const line = (words: string, dy: number, style: object) =>
    text([words], { frameAnchor: 'top-left', dx: -left + 8, dy, ...style });
  return {
    width,
    height: height + room,
    marginLeft: left,
    marginRight: margin.right,
    marginTop: top,
    marginBottom: margin.bottom,
    x: {
      domain: x.domain,
      label: null,
      ticks: roundTicks(x.domain, Math.max(2, Math.floor(inner / 42))),
      tickFormat: x.tickFormat ?? formatTick,
      tickSize: 3,
    },
    y: {
      domain: y.domain,
      label: null,
      ticks: roundTicks(y.domain, Math.max(2, Math.floor((height - margin.top - margin.bottom) / 26))),
      tickFormat: y.tickFormat ?? formatTick,
      tickSize: 3,
    },
    marks: [
      ...(heading === '' || k > 0
        ? []
        : [
            text([shortenBold(heading, gridWidth - 16, 13)], {
              ...{ frameAnchor: 'top-left', dx: -left + 8, dy: -top + 8 },
              ...{ fill: colour('ink'), fontSize: 13, fontWeight: 600 },
            }),
          ]),
      line(shortenBold(scatter.heading, width - 14), -50, { fill: colour('ink'), fontWeight: 600 }),
      line(shorten(scatter.statistic, width - 12, 11.5), -34, { fill: colour('ink'), fontSize: 11.5 }),
      line(shorten(`↑ ${y.label}`, width - 20, 11), -17, { fill: colour('muted'), fontSize: 11 }),
      text([shorten(`${x.label} →`, width - 60, 11)], {
        frameAnchor: 'bottom-right',
        dy: 31,
        textAnchor: 'end',
        fill: colour('muted'),
        fontSize: 11,
      }),
      text([`n ${scatter.n}`], {
        ...{ frameAnchor: 'bottom-left', dx: -left + 8, dy: 31, fill: colour('muted'), fontSize: 11 },
      }),
      ruleY([y.domain[0]], { stroke: colour('rule') }),
      ruleX([x.domain[0]], { stroke: colour('rule') }),
      ...(spansZero(y.domain) ? [ruleY([0], { stroke: colour('muted'), strokeOpacity: 0.6 })] : []),
      ...(spansZero(x.domain) ? [ruleX([0], { stroke: colour('muted'), strokeOpacity: 0.6 })] : []),
      ...(diagonal ? [diagonalLine(scatter)] : []),
      ...(crowded
        ? []
        : [
            link(
              placed.filter(({ low, high }) => low !== null && high !== null),
              { x1: 'px', x2: 'px', y1: 'low', y2: 'high', stroke: colour('accent'), strokeOpacity: 0.35 },
            ),
          ]),
      ...(fit ? [fitLine(ours, scatter)] : []),
      dot(
        points.filter(({ published }) => published),
        { x: 'x', y: 'y', r: 3, symbol: 'diamond', stroke: colour('ink'), strokeWidth: 1, title: 'name' },
      ),
      ...(['circle', 'square'] as const).map((shape) =>
        dot(
          inside.filter((point) => point.shape === shape),
          {
            x: 'px',
            y: 'py',
            r: crowded ? 1.75 : 3.5,
            symbol: shape,
            fill: colour('accent'),
            fillOpacity: crowded ? 0.35 : 0.85,
            stroke: crowded ? 'none' : colour('paper'),
            strokeWidth: 0.75,
            ...(crowded ? {} : { title: 'name' }),
          },
        ),
      ),
      dot(outside, {
        x: 'px',
        y: 'py',
        r: 3.5,
        symbol: 'triangle',
        fill: colour('paper'),
        stroke: colour('accent'),
        title: 'name',
      }),
      ...(trend.length > 1 ? [trendLine(trend)] : []),
      ...(named > 0 ? [names(placed, scatter, named, inner, height - margin.top - margin.bottom)] : []),
    ],
  };
}

/** Names beside the points that lie farthest from x = y (or from the line). */
function names(
  points: (ScatterPoint & { px: number; py: number })[],
  { x, y, diagonal }: Scatter,
  most: number,
  width: number,
  height: number,
): Markish {
  const fitted = diagonal ? { intercept: 0, slope: 1 } : leastSquares(points);
  if (fitted === null) return null;
  const distance = (point: { x: number; y: number }) =>
    Math.abs(point.y - fitted.intercept - fitted.slope * point.x);
  const near = (14 / height) * (y.domain[1] - y.domain[0]);
  return placeNames(
    points.map(({ px, py, name }) => ({ x: px, y: py, name })),
    { x: x.domain, y: y.domain, width, height },
    most,
    (point) => distance(point) - near,
  );
}

function spansZero([low, high]: [number, number]): boolean {
  return low < 0 && high > 0;
}

function chunks<Value>(values: Value[], size: number): Value[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, k) =>
    values.slice(k * size, (k + 1) * size),
  );
}
