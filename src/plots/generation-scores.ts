import { dot, line, ruleX, ruleY } from '@observablehq/plot';
import type { Result } from '../result/schema.ts';
import { draw, type Panel } from './draw.ts';
import {
  type Figure,
  figureWidth,
  type Layout,
  type MissingFigure,
  reasonFor,
  whyUnknown,
} from './figure.ts';
import {
  type Estimate,
  formatEstimate,
  formatMultiplier,
  formatShareEstimate,
  formatTick,
  sayIntervals,
} from './format-number.ts';
import { type ColourName, colour } from './palette.ts';
import { percentTick } from './ranges.ts';
import { shorten } from './text-width.ts';

type Piece = Pick<Result, 'generationCheck' | 'notMeasured'>;
type Check = NonNullable<Piece['generationCheck']>;
type Sampling = Check['samplings'][number];

const looks = {
  greedy: { glyph: '●', tone: 'accent', symbol: 'circle', hollow: false },
  sampled: { glyph: '□', tone: 'second', symbol: 'square', hollow: true },
} as const;

/** Score of the free answers, and how much they repeat themselves, at each multiplier. */
export function generationScores(result: Piece): Figure | MissingFigure {
  const id = 'generation-scores';
  const { generationCheck: check } = result;
  if (check === null || check.samplings.every(({ points }) => points.length === 0)) {
    const missing = reasonFor(result, /generat|free/i, 'No free answers were written.');
    return { id, title: 'Scores of free answers', missing };
  }
  const { scorer, samplings } = check;
  const found = samplings.flatMap(({ points }) =>
    points.flatMap(({ score, repetition }) => [...(score === null ? [] : [score]), repetition]),
  );
  if (found.every(({ value }) => value === null)) {
    return { id, title: 'Scores of free answers', missing: whyUnknown(found) };
  }
  const unscored = samplings.reduce((sum, each) => sum + each.unscored, 0);
  const figure: Figure = {
    id,
    title: sayScores(check),
    note: `Means over ${check.items} items, ${sayIntervals(found)}, answers of up to ${check.tokens} tokens. ${sayScorer(scorer)}${scorer.usable && unscored > 0 ? ` ${unscored} texts have no score.` : ''} Repetition: share of repeated runs of four tokens.`,
    key: samplings.map(({ sampling, temperature }) => ({
      glyph: looks[sampling].glyph,
      colour: looks[sampling].tone,
      text:
        sampling === 'greedy'
          ? 'the likeliest token each time'
          : `sampled at temperature ${formatTick(temperature)}`,
    })),
    help: scorer.usable
      ? 'Scores should rise from left to right; where repetition climbs at the ends, the text falls apart and its score means little.'
      : 'Where repetition climbs at the ends, the text falls apart. What the texts say must be read in the examples below.',
    section: 'Free answers',
    description: samplings
      .map(
        ({ sampling, points }) =>
          `${sampling}: ${points
            .map(
              ({ multiplier, score, repetition }) =>
                `at ${formatMultiplier(multiplier)} score ${score === null ? 'not known' : formatEstimate(score)}, repetition ${formatShareEstimate(repetition)}`,
            )
            .join('; ')}.`,
      )
      .join(' '),
    table: {
      columns: [
        'sampling',
        'multiplier',
        `score (${scorer.unit})`,
        'low',
        'high',
        'repetition',
        'repetition low',
        'repetition high',
      ],
      rows: samplings.flatMap(({ sampling, points }) =>
        points.map(({ multiplier, score, repetition }) => [
          ...[sampling, multiplier, score?.value ?? null, score?.low ?? null, score?.high ?? null],
          ...[repetition.value, repetition.low, repetition.high],
        ]),
      ),
    },
    draw: (layout) => draw({ ...figure, layout }, panels(layout, check)),
  };
  return figure;
}

function sayScorer({ kind, description, accuracy, usable, reason }: Check['scorer']): string {
  const told = accuracy === null ? '' : `; told ${formatShareEstimate(accuracy)} of held-out answers apart`;
  const name = kind === 'classifier' ? 'Scorer' : 'Judge';
  const sentence = `${name}: ${description.replace(/[.\s]+$/, '')}${told}.`;
  return usable ? sentence : `${sentence} Its scores are not used: ${reason ?? 'no reason given'}.`;
}

function sayScores({ samplings, scorer }: Check): string {
  if (!scorer.usable) return 'Free answers were written, but not scored';
  const effect = (samplings.find(({ sampling }) => sampling === 'greedy') ?? samplings[0])?.effect;
  if (effect?.value == null) return 'Scores of free answers';
  if (effect.low === null || effect.high === null)
    return `Steering moves free answers by ${formatEstimate(effect)} ${scorer.unit}`;
  if (effect.low > 0) return 'Steering changes what the model writes, as intended';
  return effect.high < 0
    ? 'Steering changes what the model writes the wrong way'
    : 'Steering does not clearly change what the model writes';
}

function panels(layout: Layout, { samplings, scorer, multipliers }: Check): Panel[] {
  const scored = samplings.some(({ points }) => points.some(({ score }) => score?.value != null));
  return [
    ...(scored
      ? [
          panel(layout, samplings, multipliers, {
            ...{
              pick: ({ score }) => score,
              label: shorten(`score of the text, ${scorer.unit}`, figureWidth[layout] - 40),
              last: false,
            },
            ...{ height: layout === 'wide' ? 200 : 180, tickFormat: formatTick },
          }),
        ]
      : []),
    panel(layout, samplings, multipliers, {
      ...{ pick: ({ repetition }) => repetition, label: 'repetition', last: true },
      ...{ height: 120, tickFormat: percentTick },
    }),
  ];
}

interface Quantity {
  pick: (point: Sampling['points'][number]) => Estimate | null;
  label: string;
  last: boolean;
  height: number;
  tickFormat: (value: number) => string;
}

function panel(
  layout: Layout,
  samplings: Sampling[],
  multipliers: number[],
  { pick, label, last, height, tickFormat }: Quantity,
): Panel {
  const series = samplings.map(({ sampling, points }, k) => ({
    look: looks[sampling],
    shift: (k - (samplings.length - 1) / 2) * 7,
    points: points.flatMap((point) => {
      const estimate = pick(point);
      return estimate?.value == null
        ? []
        : [{ multiplier: point.multiplier, value: estimate.value, low: estimate.low, high: estimate.high }];
    }),
  }));
  const [from, to] = [Math.min(...multipliers), Math.max(...multipliers)];
  const room = (to - from || 1) * 0.05;
  return {
    height: height + (last ? 26 : 0),
    ...{ marginLeft: 46, marginRight: 14, marginTop: 32, marginBottom: last ? 42 : 14 },
    x: {
      domain: [from - room, to + room],
      ticks: last ? multipliers : [],
      tickFormat: formatMultiplier,
      ...{ label: last ? 'multiplier' : null, labelAnchor: 'center', labelArrow: 'none' },
    },
    y: { label, tickFormat, ticks: last ? 3 : layout === 'wide' ? 5 : 4, nice: true, zero: true },
    marks: [
      ruleY([0], { stroke: colour('muted') }),
      ...series.flatMap(({ look, shift, points }) => {
        const tone: ColourName = look.tone;
        return [
          line(points, {
            x: 'multiplier',
            y: 'value',
            stroke: colour(tone),
            strokeOpacity: 0.6,
            strokeWidth: 1.5,
            dx: shift,
          }),
          ruleX(
            points.filter(({ low, high }) => low !== null && high !== null),
            { x: 'multiplier', y1: 'low', y2: 'high', stroke: colour(tone), strokeWidth: 2, dx: shift },
          ),
          dot(points, {
            ...{ x: 'multiplier', y: 'value', r: 4.5, symbol: look.symbol, dx: shift },
            ...{ fill: colour(look.hollow ? 'paper' : tone), stroke: colour(tone), strokeWidth: 1.75 },
          }),
        ];
      }),
    ],
  };
}
