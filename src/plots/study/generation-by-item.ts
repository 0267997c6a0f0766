import type { Study } from '../../result/study.ts';
import { type Estimate, formatEstimate, formatShareEstimate } from '../format-number.ts';
import { percentTick } from '../ranges.ts';
import { shareDomain } from './ranges.ts';
import { formatCorrelation } from './relations.ts';
import { type Column, drawRows } from './row-chart.ts';
import { estimateMarks } from './row-marks.ts';
import { type Block, blocksOf, judged, modelTitle, type Run, sayLeftOut } from './runs.ts';
import { clearlyAbove, estimateCells, estimateColumns, partOf } from './say.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';

type Check = NonNullable<Run['result']['generationCheck']>;

interface Data {
  check: Check;
  greedy: Check['samplings'][number] | null;
  correlation: Estimate | null;
  sameSign: Estimate | null;
}

/** Within each run: does an item's effect in free text go with its slope? */
export function generationByItem(study: Study): StudyFigure {
  const place = {
    id: 'generation-by-item',
    name: 'Free text against log-probabilities, by item',
    paper: null,
    section: 'Free answers',
  };
  const blocks = blocksOf(
    study,
    ({ result }): Data | null => {
      const check = result.generationCheck;
      if (check === null || !check.scorer.usable) return null;
      const greedy =
        check.samplings.find(({ sampling }) => sampling === 'greedy') ?? check.samplings[0] ?? null;
      return { check, greedy, correlation: greedy?.correlation ?? null, sameSign: greedy?.sameSign ?? null };
    },
    ({ correlation }) => correlation?.value ?? -Infinity,
  );
  const rows = blocks.flatMap((block) => block.rows);
  const unusable = study.runs.filter(({ result }) => result.generationCheck?.scorer.usable === false);
  const refused =
    unusable.length === 0
      ? ''
      : ` ${unusable.length} more ${unusable.length === 1 ? 'run has' : 'runs have'} a scorer that is not used: ${reasonsOf(unusable)}.`;
  if (rows.length === 0) {
    const fallback = refused === '' ? 'No run wrote free answers.' : refused.trim();
    return missing(place, study, /generat/i, fallback);
  }
  return picture(
    {
      ...place,
      title: sayAgreement(blocks),
      note: `Rank correlation over items of the slope (log-probabilities) with the effect in greedy free text, and share of items with the same sign of both, 95 % intervals; ${[...new Set(rows.map(({ data }) => data.check.items))].join(', ')} items a run, ${[...new Set(rows.map(({ data }) => data.check.tokens))].join(', ')} tokens an answer.${refused}${sayLeftOut(blocks)}`,
      key: [
        { glyph: '●', colour: 'accent', text: 'rank correlation over items' },
        { glyph: '■', colour: 'second', text: 'items with the same sign' },
      ],
      help: 'Near 1 the steered model writes what its log-probabilities say; near 0 the slope of an item tells nothing about its text.',
      description: blocks
        .map(
          (block) =>
            `${block.heading}: ${block.rows
              .map(
                ({ label, data }) =>
                  `${label} ${data.correlation === null ? 'no correlation' : formatCorrelation(data.correlation)}, same sign ${data.sameSign === null ? 'not known' : formatShareEstimate(data.sameSign)}`,
              )
              .join('; ')}.`,
        )
        .join(' '),
      table: {
        columns: [
          ...[
            'model',
            'dataset',
            'scorer',
            'unit of score',
            'items',
            'unscored',
            ...estimateColumns('effect'),
          ],
          ...[...estimateColumns('correlation'), ...estimateColumns('same sign')],
          ...[...estimateColumns("scorer's accuracy"), 'left out'],
        ],
        rows: rows.map(({ run, data: { check, greedy, correlation, sameSign } }) => [
          ...[modelTitle(study, run.model), run.behaviour, check.scorer.kind, check.scorer.unit, check.items],
          ...[greedy?.unscored ?? null, ...estimateCells(greedy?.effect ?? null)],
          ...[...estimateCells(correlation), ...estimateCells(sameSign)],
          ...[...estimateCells(check.scorer.accuracy), run.leftOut],
        ]),
      },
    },
    (figure, layout) => drawRows({ ...figure, layout }, blocks, columns),
  );
}

function sayAgreement(blocks: Block<Data>[]): string {
  const rows = judged(blocks).filter(({ data }) => data.correlation?.value != null);
  if (rows.length === 0) return 'Free text against log-probabilities';
  const clear = rows.filter(({ data }) => clearlyAbove(data.correlation, 0)).length;
  if (rows.length === 1)
    return `Free text goes with log-probabilities item by item: ${formatEstimate(rows[0]!.data.correlation!)}`;
  return `An item's effect in free text clearly goes with its slope in ${partOf(clear, rows.length)} runs`;
}

function reasonsOf(runs: Run[]): string {
  return [
    ...new Set(runs.map(({ result }) => result.generationCheck!.scorer.reason ?? 'no reason given')),
  ].join('; ');
}

function columns(block: Block<Data>): Column<Data>[] {
  return [
    {
      title: 'rank correlation over items',
      weight: 0.56,
      domain: [-1.03, 1.03],
      marks: (rows) => [estimateMarks(rows, ({ data }) => data.correlation, { tone: 'accent' })],
    },
    {
      title: 'same sign',
      weight: 0.44,
      domain: shareDomain([{ value: 1, high: 1 }, ...block.rows.map(({ data }) => data.sameSign)]),
      rules: [0.5],
      tickFormat: percentTick,
      marks: (rows) => [
        estimateMarks(rows, ({ data }) => data.sameSign, { tone: 'second', symbol: 'square' }),
      ],
    },
  ];
}
