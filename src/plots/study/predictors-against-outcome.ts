import type { Study } from '../../result/study.ts';
import { domainOf, percentTick } from '../ranges.ts';
import { type Found, findPredictors, outcomes, sayBest, withoutPredictors } from './predictor-data.ts';
import {
  describeRelations,
  pointsOf,
  relationTable,
  sayMissing,
  saySpearman,
  scatterKey,
} from './relations.ts';
import { modelTitle, unitWords } from './runs.ts';
import { drawScatters } from './scatter.ts';
import { picture, type StudyFigure } from './study-figure.ts';

/** Predictors against outcomes, a point a dataset. */
export function predictorsAgainstOutcome(study: Study): StudyFigure {
  const place = {
    id: 'predictors-against-outcome',
    name: 'Predictors against outcome',
    paper: null,
    section: 'Predictors',
  };
  const found = findPredictors(study);
  if (found.length === 0) return withoutPredictors(study, place);
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
      title: `Predictors against outcome: ${sayBest(found).replace(/^[A-Z](?=[a-z])/, (first) => first.toLowerCase())}`,
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
                heading: `${study.models.length > 1 ? `${modelTitle(study, id)}: ` : ''}${outcome.short}`,
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
