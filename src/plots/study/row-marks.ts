import { dot, link, type Markish, text } from '@observablehq/plot';
import type { Estimate } from '../format-number.ts';
import { colour } from '../palette.ts';
import type { Placed } from './row-chart.ts';

/** Colours that marks of a row may have. */
type Tone = Parameters<Placed<unknown>['tone']>[0];

/** How an estimate looks in its row. */
interface EstimateStyle<Data> {
  tone: Tone | ((row: Placed<Data>) => Tone);
  symbol?: 'circle' | 'square' | 'diamond' | 'triangle';
  /** Outlined in place of filled. */
  hollow?: boolean;
  radius?: number;
  /** Upside down. */
  turned?: boolean;
  /** Height of the mark; the middle of the row unless given. */
  at?: (row: Placed<Data>) => number;
  title?: (row: Placed<Data>) => string;
}

/** A mark at the value and a line over its interval; rows whose value is null have neither. */
export function estimateMarks<Data>(
  rows: Placed<Data>[],
  pick: (row: Placed<Data>) => Pick<Estimate, 'value' | 'low' | 'high'> | null,
  {
    tone,
    symbol = 'circle',
    hollow = false,
    radius = 4,
    turned = false,
    at = ({ y }) => y,
    title,
  }: EstimateStyle<Data>,
): Markish {
  const marks = rows.flatMap((row) => {
    const estimate = pick(row);
    if (estimate?.value == null) return [];
    return [
      {
        ...{ value: estimate.value, low: estimate.low, high: estimate.high, y: at(row) },
        stroke: row.tone(typeof tone === 'function' ? tone(row) : tone),
        title: title?.(row) ?? row.label,
      },
    ];
  });
  return [
    link(
      marks.filter(({ low, high }) => low !== null && high !== null),
      { x1: 'low', x2: 'high', y1: 'y', y2: 'y', stroke: 'stroke', strokeWidth: 2, strokeOpacity: 0.65 },
    ),
    dot(marks, {
      x: 'value',
      y: 'y',
      r: radius,
      symbol,
      ...(turned ? { rotate: 180 } : {}),
      fill: hollow ? colour('paper') : 'stroke',
      stroke: 'stroke',
      strokeWidth: 1.5,
      title: 'title',
    }),
  ];
}

/** Hollow marks at values of the paper. */
export function publishedMarks<Data>(
  rows: Placed<Data>[],
  pick: (row: Placed<Data>) => number | null,
  at: (row: Placed<Data>) => number = ({ y }) => y,
): Markish {
  const marks = rows.flatMap((row) => {
    const value = pick(row);
    return value === null ? [] : [{ value, y: at(row) }];
  });
  return dot(marks, {
    x: 'value',
    y: 'y',
    r: 4.5,
    symbol: 'diamond',
    fill: 'none',
    stroke: colour('ink'),
    strokeWidth: 1.5,
  });
}

/** Words at the left of a column without axis. */
export function wordMarks<Data>(
  rows: Placed<Data>[],
  say: (row: Placed<Data>) => string,
  tone: (row: Placed<Data>) => Tone = () => 'ink',
): Markish {
  return text(rows, {
    frameAnchor: 'left',
    y: 'y',
    text: say,
    textAnchor: 'start',
    fontSize: 11.5,
    fill: (row: Placed<Data>) => row.tone(tone(row)),
    fontVariant: 'tabular-nums',
  });
}
