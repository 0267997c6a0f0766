import type { Study } from '../../result/study.ts';
import {
  type Found,
  findPredictors,
  outcomes,
  predictors,
  sayBest,
  withoutPredictors,
} from './predictor-data.ts';
import { formatCorrelation } from './relations.ts';
import { type ChartBlock, type Column, drawRows } from './row-chart.ts';
import { estimateMarks } from './row-marks.ts';
import { modelTitle } from './runs.ts';
import { estimateCells, estimateColumns } from './say.ts';
import { seriesKey, seriesOf } from './series.ts';
import { picture, type StudyFigure } from './study-figure.ts';

/** How well what is known before steering foretells the outcome: rank correlations over datasets. */
export function predictorCorrelations(study: Study): StudyFigure {
  const place = {
    id: 'predictor-correlations',
    name: 'Predictors before steering, correlations',
    paper: null,
    section: 'Predictors',
  };
  const found = findPredictors(study);
  if (found.length === 0) return withoutPredictors(study, place);
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
