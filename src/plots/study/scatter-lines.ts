import { dot, line, type Markish } from '@observablehq/plot';
import { colour } from '../palette.ts';

interface Point {
  x: number;
  y: number;
}

/** The axes that lines are drawn between. */
interface Axes {
  x: { domain: [number, number] };
  y: { domain: [number, number] };
}

/** The line x = y, where both axes have it. */
export function diagonalLine({ x, y }: Axes): Markish {
  const from = Math.max(x.domain[0], y.domain[0]);
  const to = Math.min(x.domain[1], y.domain[1]);
  return line([from, to], {
    x: (value: number) => value,
    y: (value: number) => value,
    stroke: colour('muted'),
    strokeDasharray: '2 3',
  });
}

/** Least-squares line, drawn over the points' own range, where it lies inside the panel. */
export function fitLine(points: readonly Point[], { x, y }: Axes): Markish {
  const fitted = leastSquares(points);
  if (fitted === null) return null;
  const { intercept, slope } = fitted;
  let [from, to] = [
    Math.max(x.domain[0], Math.min(...points.map((point) => point.x))),
    Math.min(x.domain[1], Math.max(...points.map((point) => point.x))),
  ];
  if (slope !== 0) {
    const crossings = y.domain.map((end) => (end - intercept) / slope).sort((a, b) => a - b);
    from = Math.max(from, crossings[0]!);
    to = Math.min(to, crossings[1]!);
  }
  if (from >= to) return null;
  return line([from, to], {
    x: (value: number) => value,
    y: (value: number) => intercept + slope * value,
    stroke: colour('accent'),
    strokeWidth: 1.5,
  });
}

/** Least squares of y on x; null below three points, and where x does not vary. */
export function leastSquares(points: readonly Point[]): { intercept: number; slope: number } | null {
  if (points.length < 3) return null;
  const mean = (pick: (point: Point) => number) =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [meanX, meanY] = [mean(({ x }) => x), mean(({ y }) => y)];
  const xx = mean(({ x }) => (x - meanX) ** 2);
  if (xx === 0) return null;
  const slope = mean(({ x, y }) => (x - meanX) * (y - meanY)) / xx;
  return { slope, intercept: meanY - slope * meanX };
}

/** Medians joined by a line that stays readable over many points. */
export function trendLine(trend: { x: number; y: number }[]): Markish {
  return [
    line(trend, { x: 'x', y: 'y', stroke: colour('paper'), strokeWidth: 5 }),
    line(trend, { x: 'x', y: 'y', stroke: colour('ink'), strokeWidth: 2 }),
    dot(trend, { x: 'x', y: 'y', r: 3, fill: colour('ink') }),
  ];
}
