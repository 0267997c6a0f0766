import type { Result } from '../result/schema.ts';
import { draw } from './draw.ts';
import { type Figure, type MissingFigure, reasonFor, whyUnknown } from './figure.ts';
import { areApart, formatEstimate, formatTick, sayIntervals } from './format-number.ts';
import { intervalPanel } from './interval-rows.ts';
import { domainOf } from './ranges.ts';

type Piece = Pick<Result, 'prompting' | 'unit' | 'notMeasured'>;

/** Asking for the behaviour, steering towards it, and both at once, on one scale. */
export function promptingComparison(result: Piece): Figure | MissingFigure {
  const id = 'prompting-comparison';
  const { prompting: found, unit } = result;
  if (found === null) {
    const missing = reasonFor(result, /prompting|prompts|setting/i, 'No prompt asked for either side.');
    return { id, title: 'Prompting against steering', missing };
  }
  const known = [found.prompting, found.steering, found.both];
  if (known.every(({ value }) => value === null)) {
    return { id, title: 'Prompting against steering', missing: whyUnknown(known) };
  }
  const ways = [
    { label: 'prompting alone', estimate: found.prompting, tone: 'second', symbol: 'square' },
    { label: 'steering alone', estimate: found.steering, tone: 'accent', symbol: 'circle' },
    { label: 'both together', estimate: found.both, tone: 'ink', symbol: 'diamond' },
  ] as const;
  const figure: Figure = {
    id,
    title: sayFurther(found),
    note: `Half the distance of the mean propensity between the two sides, in ${unit}: ${found.items} test items, ${sayIntervals(known)}. Prompting exchanges the system message; steering is at ±${formatTick(found.multiplier)}.`,
    key: [],
    help: 'The further right, the more it moves the answers. Prompting costs no vector: steering earns its place where it moves them further, or adds to what a prompt does.',
    section: 'Prompting baseline',
    description: ways
      .map(({ label, estimate }) => `${label}: ${formatEstimate(estimate)}`)
      .join('; ')
      .concat('.'),
    table: {
      columns: ['way', `shift of the propensity (${unit})`, 'low', 'high', 'items'],
      rows: ways.map(({ label, estimate: { value, low, high, n } }) => [label, value, low, high, n]),
    },
    draw: (layout) =>
      draw({ ...figure, layout }, [
        intervalPanel(layout, {
          rows: ways.map((way) => ({ ...way, words: formatEstimate(way.estimate) })),
          domain: domainOf(
            ways.flatMap(({ estimate }) => [estimate.value, estimate.low, estimate.high]),
            [0],
          ),
          axis: `shift of the propensity, ${unit}`,
          labelWidth: 128,
        }),
      ]),
  };
  return figure;
}

function sayFurther({ prompting, steering }: NonNullable<Piece['prompting']>): string {
  if (prompting.value === null || steering.value === null) return 'Prompting against steering';
  const apart = areApart(prompting, steering);
  if (apart === null) return 'Prompting against steering';
  if (apart) {
    return steering.value > prompting.value
      ? 'Steering moves the answers further than asking for it'
      : 'Asking for it moves the answers further than steering';
  }
  return 'Steering and asking for it are not clearly apart';
}
