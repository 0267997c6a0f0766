import { rectX } from '@observablehq/plot';
import type { Study } from '../../result/study.ts';
import { capitalised } from '../capitalised.ts';
import { type Estimate, formatNumber, formatShare, formatShareEstimate } from '../format-number.ts';
import type { ColourName } from '../palette.ts';
import { colour } from '../palette.ts';
import { percentTick } from '../ranges.ts';
import { publishedKey, publishedValue } from './published.ts';
import { type Column, drawRows, type Place, type Placed } from './row-chart.ts';
import { estimateMarks, publishedMarks } from './row-marks.ts';
import { type Block, blocksOf, inUnit, judged, modelTitle, sayLeftOut, unitWords } from './runs.ts';
import { clearlyAbove, estimateCells, estimateColumns, partOf } from './say.ts';
import { selectedBehaviours } from './selected.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';

interface Data {
  variance: number;
  shares: { factor: string; share: number }[];
  interaction: number | null;
  unexplained: number;
  adjustedR2: Estimate;
  publishedVariance: number | null;
  publishedShare: number | null;
}

/** Figure 4: the variance of the items' slopes, split into letter, Yes/No word and the rest, for the paper's choice. */
export function varianceSelected(study: Study): StudyFigure {
  return variance(
    study,
    'figure-04-variance-selected',
    'Variance explained, chosen datasets',
    '4',
    selectedBehaviours(study),
  );
}

/** Figure 20: the same for all datasets. */
export function varianceAll(study: Study): StudyFigure {
  const all = new Set(study.behaviours.map(({ name }) => name));
  return variance(study, 'figure-20-variance-all', 'Variance explained, all datasets', '20', all);
}

function variance(
  study: Study,
  id: string,
  name: string,
  paper: string,
  behaviours: Set<string>,
): StudyFigure {
  const place = { id, name, paper, section: 'Bias between items' };
  const blocks = blocksOf(
    study,
    (run): Data | null => {
      const { bias } = run.result;
      if (bias?.variance == null || bias.unexplained === null || !behaviours.has(run.behaviour)) return null;
      const published = ['var_total', 'var_AB', 'var_YesMarg'].map((name) =>
        publishedValue(study, run, name),
      );
      const [all, letter, word] = published as [number | null, number | null, number | null];
      return {
        variance: bias.variance,
        shares: bias.sequential,
        interaction: bias.interaction,
        unexplained: bias.unexplained,
        adjustedR2: bias.adjustedR2,
        publishedVariance: all,
        publishedShare: all === null || letter === null ? null : (letter + (word ?? 0)) / all,
      };
    },
    ({ unexplained }) => -unexplained,
  );
  const rows = blocks.flatMap((block) => block.rows);
  if (rows.length === 0) {
    return missing(place, study, /bias|letter/i, 'No run has answers behind letters.');
  }
  const factors = factorsOf(rows.map(({ data }) => data));
  return picture(
    {
      ...place,
      title: sayExplained(blocks, factors),
      note: `Variance of the slopes of test items, in (${unitWords(rows.map(({ run }) => run))} per unit of multiplier)², and its shares; dot and line: adjusted R² with 95 % interval.${sayLeftOut(blocks)}`,
      key: [
        ...factors.map((name, k) => ({ glyph: '■', colour: toneOf(k), text: wordsOf(name) })),
        { glyph: '■', colour: 'rule', text: 'not explained by these' },
        { glyph: '●', colour: 'ink', text: 'adjusted R²' },
        ...publishedKey(rows.flatMap(({ data }) => [data.publishedVariance, data.publishedShare])),
      ],
      help: 'Each factor is counted after those at its left, as published. What an item’s letter or word explains is not about the behaviour; raw shares grow with few items, the adjusted R² does not.',
      description: blocks
        .map(
          (block) =>
            `${block.heading}: ${block.rows
              .map(
                ({ label, data }) =>
                  `${label} variance ${formatNumber(data.variance)}, ${data.shares.map(({ factor, share }) => `${wordsOf(factor)} ${formatShare(share)}`).join(', ')}`,
              )
              .join('; ')}.`,
        )
        .join(' '),
      table: {
        columns: [
          ...['model', 'dataset', 'unit', 'variance', ...factors.map((name) => `share of ${wordsOf(name)}`)],
          ...['share of interaction', 'unexplained', ...estimateColumns('adjusted R²')],
          ...['published variance', 'published explained share', 'left out'],
        ],
        rows: rows.map(({ run, data }) => [
          ...[modelTitle(study, run.model), run.behaviour, run.result.unit, data.variance],
          ...factors.map((name) => data.shares.find(({ factor }) => factor === name)?.share ?? null),
          ...[data.interaction, data.unexplained, ...estimateCells(data.adjustedR2)],
          ...[data.publishedVariance, data.publishedShare, run.leftOut],
        ]),
      },
    },
    (figure, layout) =>
      drawRows({ ...figure, layout }, blocks, (block) => columns(blocks, block, factors), {
        wide: 24,
        narrow: 22,
      }),
  );
}

function sayExplained(blocks: Block<Data>[], factors: string[]): string {
  const rows = judged(blocks);
  const names = factors.map(wordsOf).join(' and ');
  if (rows.length === 0) return `How much ${names} explain`;
  const subject = capitalised(names);
  const explains = factors.length > 1 ? 'explain' : 'explains';
  if (rows.length === 1) {
    return `${subject} ${explains} ${formatShareEstimate(rows[0]!.data.adjustedR2)} of the variance between items`;
  }
  const half = rows.filter(({ data }) => (data.adjustedR2.value ?? 0) > 0.5).length;
  const clearly = rows.filter(({ data }) => clearlyAbove(data.adjustedR2, 0.5)).length;
  return `${subject} ${explains} more than half of the variance between items in ${partOf(half, rows.length)} runs${half > 0 ? `, clearly so in ${clearly}` : ''}`;
}

function columns(blocks: Block<Data>[], block: Block<Data>, factors: string[]): Column<Data>[] {
  const largest = Math.max(
    ...inUnit(blocks, block).flatMap(({ data }) => [data.variance, data.publishedVariance ?? 0]),
  );
  const lowest = Math.min(
    0,
    ...blocks.flatMap(({ rows }) => rows.map(({ data }) => data.adjustedR2.low ?? 0)),
  );
  return [
    {
      title: `variance, (${block.unit} per unit)²`,
      weight: 0.5,
      domain: [0, largest * 1.04],
      marks: (rows, place) => [
        bars(rows, place, factors, ({ variance: all }) => all),
        publishedMarks(rows, ({ data }) => data.publishedVariance),
      ],
    },
    {
      title: 'share of the variance',
      weight: 0.5,
      domain: [Math.max(-0.25, lowest - 0.02), 1.02],
      rules: [0.5],
      tickFormat: percentTick,
      marks: (rows, place) => [
        bars(rows, place, factors, () => 1),
        estimateMarks(rows, ({ data }) => clipped(data.adjustedR2), {
          tone: 'ink',
          radius: 3,
          title: ({ data }) => formatNumber(data.adjustedR2.value),
        }),
        publishedMarks(rows, ({ data }) => data.publishedShare),
      ],
    },
  ];
}

/** An interval that reaches far below 0 says no more than that the share may be 0. */
function clipped(estimate: Estimate): Estimate {
  const low = estimate.low === null ? null : Math.max(estimate.low, -0.25);
  return { ...estimate, low };
}

function bars(rows: Placed<Data>[], place: Place, factors: string[], scale: (data: Data) => number) {
  const parts = rows.flatMap((row) => {
    const { shares, unexplained } = row.data;
    let from = 0;
    return [...shares, { factor: '', share: unexplained }].map(({ factor, share }) => {
      const tone = factor === '' ? null : toneOf(factors.indexOf(factor));
      const part = {
        ...{ from: from * scale(row.data), to: (from + share) * scale(row.data) },
        ...{ top: row.y - place.half * 0.85, bottom: row.y + place.half * 0.85 },
        fill: tone === null || row.leftOut ? colour('rule') : colour(tone),
        title: `${row.label}: ${factor === '' ? 'not explained' : wordsOf(factor)} ${formatShare(share)}`,
      };
      from += share;
      return part;
    });
  });
  return rectX(parts, {
    x1: 'from',
    x2: 'to',
    y1: 'top',
    y2: 'bottom',
    fill: 'fill',
    title: 'title',
    insetRight: 0.5,
  });
}

/** Names of all factors, in the order in which they enter. */
function factorsOf(all: Data[]): string[] {
  return [...new Set(all.flatMap(({ shares }) => shares.map(({ factor }) => factor)))].sort(
    (a, b) => placeOf(a) - placeOf(b),
  );
}

function placeOf(factor: string): number {
  return factor === 'letter' ? 0 : factor === 'word' ? 1 : 2;
}

function toneOf(place: number): ColourName {
  return (['accent', 'second', 'third'] as const)[place] ?? 'muted';
}

function wordsOf(factor: string): string {
  return factor === 'word' ? 'Yes/No word' : factor;
}
