import { dot, line, ruleX, ruleY } from '@observablehq/plot';
import type { Result } from '../result/schema.ts';
import { draw, type Panel } from './draw.ts';
import { type Figure, type Layout, type MissingFigure, reasonFor, whyUnknown } from './figure.ts';
import { formatEstimate, formatShareEstimate, formatTick, sayIntervals } from './format-number.ts';
import { type ColourName, colour } from './palette.ts';
import { axisRoom, domainOf, percentTick } from './ranges.ts';

type Piece = Pick<Result, 'ranges' | 'unit' | 'notMeasured'>;
type Range = Piece['ranges'][number];

/** The slopes fitted again to narrower ranges of multipliers: does the answer hang on the range? */
export function multiplierRanges(result: Piece): Figure | MissingFigure {
  const id = 'multiplier-ranges';
  const { unit } = result;
  const ranges = [...result.ranges].sort((a, b) => a.limit - b.limit);
  if (ranges.length === 0) {
    const missing = reasonFor(
      result,
      /range|multipliers up to/i,
      'The slopes were fitted to one range of multipliers only.',
    );
    return { id, title: 'Ranges of multipliers', missing };
  }
  const means = ranges.map(({ mean }) => mean);
  if (means.every(({ value }) => value === null)) {
    return { id, title: 'Ranges of multipliers', missing: whyUnknown(means) };
  }
  const n = Math.max(...ranges.map(({ mean }) => mean.n));
  const narrow = ranges[0]!;
  const figure: Figure = {
    id,
    title: sayHow(ranges),
    note: `Slopes of ${n} test items fitted to multipliers from −λ to +λ only, ${sayIntervals(means)}. The items’ slopes up to ±${formatTick(narrow.limit)} rank as those of the full range by ${formatEstimate(narrow.agreement, 2)} (Spearman).`,
    key: [],
    help: 'Level lines mean that the result does not hang on the range; a mean that falls towards the right means that large multipliers no longer add as much.',
    section: 'Multiplier ranges',
    description: ranges
      .map(
        ({ limit, mean, antiSteerable }) =>
          `Up to ±${formatTick(limit)}: mean slope ${formatEstimate(mean)}, ${formatShareEstimate(antiSteerable)} backwards.`,
      )
      .join(' '),
    table: {
      columns: [
        ...['largest multiplier', `mean slope (${unit} per unit)`, 'low', 'high', 'share backwards'],
        ...['share low', 'share high', 'agreement with the full range', 'agreement low', 'agreement high'],
      ],
      rows: ranges.map(({ limit, mean, antiSteerable, agreement }) => [
        ...[
          limit,
          mean.value,
          mean.low,
          mean.high,
          antiSteerable.value,
          antiSteerable.low,
          antiSteerable.high,
        ],
        ...[agreement.value, agreement.low, agreement.high],
      ]),
    },
    draw: (layout) => {
      const left = axisRoom(
        domainOf(means.flatMap(({ low, high, value }) => [low, high, value])),
        formatTick,
      );
      return draw({ ...figure, layout }, [
        panel(layout, ranges, left, {
          pick: ({ mean }) => mean,
          label: `mean slope, ${unit} per unit`,
          tone: 'accent',
          last: false,
          tickFormat: formatTick,
        }),
        panel(layout, ranges, left, {
          ...{
            pick: ({ antiSteerable }) => antiSteerable,
            label: 'share of items backwards',
            tone: 'warning',
            last: true,
          },
          tickFormat: percentTick,
        }),
      ]);
    },
  };
  return figure;
}

function sayHow(ranges: Range[]): string {
  const known = ranges.filter(({ mean }) => mean.low !== null && mean.high !== null);
  if (known.length < 2) return 'Steerability by range of multipliers';
  const lowest = Math.max(...known.map(({ mean }) => mean.low!));
  const highest = Math.min(...known.map(({ mean }) => mean.high!));
  if (lowest <= highest) return 'The slope is much the same in every range of multipliers';
  const [first, last] = [known[0]!, known.at(-1)!];
  return `The slope ${last.mean.value! < first.mean.value! ? 'falls' : 'rises'} as the range of multipliers widens`;
}

interface Quantity {
  pick: (range: Range) => Range['mean'];
  label: string;
  tone: ColourName;
  last: boolean;
  tickFormat: (tick: number) => string;
}

function panel(
  layout: Layout,
  ranges: Range[],
  left: number,
  { pick, label, tone, last, tickFormat }: Quantity,
): Panel {
  const points = ranges.flatMap((range) => {
    const { value, low, high } = pick(range);
    return value === null ? [] : [{ limit: range.limit, value, low, high }];
  });
  const limits = ranges.map(({ limit }) => limit);
  const [from, to] = [Math.min(...limits), Math.max(...limits)];
  const room = (to - from || 1) * (layout === 'wide' ? 0.12 : 0.16);
  const place = { x: 'limit', y: 'value' } as const;
  return {
    height: (layout === 'wide' ? 140 : 130) + (last ? 26 : 0),
    ...{ marginLeft: left, marginRight: 14, marginTop: 30, marginBottom: last ? 42 : 14 },
    x: {
      domain: [from - room, to + room],
      ticks: last ? limits : [],
      tickFormat: (limit: number) => `±${formatTick(limit)}`,
      ...{ label: last ? 'range of multipliers' : null, labelAnchor: 'center', labelArrow: 'none' },
    },
    y: { label, ticks: 3, tickFormat, zero: true, nice: true },
    marks: [
      ruleY([0], { stroke: colour('muted') }),
      line(points, { ...place, stroke: colour('muted'), strokeWidth: 1 }),
      ruleX(
        points.filter(({ low, high }) => low !== null && high !== null),
        { x: 'limit', y1: 'low', y2: 'high', stroke: colour(tone), strokeWidth: 3 },
      ),
      dot(points, {
        ...{ ...place, r: 5.5, fill: colour(tone), stroke: colour('paper'), strokeWidth: 1.5 },
        ...(tone === 'warning' ? { symbol: 'triangle' as const, rotate: 180 } : {}),
      }),
    ],
  };
}
