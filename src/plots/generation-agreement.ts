import { dot, rect, ruleX, ruleY } from '@observablehq/plot';
import type { Result } from '../result/schema.ts';
import { draw, type Panel } from './draw.ts';
import {
  asSentence,
  type Figure,
  figureWidth,
  type Layout,
  type MissingFigure,
  reasonFor,
} from './figure.ts';
import { formatEstimate, formatNumber, formatShareEstimate, formatTick } from './format-number.ts';
import { colour } from './palette.ts';
import { axisRoom, domainOf } from './ranges.ts';
import { shorten } from './text-width.ts';

type Piece = Pick<Result, 'generationCheck' | 'unit' | 'notMeasured'>;
type Check = NonNullable<Piece['generationCheck']>;

interface Point {
  item: number;
  slope: number;
  effect: number;
}

/** Does an item that the log-probabilities call steerable also write another text? */
export function generationAgreement(result: Piece): Figure | MissingFigure {
  const id = 'generation-agreement';
  const title = 'Free answers against log-probabilities';
  const { generationCheck: check, unit } = result;
  if (check === null) {
    const missing = reasonFor(result, /generat|free/i, 'No free answers were written.');
    return { id, title, missing };
  }
  const points = check.rows.flatMap(({ item, slope, effect }) =>
    slope === null || effect === null ? [] : [{ item, slope, effect }],
  );
  if (points.length === 0) {
    return { id, title, missing: asSentence(check.scorer.reason ?? 'no free answer has a score') };
  }
  const greedy = check.samplings.find(({ sampling }) => sampling === 'greedy');
  const same = points.filter(agrees).length;
  const figure: Figure = {
    id,
    title: sayAgreement(greedy, same, points.length),
    note: `${points.length} items, greedy answers of up to ${check.tokens} tokens. Across: slope in ${unit} per unit of multiplier. Up: half the distance of the text’s score (${check.scorer.unit}) between +λ and −λ.${greedy?.correlation == null ? '' : ` Rank correlation (Spearman) ${formatEstimate(greedy.correlation, 2)}.`}${greedy?.sameSign == null ? '' : ` Same sign in ${formatShareEstimate(greedy.sameSign)} of the items.`}`,
    key: [
      { glyph: '●', colour: 'accent', text: 'an item whose text goes the way of its log-probability' },
      ...(same < points.length
        ? [{ glyph: '▼', colour: 'warning' as const, text: 'one whose text goes the other way' }]
        : []),
    ],
    help: 'Items of the tinted corners move one way by their log-probability and the other way in what the model writes; a cloud without direction means that the one says little about the other.',
    section: 'Free answers',
    description: `Scatter of ${points.length} items, slope against effect in free text: ${same} have the same sign in both.${greedy?.correlation == null ? '' : ` Rank correlation ${formatEstimate(greedy.correlation, 2)}.`}`,
    table: {
      columns: ['item', `slope (${unit} per unit)`, `effect in free text (${check.scorer.unit})`],
      rows: check.rows.map(({ item, slope, effect }) => [item, slope, effect]),
    },
    draw: (layout) => draw({ ...figure, layout }, [scatterPanel(layout, points, check, unit)]),
  };
  return figure;
}

function agrees({ slope, effect }: Point): boolean {
  return slope > 0 === effect > 0;
}

function sayAgreement(greedy: Check['samplings'][number] | undefined, same: number, n: number): string {
  const correlation = greedy?.correlation;
  const items = `${same} of ${n} items move the same way in free text`;
  if (correlation?.low == null || correlation.high === null) return items;
  if (correlation.low > 0) return `Free answers follow the log-probabilities: ${items}`;
  if (correlation.high < 0) return `Free answers run against the log-probabilities: ${items}`;
  return `Free answers do not clearly follow the log-probabilities: ${items}`;
}

function scatterPanel(layout: Layout, points: Point[], { scorer }: Check, unit: string): Panel {
  const wide = layout === 'wide';
  const x = domainOf(
    points.map(({ slope }) => slope),
    [0],
  );
  const y = domainOf(
    points.map(({ effect }) => effect),
    [0],
  );
  const place = {
    x: 'slope',
    y: 'effect',
    title: ({ item, slope, effect }: Point) =>
      `item ${item}: ${formatNumber(slope)}, ${formatNumber(effect)}`,
  } as const;
  // Where text and log-probability have opposite signs.
  const apart = [
    { x1: x[0], x2: 0, y1: 0, y2: y[1] },
    { x1: 0, x2: x[1], y1: y[0], y2: 0 },
  ];
  return {
    height: wide ? 340 : 300,
    ...{ marginLeft: axisRoom(y, formatTick), marginRight: 14, marginTop: 32, marginBottom: 44 },
    x: {
      ...{ domain: x, ticks: wide ? 9 : 5, tickFormat: formatTick },
      ...{ label: `slope, ${unit} per unit of multiplier`, labelAnchor: 'center', labelArrow: 'none' },
    },
    y: {
      domain: y,
      ticks: 6,
      tickFormat: formatTick,
      label: shorten(`effect in free text, ${scorer.unit}`, figureWidth[layout] - 40),
    },
    marks: [
      rect(apart, { x1: 'x1', x2: 'x2', y1: 'y1', y2: 'y2', fill: colour('warning'), fillOpacity: 0.09 }),
      ruleX([0], { stroke: colour('muted') }),
      ruleY([0], { stroke: colour('muted') }),
      dot(points.filter(agrees), {
        ...place,
        r: 4.5,
        fill: colour('accent'),
        fillOpacity: 0.85,
        stroke: colour('paper'),
      }),
      dot(
        points.filter((point) => !agrees(point)),
        { ...place, r: 5, symbol: 'triangle', rotate: 180, fill: colour('warning'), stroke: colour('paper') },
      ),
    ],
  };
}
