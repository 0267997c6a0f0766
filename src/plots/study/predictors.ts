import type { Study } from '../../result/study.ts';
import { domainOf, percentTick } from './ranges.ts';
import {
  describeRelations,
  formatCorrelation,
  pointsOf,
  type Relation,
  relationOf,
  relationTable,
  sayMissing,
  saySpearman,
  scatterKey,
} from './relations.ts';
import { type ChartBlock, type Column, drawRows } from './row-chart.ts';
import { estimateMarks } from './row-marks.ts';
import { modelTitle, unitWords } from './runs.ts';
import { estimateCells, estimateColumns, partOf } from './say.ts';
import { drawScatters } from './scatter.ts';
import { seriesKey, seriesOf } from './series.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';

const predictors = [
  { id: 'agreement', name: 'directional agreement', axis: 'agreement' },
  { id: 'd-prime', name: 'separability d′', axis: 'd′' },
  { id: 'roc-auc', name: 'ROC AUC', axis: 'AUC' },
  { id: 'overlap', name: 'overlap', axis: 'overlap' },
] as const;

const outcomes = [
  { id: 'mean', name: 'mean slope' },
  { id: 'anti', name: 'share of items backwards' },
] as const;

interface Found {
  predictor: (typeof predictors)[number];
  outcome: (typeof outcomes)[number];
  model: string;
  relation: Relation;
}

/** How well what is known before steering foretells the outcome: rank correlations over datasets. */
export function predictorCorrelations(study: Study): StudyFigure {
  const place = {
    id: 'predictor-correlations',
    name: 'Predictors before steering, correlations',
    paper: null,
    section: 'Predictors',
  };
  const found = findAll(study);
  if (found.length === 0) return without(study, place);
  const models = study.models.map(({ id }) => id).filter((id) => found.some(({ model }) => model === id));
  const blocks = outcomes.flatMap((outcome): (ChartBlock<Found[]> & { outcome: string })[] => {
    const rows = predictors.flatMap((predictor) => {
      const data = found.filter((each) => each.predictor === predictor && each.outcome === outcome);
      return data.length === 0 ? [] : [{ label: predictor.name, leftOut: false, data }];
    });
    return rows.length === 0 ? [] : [{ heading: `Against the ${outcome.name}`, outcome: outcome.name, rows }];
  });
  return picture(
    {
      ...place,
      title: sayBest(found),
      note: `Spearman's rank correlation over datasets, 95 % interval. Predictors are computed out of sample: vectors of training pairs, scored on validation pairs.`,
      key: models.length > 1 ? seriesKey(models.map((model) => modelTitle(study, model))) : [],
      help: 'A line that stays away from 0 says that the predictor can rank datasets before anything is steered; with a dozen datasets only strong relations show.',
      description: found
        .map(
          ({ predictor, outcome, model, relation }) =>
            `${predictor.name} against ${outcome.name}, ${modelTitle(study, model)}: ${formatCorrelation(relation.spearman)}.`,
        )
        .join(' '),
      table: {
        columns: [
          'predictor',
          'outcome',
          'model',
          ...estimateColumns('Spearman'),
          ...estimateColumns('Pearson'),
        ],
        rows: found.map(({ predictor, outcome, model, relation }) => [
          ...[predictor.name, outcome.name, modelTitle(study, model)],
          ...[...estimateCells(relation.spearman), ...estimateCells(relation.pearson)],
        ]),
      },
    },
    (figure, layout) =>
      drawRows(
        { ...figure, layout },
        blocks,
        (): Column<Found[]>[] => [
          {
            title: 'rank correlation over datasets',
            weight: 1,
            domain: [-1.03, 1.03],
            marks: (rows, at) =>
              models.map((model, k) => {
                const { tone, symbol, hollow } = seriesOf(k);
                return estimateMarks(
                  rows,
                  ({ data }) => data.find((each) => each.model === model)?.relation.spearman ?? null,
                  { tone, symbol, hollow, at: ({ y }) => at.lane(y, k, models.length) },
                );
              }),
          },
        ],
        { wide: 16 + 10 * models.length, narrow: 14 + 10 * models.length },
      ),
  );
}

/** Predictors against outcomes, a point a dataset. */
export function predictorsAgainstOutcome(study: Study): StudyFigure {
  const place = {
    id: 'predictors-against-outcome',
    name: 'Predictors against outcome',
    paper: null,
    section: 'Predictors',
  };
  const found = findAll(study);
  if (found.length === 0) return without(study, place);
  const relations = found.map(({ relation }) => relation);
  const headings = found.map(
    ({ predictor, outcome, model }) =>
      `${modelTitle(study, model)}, ${predictor.name} against ${outcome.name}`,
  );
  const ends = (pick: (each: Found) => boolean, axis: 'x' | 'y', always: number[]) =>
    domainOf(
      found.filter(pick).flatMap(({ relation }) => relation.points.map((point) => point[axis])),
      always,
    );
  return picture(
    {
      ...place,
      title: `What is known before steering against what comes out: ${sayBest(found).replace(/^./, (first) => first.toLowerCase())}`,
      note: `A point is a dataset: a predictor from validation pairs against the outcome on test items (slopes in ${unitWords(study.runs)} per unit of multiplier). ρ: Spearman's rank correlation, 95 % interval.${sayMissing(relations)}`,
      key: [...scatterKey(study, relations), { glyph: '—', colour: 'accent', text: 'least-squares line' }],
      help: 'Points along a rising line (for overlap and for the share backwards a falling one) say that the predictor is worth computing before steering.',
      description: describeRelations(relations, headings),
      table: relationTable(study, relations, headings),
    },
    (figure, layout) =>
      drawScatters(
        { ...figure, layout },
        study.models.flatMap(({ id }) =>
          outcomes.flatMap((outcome) => {
            const mine = found.filter((each) => each.model === id && each.outcome === outcome);
            if (mine.length === 0) return [];
            return [
              {
                heading: `${study.models.length > 1 ? `${modelTitle(study, id)}: ` : ''}${outcome.name}`,
                panels: mine.map(({ predictor, relation }) => ({
                  ...{
                    heading: predictor.name,
                    statistic: saySpearman(relation),
                    n: relation.spearman.n,
                    fit: true,
                  },
                  points: pointsOf(study, relation),
                  x: { domain: ends((each) => each.predictor === predictor, 'x', []), label: predictor.axis },
                  y: {
                    domain: ends((each) => each.outcome === outcome, 'y', [0]),
                    label: outcome.id === 'anti' ? 'backwards' : outcome.name,
                    ...(outcome.id === 'anti' ? { tickFormat: percentTick } : {}),
                  },
                })),
              },
            ];
          }),
        ),
        { columns: { wide: 4, narrow: 2 }, height: { wide: 190, narrow: 190 } },
      ),
  );
}

function findAll(study: Study): Found[] {
  return study.models.flatMap(({ id: model }) =>
    outcomes.flatMap((outcome) =>
      predictors.flatMap((predictor) => {
        const relation = relationOf(study, `predictor/${predictor.id}/${outcome.id}/${model}`);
        return relation === null ? [] : [{ predictor, outcome, model, relation }];
      }),
    ),
  );
}

function without(study: Study, place: Parameters<typeof missing>[0]): StudyFigure {
  return missing(place, study, /predict/i, 'No run has predictors of enough datasets.');
}

/** The predictor with the strongest mean correlation with the mean slope, and in how many models it is clear. */
function sayBest(found: Found[]): string {
  const all = found.filter(
    ({ outcome, relation }) => outcome.id === 'mean' && relation.spearman.value !== null,
  );
  if (all.length === 0) return 'What can be known before steering';
  const ranked = predictors
    .map((predictor) => {
      const mine = all.filter((each) => each.predictor === predictor);
      const strength =
        mine.reduce((sum, { relation }) => sum + Math.abs(relation.spearman.value!), 0) / (mine.length || 1);
      const clear = mine.filter(
        ({ relation: { spearman } }) =>
          spearman.low !== null && spearman.high !== null && spearman.low * spearman.high > 0,
      );
      return { predictor, mine, strength, clear: clear.length };
    })
    .sort((a, b) => b.strength - a.strength);
  const { predictor, mine, clear } = ranked[0]!;
  const name = predictor.name.replace(/^./, (first) => first.toUpperCase());
  const strength =
    mine.length === 1
      ? `Spearman ${formatCorrelation(mine[0]!.relation.spearman)}`
      : `clearly on ${partOf(clear, mine.length)} models`;
  return `${name} goes with the mean slope most closely, ${strength}`;
}
