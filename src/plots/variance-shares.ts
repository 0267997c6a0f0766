import { rect, text } from '@observablehq/plot';
import type { Result } from '../result/schema.ts';
import { capitalised } from './capitalised.ts';
import { draw, type Panel } from './draw.ts';
import { type Figure, type Layout, type MissingFigure, reasonFor } from './figure.ts';
import { type Estimate, formatNumber, formatP, formatShare, formatShareEstimate } from './format-number.ts';
import { type ColourName, colour } from './palette.ts';
import { oneLine, shorten, textWidth } from './text-width.ts';

type Piece = Pick<Result, 'bias' | 'unit' | 'notMeasured'>;
type Bias = NonNullable<Piece['bias']>;

interface Part {
  bar: string;
  name: string;
  share: number;
  /** With its interval, where the document holds one. */
  estimate: Estimate | null;
  tone: ColourName;
}

/** Colours of the first, the second and any further factor. */
const tones: ColourName[] = ['accent', 'second', 'muted'];

/** What part of the variance of the slopes letter, word and other factors explain, in two ways of sharing it out. */
export function varianceShares(result: Piece): Figure | MissingFigure {
  const id = 'variance-shares';
  const { bias, unit } = result;
  if (bias === null || bias.unexplained === null) {
    const missing = reasonFor(result, /bias/i, bias?.reason ?? 'The answers have no letters.');
    return { id, title: 'Variance that letter and word explain', missing };
  }
  const bars = barsOf(bias);
  const explained = bias.adjustedR2;
  const figure: Figure = {
    id,
    title: sayExplained(bias),
    note: `Variance of the slopes, ${formatNumber(bias.variance)} (${unit} per unit)², of ${explained.n} test items. Explained, adjusted for the number of factors: ${formatShareEstimate(explained)}${bias.permutation === null ? '' : `; p = ${formatP(bias.permutation.p)} among ${bias.permutation.draws} permutations`}.`,
    key: [
      ...bias.factors.map(({ name }, k) => ({ glyph: '■', colour: toneOf(k), text: name })),
      ...((bias.interaction ?? 0) > 0.005
        ? [{ glyph: '■', colour: 'third' as const, text: 'their interaction' }]
        : []),
      { glyph: '■', colour: 'rule', text: 'neither' },
    ],
    help: 'Published: each factor gets what it adds to those before it, the letter first. Order-free: the average over all orders (Shapley). The verdict speaks of bias where the adjusted share lies above 50 %.',
    section: 'Bias between items',
    description: bars.map(({ bar, parts }) => `${bar}: ${parts.map(sayPart).join(', ')}.`).join(' '),
    table: {
      columns: ['way', 'part', 'share of the variance', 'low', 'high'],
      rows: [
        ...bars.flatMap(({ bar, parts }) =>
          parts.map(({ name, share, estimate }) => [
            ...[bar, name, share, estimate?.low ?? null, estimate?.high ?? null],
          ]),
        ),
        ['adjusted R²', 'all factors', explained.value, explained.low, explained.high],
      ],
    },
    draw: (layout) => draw({ ...figure, layout }, [sharesPanel(layout, bars)]),
  };
  return figure;
}

function sayPart({ name, share, estimate }: Part): string {
  return `${name} ${estimate === null ? formatShare(share) : formatShareEstimate(estimate)}`;
}

function barsOf({ factors, sequential, shapley, interaction, interactionEstimate, unexplained }: Bias) {
  // The interaction is part of what is left unexplained by the factors alone.
  const together = Math.min(Math.max(0, interaction ?? 0), unexplained!);
  const rest = [
    ...(together > 0.005
      ? [{ name: 'interaction', share: together, estimate: interactionEstimate, tone: 'third' as const }]
      : []),
    { name: 'neither', share: unexplained! - together, estimate: null, tone: 'rule' as const },
  ];
  const ways = [
    { bar: 'as published, one after the other', shares: sequential },
    ...(factors.length > 1
      ? [{ bar: 'free of their order', shares: shapley.map((part) => ({ ...part, estimate: null })) }]
      : []),
  ];
  return ways.map(({ bar, shares }) => ({
    bar,
    parts: [
      ...shares.map(({ factor, share, estimate }) => ({
        estimate,
        name: factor,
        share: Math.max(0, share),
        tone: toneOf(factors.findIndex(({ name }) => name === factor)),
      })),
      ...rest,
    ].map((part): Part => ({ ...part, bar })),
  }));
}

function toneOf(factor: number): ColourName {
  return tones[Math.min(Math.max(0, factor), 2)]!;
}

function sayExplained({ factors, adjustedR2 }: Bias): string {
  const names = factors.map(({ name }) => name).join(' and ');
  const name = capitalised(names);
  if (adjustedR2.value === null) return 'What letter and word explain is not known';
  const verb = factors.length > 1 ? 'explain' : 'explains';
  if (adjustedR2.low !== null && adjustedR2.low <= 0)
    return `${name} ${verb} no clear part of the slopes’ variance`;
  return `${name} ${verb} ${formatShare(adjustedR2.value)} of how items differ in their slopes`;
}

function sharesPanel(layout: Layout, bars: { bar: string; parts: Part[] }[]): Panel {
  const wide = layout === 'wide';
  const pitch = 66;
  const width = (wide ? 720 : 350) - 32;
  const boxes = bars.flatMap(({ parts }, k) => {
    let from = 0;
    return parts.map((part) => {
      const box = { ...part, from, to: from + part.share, top: k * pitch + 22, bottom: k * pitch + 54 };
      from = box.to;
      return box;
    });
  });
  type Box = (typeof boxes)[number];
  const room = ({ share }: Box) => share * width - 12;
  const words = (box: Box) => {
    const percent = `${Math.round(100 * box.share)}\u00a0%`;
    const both = `${oneLine(box.name)} ${percent}`;
    if (textWidth(both) <= room(box)) return both;
    return textWidth(percent) <= room(box) + 6 ? percent : '';
  };
  return {
    height: bars.length * pitch + 44,
    ...{ marginLeft: 12, marginRight: 20, marginTop: 0, marginBottom: 44 },
    x: {
      domain: [0, 1],
      ...{ label: 'share of the variance', labelAnchor: 'center', labelArrow: 'none', labelOffset: 36 },
      ticks: wide ? 10 : 5,
      tickFormat: (tick: number) => `${Math.round(tick * 100)}\u00a0%`,
    },
    y: { domain: [0, bars.length * pitch], reverse: true, axis: null },
    marks: [
      text(bars, {
        ...{ x: 0, y: (_, k) => k * pitch + 10, textAnchor: 'start', fill: colour('ink') },
        text: ({ bar }: { bar: string }) => shorten(bar, width),
      }),
      rect(boxes, {
        ...{ x1: 'from', x2: 'to', y1: 'top', y2: 'bottom', insetRight: 1 },
        fill: ({ tone }: Box) => colour(tone),
      }),
      text(boxes, {
        ...{ x: ({ from, to }: Box) => (from + to) / 2, y: ({ top, bottom }: Box) => (top + bottom) / 2 },
        text: words,
        fill: ({ tone }: Box) => colour(tone === 'rule' ? 'ink' : 'paper'),
        fontWeight: 600,
      }),
    ],
  };
}
