import { dot, line, ruleX, ruleY, text } from '@observablehq/plot';
import type { Result } from '../result/schema.ts';
import { draw, type Panel } from './draw.ts';
import { type Figure, type Layout, type MissingFigure, reasonFor, whyUnknown } from './figure.ts';
import { formatEstimate, formatMultiplier, formatNumber, formatTick } from './format-number.ts';
import { type ColourName, colour } from './palette.ts';
import { percentTick } from './ranges.ts';

type Piece = Pick<Result, 'damage' | 'curve' | 'unit' | 'notMeasured'>;
type Damage = NonNullable<Piece['damage']>;

/** A value at the size of a multiplier, for one of its signs. */
interface Point {
  size: number;
  side: 'up' | 'down';
  value: number;
  low: number | null;
  high: number | null;
}

/** What steering costs on other text and what it gains, by the size of the multiplier. */
export function damageProfile(result: Piece): Figure | MissingFigure {
  const id = 'damage-profile';
  const { damage, unit } = result;
  if (damage === null || damage.points.length === 0) {
    const missing = reasonFor(result, /damage|neutral/i, 'No neutral text was scored under steering.');
    return { id, title: 'Damage to other text', missing };
  }
  const found = damage.points.map(({ klP95 }) => klP95);
  if (found.every(({ value }) => value === null)) {
    return { id, title: 'Damage to other text', missing: whyUnknown(found) };
  }
  const { limit } = damage.equal;
  const figure: Figure = {
    id,
    title: sayDamage(damage),
    note: `On ${damage.texts} neutral texts of ${damage.tokens} tokens (perplexity ${formatNumber(damage.perplexity)} unsteered): KL divergence of the next token from the unsteered model, 95th percentile over tokens, in nats; ratio of perplexities. On test items: the mean propensity’s distance from the unsteered one, in ${unit}.${damage.outsideLetters === null ? '' : ' Probability outside the two letters: mean over test items.'}${found.some(({ low }) => low !== null) ? ' Lines at the marks: 95 % intervals.' : ' No intervals.'}`,
    key: [
      { glyph: '●', colour: 'accent', text: 'steered up (+λ)' },
      { glyph: '□', colour: 'second', text: 'steered down (−λ)' },
      ...(damage.equal.multiplier === null
        ? []
        : [{ glyph: '┆', colour: 'ink' as const, text: `damage reaches ${formatTick(limit)} nat` }]),
      ...(damage.equal.effect?.value == null
        ? []
        : [{ glyph: '◆', colour: 'ink' as const, text: 'effect at that damage' }]),
    ],
    help: `A useful vector moves the propensity far before its damage reaches ${formatTick(limit)} nat; the effect there compares vectors, layers and models at the same price.`,
    section: 'Damage',
    description: `${damage.points
      .map(
        ({ multiplier, klP95, perplexityRatio }) =>
          `At ${formatMultiplier(multiplier)}: KL ${formatEstimate(klP95)} nats, perplexity times ${formatEstimate(perplexityRatio)}.`,
      )
      .join(' ')} ${sayEqual(damage, unit)}`,
    table: tableOf(damage, result),
    draw: (layout) => draw({ ...figure, layout }, panels(layout, damage, result)),
  };
  return figure;
}

function sayDamage({ points, equal }: Damage): string {
  const one = points.find(({ multiplier }) => multiplier === 1);
  if (one?.klP95.value == null) return 'What steering does to text that has nothing to do with the behaviour';
  const beyond = one.klP95.value > equal.limit;
  return `At multiplier 1 steering ${beyond ? 'damages' : 'does not damage'} other text: ${formatNumber(one.klP95.value)} nats of ${formatTick(equal.limit)} allowed`;
}

function sayEqual({ equal }: Damage, unit: string): string {
  const { limit, multiplier, effect, reason } = equal;
  if (multiplier === null)
    return `The damage of ${formatTick(limit)} nat is not reached: ${reason ?? 'no reason given'}.`;
  const there =
    effect?.value == null
      ? 'the effect there is not known'
      : `the effect there is ${formatEstimate(effect)} ${unit}`;
  return `The damage reaches ${formatTick(limit)} nat at ±${formatNumber(multiplier)}; ${there}.`;
}

function tableOf({ points, outsideLetters, equal }: Damage, { curve, unit }: Piece): Figure['table'] {
  const multipliers = [
    ...new Set([...points, ...curve, ...(outsideLetters ?? [])].map(({ multiplier }) => multiplier)),
  ].sort((a, b) => a - b);
  return {
    columns: [
      ...[
        'multiplier',
        'KL, 95th percentile (nats)',
        'low',
        'high',
        'KL, mean (nats)',
        'mean low',
        'mean high',
      ],
      ...['perplexity ratio', 'ratio low', 'ratio high', `mean propensity (${unit})`],
      ...(outsideLetters === null ? [] : ['outside the letters']),
    ],
    rows: [
      ...multipliers.map((multiplier) => {
        const at = points.find((point) => point.multiplier === multiplier);
        const [p95, mean, ratio] = [at?.klP95, at?.klMean, at?.perplexityRatio];
        return [
          ...[multiplier, p95?.value ?? null, p95?.low ?? null, p95?.high ?? null],
          ...[mean?.value ?? null, mean?.low ?? null, mean?.high ?? null],
          ...[ratio?.value ?? null, ratio?.low ?? null, ratio?.high ?? null],
          curve.find((point) => point.multiplier === multiplier)?.propensity.value ?? null,
          ...(outsideLetters === null
            ? []
            : [outsideLetters.find((point) => point.multiplier === multiplier)?.mass.value ?? null]),
        ];
      }),
      [
        ...[
          `±${equal.multiplier ?? 'not reached'}, equal damage`,
          equal.multiplier === null ? null : equal.limit,
        ],
        ...Array.from({ length: 8 }, () => null),
        equal.effect === null ? null : `effect ${equal.effect.value ?? 'not known'}`,
        ...(outsideLetters === null ? [] : [null]),
      ],
    ],
  };
}

function panels(layout: Layout, damage: Damage, { curve, unit }: Piece): Panel[] {
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
      log: true,
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
  return shown.map((quantity, k) => panel(layout, quantity, sizes, equal.multiplier, k === shown.length - 1));
}

interface Quantity {
  points: Point[];
  label: string;
  /** Drawn as a line, on a log axis. */
  limit?: number;
  log?: boolean;
  /** Value of the unsteered model. */
  floor?: number;
  /** Effect at equal damage. */
  effect?: Damage['equal']['effect'];
  tickFormat: (value: number) => string;
}

function panel(
  layout: Layout,
  quantity: Quantity,
  sizes: number[],
  equal: number | null,
  last: boolean,
): Panel {
  const { points, limit, log = false, floor, effect, tickFormat, label } = quantity;
  const values = points.flatMap(({ value, low, high }) => [
    value,
    ...(low === null || high === null ? [] : [low, high]),
  ]);
  const positive = values.filter((value) => value > 0);
  const sides = (['up', 'down'] as const).map((side) =>
    points.filter((point) => point.side === side || point.size === 0),
  );
  const tones: ColourName[] = ['accent', 'second'];
  const largest = Math.max(...sizes);
  const diamond =
    equal === null || effect?.value == null ? [] : [{ size: equal, ...effect, value: effect.value }];
  const right = equal !== null && equal < 0.75 * largest;
  const useLog = log && positive.length === values.length;
  return {
    height: (layout === 'wide' ? 150 : 140) + (useLog ? 40 : 0) + (last ? 26 : 0),
    ...{ marginLeft: 46, marginRight: 14, marginTop: 32, marginBottom: last ? 42 : 14 },
    x: {
      domain: [0, largest * 1.04],
      ticks: last ? sizes : [],
      tickFormat: (size: number) => (size === 0 ? '0' : `±${formatTick(size)}`),
      ...{ label: last ? 'multiplier λ' : null, labelAnchor: 'center', labelArrow: 'none' },
    },
    y: useLog
      ? {
          ...{ type: 'log', label, tickFormat },
          ticks: logTicks([...positive, ...(limit === undefined ? [] : [limit])]),
          domain: [Math.min(...positive, limit ?? Infinity) * 0.85, Math.max(...positive, limit ?? 0) * 1.15],
        }
      : {
          label,
          tickFormat,
          ticks: 4,
          nice: true,
          ...(floor === undefined ? { zero: true } : {}),
          domain: [
            Math.min(floor ?? 0, ...values),
            Math.max(...values, ...diamond.map(({ high, value }) => high ?? value)),
          ],
        },
    marks: [
      floor === undefined ? null : ruleY([floor], { stroke: colour('muted') }),
      equal === null ? null : ruleX([equal], { stroke: colour('ink'), strokeDasharray: '2 3' }),
      limit === undefined ? null : ruleY([limit], { stroke: colour('ink'), strokeDasharray: '4 3' }),
      limit === undefined
        ? null
        : text([`limit: ${formatTick(limit)} nat`], {
            ...{ y: [limit], frameAnchor: 'left', dx: 4, dy: -8, textAnchor: 'start', fontSize: 11.5 },
            ...{ fill: colour('ink'), stroke: colour('paper'), strokeWidth: 4 },
          }),
      equal === null || limit === undefined
        ? null
        : text([`±${formatNumber(equal)}`], {
            ...{ x: [equal], frameAnchor: 'bottom', dy: -8, dx: 6, textAnchor: 'start', fontSize: 11.5 },
            ...{ fill: colour('ink'), stroke: colour('paper'), strokeWidth: 4 },
          }),
      ...sides.flatMap((side, k) => [
        line(side, { x: 'size', y: 'value', sort: 'size', stroke: colour(tones[k]!), strokeWidth: 1.5 }),
        ruleX(
          side.filter(({ low, high }) => low !== null && high !== null),
          {
            x: 'size',
            y1: 'low',
            y2: 'high',
            stroke: colour(tones[k]!),
            strokeWidth: 2,
            dx: k === 0 ? -1.5 : 1.5,
          },
        ),
        dot(
          side.filter(({ size }) => size > 0),
          {
            ...{ x: 'size', y: 'value', r: 4, symbol: k === 0 ? ('circle' as const) : ('square' as const) },
            ...{ fill: colour(k === 0 ? 'accent' : 'paper'), stroke: colour(tones[k]!), strokeWidth: 1.75 },
          },
        ),
      ]),
      ruleX(
        diamond.filter(({ low, high }) => low !== null && high !== null),
        { x: 'size', y1: 'low', y2: 'high', stroke: colour('ink'), strokeWidth: 3 },
      ),
      dot(diamond, {
        x: 'size',
        y: 'value',
        r: 7,
        symbol: 'diamond',
        fill: colour('ink'),
        stroke: colour('paper'),
      }),
      text(diamond, {
        ...{
          x: 'size',
          y: 'value',
          textAnchor: right ? 'start' : 'end',
          dx: right ? 10 : -10,
          dy: 13,
          fontWeight: 600,
        },
        text: ({ value, size }: { value: number; size: number }) =>
          `${formatNumber(value)} at ±${formatNumber(size)}`,
        ...{ fill: colour('ink'), stroke: colour('paper'), strokeWidth: 5 },
      }),
    ],
  };
}

function pointsOf(
  multiplier: number,
  { value, low, high }: Pick<Point, 'low' | 'high'> & { value: number | null },
): Point[] {
  if (value === null) return [];
  return [{ size: Math.abs(multiplier), side: multiplier < 0 ? 'down' : 'up', value, low, high }];
}

/** 1, 2 and 5 times powers of ten between the ends of some values. */
function logTicks(values: number[]): number[] {
  const [from, to] = [Math.min(...values), Math.max(...values)];
  const powers = Array.from(
    { length: Math.ceil(Math.log10(to / from)) + 2 },
    (_, k) => Math.floor(Math.log10(from)) + k,
  );
  const ticks = powers.flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  const inside = ticks.filter((tick) => tick >= from * 0.85 && tick <= to * 1.15);
  return inside.length <= 7 ? inside : inside.filter((tick) => `${tick.toExponential()}`.startsWith('1'));
}
