import { dot, line, ruleX, ruleY, text } from '@observablehq/plot';
import type { Result } from '../result/schema.ts';
import { draw, type Panel } from './draw.ts';
import { type Figure, type Layout, type MissingFigure, reasonFor, whyUnknown } from './figure.ts';
import {
  formatEstimate,
  formatNumber,
  formatShare,
  formatShareEstimate,
  formatTick,
  sayIntervals,
} from './format-number.ts';
import { intervalPanel } from './interval-rows.ts';
import { colour } from './palette.ts';
import { axisRoom, domainOf } from './ranges.ts';

type Piece = Pick<Result, 'orders' | 'items' | 'unit' | 'notMeasured'>;
type Orders = NonNullable<Piece['orders']>;

interface Both {
  item: number;
  /** Letter of the positive answer as asked. */
  letter: string | null;
  slope: number;
  swapped: number;
}

/** Every item with its letters both ways: what the content does, what the letter does, and the items themselves. */
export function lettersWithinItems(result: Piece): Figure | MissingFigure {
  const id = 'letters-within-items';
  const { orders, unit } = result;
  if (orders === null) {
    const missing = reasonFor(
      result,
      /both ways|order/i,
      'The items were asked in one order of letters only.',
    );
    return { id, title: 'Letters exchanged within items', missing };
  }
  if (orders.content.value === null && orders.letter.value === null) {
    return { id, title: 'Letters exchanged within items', missing: whyUnknown([orders.content]) };
  }
  const both = result.items.flatMap(({ item, positiveLetter: letter, slope, swappedSlope }) =>
    slope === null || swappedSlope === null ? [] : [{ item, letter, slope, swapped: swappedSlope }],
  );
  const backwards = both.filter(isBackwards).length;
  const figure: Figure = {
    id,
    title: sayWhich(orders),
    note: `Slopes in ${unit} per unit of multiplier of ${orders.items} items asked with their letters both ways${orders.missing > 0 ? ` (${orders.missing} could not be)` : ''}, ${sayIntervals([orders.content, orders.letter])}. The letter makes ${formatShareEstimate(orders.letterShare)} of the variance of a slope with a random letter: ${formatShare(orders.commonShare.value)} the same in all items, ${formatShare(orders.specificShare.value)} different from item to item.`,
    key:
      both.length === 0
        ? []
        : [
            { glyph: '●', colour: 'accent', text: 'an item whose positive answer is (A)' },
            { glyph: '■', colour: 'second', text: 'one whose positive answer is (B)' },
            ...(backwards > 0
              ? [{ glyph: '▼', colour: 'warning' as const, text: 'either, its content steers backwards' }]
              : []),
          ],
    help: 'An item that only its content moves lies on the rising line, whatever its letter; one that only the letter moves lies on the falling line, where exchanging the letters turns the slope round.',
    section: 'Letters within items',
    description: `The content’s slope is ${formatEstimate(orders.content)}, what the letter (A) adds is ${formatEstimate(orders.letter)}; ${formatShareEstimate(orders.antiSteerable)} of the items go backwards by content.${
      both.length > 0
        ? ` Scatter of ${both.length} items: slope against slope with the letters exchanged; ${backwards} lie below the falling line.`
        : ''
    }`,
    table: {
      columns: [
        'item',
        'letter',
        `slope (${unit} per unit)`,
        'slope, letters exchanged',
        'content',
        'half the difference',
      ],
      rows: both.map(({ item, letter, slope, swapped }) => [
        item,
        letter,
        slope,
        swapped,
        (slope + swapped) / 2,
        (slope - swapped) / 2,
      ]),
    },
    draw: (layout) =>
      draw({ ...figure, layout }, [
        intervalPanel(layout, {
          rows: [
            {
              label: 'the content, either way',
              estimate: orders.content,
              tone: 'ink',
              words: formatEstimate(orders.content),
            },
            {
              label: 'standing behind (A) adds',
              estimate: orders.letter,
              tone: 'ink',
              symbol: 'diamond',
              words: formatEstimate(orders.letter),
            },
          ],
          domain: domainOf(
            [orders.content, orders.letter].flatMap(({ value, low, high }) => [value, low, high]),
            [0],
          ),
          axis: `slope, ${unit} per unit of multiplier`,
        }),
        ...(both.length > 0 ? [scatterPanel(layout, both, unit)] : []),
      ]),
  };
  return figure;
}

function isBackwards({ slope, swapped }: Both): boolean {
  return slope + swapped <= 0;
}

function sayWhich({ content, letter }: Orders): string {
  if (content.value === null || letter.value === null) return 'Letters exchanged within items';
  if (letter.low === null || letter.high === null) {
    return `Content moves the slope by ${formatNumber(content.value)}, the letter (A) by ${formatNumber(letter.value)}`;
  }
  const [c, l] = [Math.abs(content.value), Math.abs(letter.value)];
  const clearLetter = letter.low > 0 || letter.high < 0;
  if (!clearLetter)
    return `No clear pull of the letter: ${formatEstimate(letter)} beside ${formatNumber(c)} of the content`;
  const towards = letter.value > 0 ? '(A)' : '(B)';
  return l > c
    ? `The letter moves the answers further than the content: ${formatNumber(l)} towards ${towards} against ${formatNumber(c)}`
    : `The content moves the answers by ${formatNumber(content.value)}, the letter by ${formatNumber(l)} towards ${towards}`;
}

function scatterPanel(layout: Layout, both: Both[], unit: string): Panel {
  const wide = layout === 'wide';
  const domain = domainOf(
    both.flatMap(({ slope, swapped }) => [slope, swapped]),
    [0],
  );
  const side = wide ? 360 : 280;
  const width = wide ? 720 : 350;
  const left = wide ? (width - side) / 2 : Math.min(width - side - 12, axisRoom(domain, formatTick));
  const reach = Math.min(-domain[0], domain[1]);
  const scale = { domain, ticks: wide ? 7 : 5, tickFormat: formatTick };
  const place = { x: 'slope', y: 'swapped', title: ({ item }: Both) => `item ${item}` } as const;
  const words = { fill: colour('muted'), fontSize: 11, stroke: colour('paper'), strokeWidth: 4 } as const;
  return {
    height: side + 92,
    ...{ marginLeft: left, marginRight: width - left - side, marginTop: 44, marginBottom: 48 },
    x: {
      ...scale,
      label: `slope as asked, ${unit} per unit`,
      labelAnchor: 'center',
      labelArrow: 'none',
      labelOffset: 40,
    },
    y: { ...scale, label: 'slope with the letters exchanged', labelArrow: 'up' },
    marks: [
      ruleX([0], { stroke: colour('rule') }),
      ruleY([0], { stroke: colour('rule') }),
      line([domain[0], domain[1]], { x: (v: number) => v, y: (v: number) => v, stroke: colour('muted') }),
      line([-reach, reach], {
        x: (v: number) => v,
        y: (v: number) => -v,
        stroke: colour('muted'),
        strokeDasharray: '4 3',
      }),
      ...(['circle', 'square'] as const).map((symbol) =>
        dot(
          both.filter((each) => !isBackwards(each) && (each.letter === 'B') === (symbol === 'square')),
          {
            ...{ ...place, symbol, r: 4, fillOpacity: 0.85, stroke: colour('paper') },
            fill: colour(symbol === 'circle' ? 'accent' : 'second'),
          },
        ),
      ),
      dot(both.filter(isBackwards), {
        ...{ ...place, symbol: 'triangle', rotate: 180, r: 4.5 },
        ...{ fill: colour('warning'), stroke: colour('paper') },
      }),
      text(['content alone'], {
        x: [domain[1]],
        y: [domain[1]],
        textAnchor: 'end',
        dx: -8,
        dy: 16,
        ...words,
      }),
      text(['letter alone'], { x: [reach], y: [-reach], textAnchor: 'end', dx: -14, dy: -4, ...words }),
    ],
  };
}
