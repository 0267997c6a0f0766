import { dot, line, type Markish, rect, ruleX, ruleY, text } from '@observablehq/plot';
import type { Result } from '../result/schema.ts';
import type { Panel } from './draw.ts';
import type { Layout } from './figure.ts';
import { formatNumber, formatTick } from './format-number.ts';
import { colour } from './palette.ts';
import { axisRoom, percentTick } from './ranges.ts';

/** What the panels of damage take from a result. */
export type DamagePiece = Pick<Result, 'damage' | 'curve' | 'unit'>;

type Damage = NonNullable<DamagePiece['damage']>;

/** A value at the size of a multiplier, for one of its signs. */
interface Point {
  size: number;
  side: 'up' | 'down';
  value: number;
  low: number | null;
  high: number | null;
}

/** Damage, perplexity, probability outside the letters, and the effect, one under another over the size of the multiplier. */
export function damagePanels(layout: Layout, damage: Damage, { curve, unit }: DamagePiece): Panel[] {
  const { equal, outsideLetters, points } = damage;
  const zero = curve.find(({ multiplier }) => multiplier === 0)?.propensity.value ?? null;
  const shifts =
    zero === null
      ? []
      : curve.flatMap(({ multiplier, propensity: { value } }) =>
          value === null
            ? []
            : pointsOf(multiplier, {
                value: (value - zero) * (multiplier < 0 ? -1 : 1),
                low: null,
                high: null,
              }),
        );
  const kl = points.flatMap(({ multiplier, klP95 }) => pointsOf(multiplier, klP95));
  const ratio = points.flatMap(({ multiplier, perplexityRatio }) => pointsOf(multiplier, perplexityRatio));
  const outside = (outsideLetters ?? []).flatMap(({ multiplier, mass }) => pointsOf(multiplier, mass));
  const all: Quantity[] = [
    {
      points: kl,
      label: 'KL at the 95th percentile, nats',
      limit: equal.limit,
      tickFormat: formatTick,
    },
    { points: ratio, label: 'perplexity, times the unsteered', floor: 1, tickFormat: formatTick },
    ...(outside.length > 0
      ? [{ points: outside, label: 'probability outside the two letters', floor: 0, tickFormat: percentTick }]
      : []),
    {
      points: shifts,
      label: `${layout === 'wide' ? 'shift of the mean propensity' : 'shift'} in its direction, ${unit}`,
      floor: 0,
      effect: equal.effect,
      tickFormat: formatTick,
    },
  ];
  const shown = all.filter((quantity) => quantity.points.length > 0);
  const sizes = [...new Set(shown.flatMap((quantity) => quantity.points.map(({ size }) => size)))];
  const frame = { left: Math.max(...shown.map(roomOf)), sizes, equal };
  return shown.map((quantity, k) => panel(layout, quantity, frame, k === shown.length - 1));
}

/** What all panels share: room at the left, sizes of multipliers, and where the damage reaches its limit. */
interface Shared {
  left: number;
  sizes: number[];
  equal: Damage['equal'];
}

interface Quantity {
  points: Point[];
  label: string;
  /** Drawn as a line, on a log axis. */
  limit?: number;
  /** Value of the unsteered model. */
  floor?: number;
  /** Effect at equal damage. */
  effect?: Damage['equal']['effect'];
  tickFormat: (value: number) => string;
}

function panel(
  layout: Layout,
  quantity: Quantity,
  { left, sizes, equal: { multiplier: equal, low, high } }: Shared,
  last: boolean,
): Panel {
  const { points, limit, floor, effect } = quantity;
  const largest = Math.max(...sizes);
  const there =
    equal === null || effect?.value == null ? [] : [{ size: equal, ...effect, value: effect.value }];
  const y = axisOf(quantity, there);
  return {
    height: (layout === 'wide' ? 150 : 140) + (limit === undefined ? 0 : 40) + (last ? 26 : 0),
    ...{ marginLeft: left, marginRight: 14, marginTop: 32, marginBottom: last ? 42 : 14 },
    x: {
      domain: [0, largest * 1.04],
      ticks: last ? sizes : [],
      tickFormat: (size: number) => (size === 0 ? '0' : `±${formatTick(size)}`),
      ...{ label: last ? 'multiplier λ' : null, labelAnchor: 'center', labelArrow: 'none' },
    },
    y,
    marks: [
      floor === undefined ? null : ruleY([floor], { stroke: colour('muted') }),
      low === null || high === null
        ? null
        : rect([0], {
            x1: [low],
            x2: [Math.min(high, largest * 1.04)],
            fill: colour('ink'),
            fillOpacity: 0.08,
          }),
      equal === null ? null : ruleX([equal], { stroke: colour('ink'), strokeDasharray: '2 3' }),
      ...limitMarks(limit, equal),
      ...sideMarks(points, 'up'),
      ...sideMarks(points, 'down'),
      ...effectMarks(there, equal !== null && equal < 0.75 * largest),
    ],
  };
}

function roomOf({ points, limit, tickFormat }: Quantity): number {
  const values = points.map(({ value }) => value);
  const [from, to] = [Math.min(...values), Math.max(...values)];
  // On a log axis the longest label is that of the smallest power of ten.
  const least = limit !== undefined && from > 0 ? 10 ** Math.floor(Math.log10(from)) : 0;
  return axisRoom(least > 0 ? [0, least] : [from, to], tickFormat);
}

/** Logarithmic where a limit is drawn and every value is above 0. */
function axisOf(
  { points, limit, floor, label, tickFormat }: Quantity,
  there: EffectThere[],
): NonNullable<Panel['y']> {
  const values = points.flatMap(({ value, low, high }) => [
    value,
    ...(low === null || high === null ? [] : [low, high]),
  ]);
  if (limit !== undefined && values.every((value) => value > 0)) {
    const [from, to] = [Math.min(...values, limit), Math.max(...values, limit)];
    return { type: 'log', label, tickFormat, ticks: logTicks(from, to), domain: [from * 0.85, to * 1.15] };
  }
  const from = Math.min(floor ?? 0, ...values);
  const to = Math.max(limit ?? from, ...values, ...there.map(({ high, value }) => high ?? value));
  return { label, tickFormat, ticks: 4, nice: true, domain: [from, to] };
}

function limitMarks(limit: number | undefined, equal: number | null): Markish[] {
  if (limit === undefined) return [];
  const words = {
    ...{ textAnchor: 'start' as const, fontSize: 11.5 },
    ...{ fill: colour('ink'), stroke: colour('paper'), strokeWidth: 4 },
  };
  return [
    ruleY([limit], { stroke: colour('ink'), strokeDasharray: '4 3' }),
    text([`limit: ${formatTick(limit)} nat`], { y: [limit], frameAnchor: 'left', dx: 4, dy: -8, ...words }),
    equal === null
      ? null
      : text([`±${formatNumber(equal)}`], { x: [equal], frameAnchor: 'bottom', dx: 6, dy: -8, ...words }),
  ];
}

/** Filled circles for steering up, outlined squares for steering down. */
function sideMarks(points: Point[], side: Point['side']): Markish[] {
  const own = points.filter((point) => point.side === side || point.size === 0);
  const up = side === 'up';
  const tone = colour(up ? 'accent' : 'second');
  return [
    line(own, { x: 'size', y: 'value', sort: 'size', stroke: tone, strokeWidth: 1.5 }),
    ruleX(
      own.filter(({ low, high }) => low !== null && high !== null),
      // Beside each other, so that neither interval hides the other.
      { x: 'size', y1: 'low', y2: 'high', stroke: tone, strokeWidth: 2, dx: up ? -1.5 : 1.5 },
    ),
    dot(
      own.filter(({ size }) => size > 0),
      {
        ...{ x: 'size', y: 'value', r: 4, symbol: up ? ('circle' as const) : ('square' as const) },
        ...{ fill: up ? tone : colour('paper'), stroke: tone, strokeWidth: 1.75 },
      },
    ),
  ];
}

/** The effect at equal damage: its size and where. */
interface EffectThere {
  size: number;
  value: number;
  low: number | null;
  high: number | null;
}

function effectMarks(there: EffectThere[], roomAtRight: boolean): Markish[] {
  const place = { x: 'size', y: 'value' } as const;
  return [
    ruleX(
      there.filter(({ low, high }) => low !== null && high !== null),
      { x: 'size', y1: 'low', y2: 'high', stroke: colour('ink'), strokeWidth: 3 },
    ),
    dot(there, { ...place, r: 7, symbol: 'diamond', fill: colour('ink'), stroke: colour('paper') }),
    text(there, {
      ...{ ...place, textAnchor: roomAtRight ? 'start' : 'end', dx: roomAtRight ? 10 : -10, dy: 13 },
      text: ({ value, size }: EffectThere) => `${formatNumber(value)} at ±${formatNumber(size)}`,
      ...{ fontWeight: 600, fill: colour('ink'), stroke: colour('paper'), strokeWidth: 5 },
    }),
  ];
}

function pointsOf(
  multiplier: number,
  { value, low, high }: Pick<Point, 'low' | 'high'> & { value: number | null },
): Point[] {
  if (value === null) return [];
  return [{ size: Math.abs(multiplier), side: multiplier < 0 ? 'down' : 'up', value, low, high }];
}

/** 1, 2 and 5 times powers of ten between the ends; powers alone where that is too many. */
function logTicks(from: number, to: number): number[] {
  const first = Math.floor(Math.log10(from));
  const powers = Array.from({ length: Math.ceil(Math.log10(to)) - first + 1 }, (_, k) => first + k);
  const inside = powers
    .flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)))
    .filter((tick) => tick >= from * 0.85 && tick <= to * 1.15);
  return inside.length <= 7
    ? inside
    : inside.filter((_, k) => `${inside[k]!.toExponential()}`.startsWith('1e'));
}
