import type { Study } from '../../result/study.ts';
import { type Estimate, formatEstimate, formatNumber, formatTick } from '../format-number.ts';
import { domainOf } from '../ranges.ts';
import { type Column, drawRows } from './row-chart.ts';
import { estimateMarks, wordMarks } from './row-marks.ts';
import { type Block, blocksOf, inUnit, judged, modelTitle, runTitle, sayLeftOut, unitWords } from './runs.ts';
import { clearlyAbove, estimateCells, estimateColumns, partOf } from './say.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';

interface Data {
  limit: number;
  multiplier: number | null;
  effect: Estimate | null;
  reason: string | null;
}

/** What each vector does at the multiplier where it damages the model as much as every other. */
export function equalDamage(study: Study): StudyFigure {
  const place = {
    id: 'effect-at-equal-damage',
    name: 'Effect at equal damage',
    paper: null,
    section: 'Equal damage',
  };
  const blocks = blocksOf(
    study,
    (run): Data | null => run.result.damage?.equal ?? null,
    ({ effect }) => effect?.value ?? -Infinity,
  );
  const rows = blocks.flatMap((block) => block.rows);
  if (rows.length === 0) {
    return missing(place, study, /damage/i, 'No run measured damage.');
  }
  const limits = [...new Set(rows.map(({ data }) => formatTick(data.limit)))].join(', ');
  return picture(
    {
      ...place,
      title: sayEffect(study, blocks, limits),
      note: `(m(+λ) − m(−λ)) / 2 in ${unitWords(rows.map(({ run }) => run))}, 95 % interval, at the multiplier λ where the 95th percentile of per-token KL on neutral text reaches ${limits} nat.${sayLeftOut(blocks)}`,
      key: [{ glyph: '●', colour: 'accent', text: 'effect at that multiplier' }],
      help: 'Vectors differ in length and in harm; here each may do the same harm, so that datasets, methods and models can be compared.',
      description: blocks
        .map((block) => `${block.heading}: ${block.rows.map(describe).join('; ')}.`)
        .join(' '),
      table: {
        columns: [
          ...['model', 'dataset', 'unit', 'limit of KL', 'multiplier', ...estimateColumns('effect')],
          ...['reason', 'left out'],
        ],
        rows: rows.map(({ run, data }) => [
          ...[modelTitle(study, run.model), run.behaviour, run.result.unit, data.limit, data.multiplier],
          ...[...estimateCells(data.effect), data.reason, run.leftOut],
        ]),
      },
    },
    (figure, layout) => drawRows({ ...figure, layout }, blocks, (block) => columns(blocks, block)),
  );
}

function sayEffect(study: Study, blocks: Block<Data>[], limits: string): string {
  const rows = judged(blocks).filter(({ data }) => data.effect?.value != null);
  if (rows.length === 0) return `No vector does damage of ${limits} nat within the multipliers tried`;
  if (rows.length === 1) return `At equal damage the effect is ${formatEstimate(rows[0]!.data.effect!)}`;
  const clear = rows.filter(({ data }) => clearlyAbove(data.effect, 0)).length;
  const best = rows.reduce((a, b) => (b.data.effect!.value! > a.data.effect!.value! ? b : a));
  return `At equal damage the effect is clearly above 0 in ${partOf(clear, rows.length)} runs, largest for ${runTitle(study, best.run)}`;
}

function describe({ label, data }: Block<Data>['rows'][number]): string {
  if (data.effect === null) return `${label} not known: ${data.reason ?? 'no reason given'}`;
  return `${label} ${formatEstimate(data.effect)} at multiplier ${formatNumber(data.multiplier)}`;
}

function columns(blocks: Block<Data>[], block: Block<Data>): Column<Data>[] {
  const ends = inUnit(blocks, block).flatMap(({ data: { effect } }) =>
    effect === null ? [] : [effect.value, effect.low, effect.high],
  );
  return [
    {
      title: `effect, ${block.unit}`,
      weight: 0.78,
      domain: domainOf(ends, [0]),
      marks: (rows) => [estimateMarks(rows, ({ data }) => data.effect, { tone: 'accent' })],
    },
    {
      title: 'multiplier',
      weight: 0.22,
      domain: null,
      marks: (rows) => [
        wordMarks(
          rows,
          ({ data }) => (data.multiplier === null ? 'not reached' : `±${formatNumber(data.multiplier)}`),
          ({ data }) => (data.multiplier === null ? 'muted' : 'ink'),
        ),
      ],
    },
  ];
}
