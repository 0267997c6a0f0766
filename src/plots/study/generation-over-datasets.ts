import type { Study } from '../../result/study.ts';
import { domainOf } from '../ranges.ts';
import {
  describeRelations,
  pointsOf,
  relationsByModel,
  relationTable,
  sayCorrelations,
  sayMissing,
  sayNoRelation,
  saySpearman,
  scatterKey,
} from './relations.ts';
import { modelTitle, unitWords } from './runs.ts';
import { drawScatters } from './scatter.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';

/** Over datasets: effect in free text against mean slope. */
export function generationOverDatasets(study: Study): StudyFigure {
  const place = {
    id: 'generation-over-datasets',
    name: 'Free text against log-probabilities, over datasets',
    paper: null,
    section: 'Free answers',
  };
  const panels = relationsByModel(study, ['generation'], (kind, model) => `${kind}/${model}`);
  if (panels.length === 0) {
    return missing(
      place,
      study,
      /generat/i,
      sayNoRelation(study, 'generation/', 'No run has scored free answers.'),
    );
  }
  const relations = panels.map(({ relation }) => relation);
  const headings = panels.map(({ model }) => modelTitle(study, model));
  return picture(
    {
      ...place,
      title: `Effect in free text against mean slope over datasets: ${sayCorrelations(relations)}`,
      note: `A point is a dataset: mean of (score(+λ) − score(−λ)) / 2 over its greedy answers, in units of its scorer, against the mean slope in ${unitWords(study.runs)} per unit of multiplier. ρ: Spearman's rank correlation, 95 % interval.${sayMissing(relations)}`,
      key: scatterKey(study, relations),
      help: 'Points along a rising line say that datasets which steer by log-probability steer in what the model writes; scorers differ between datasets, so only the order counts.',
      description: describeRelations(relations, headings),
      table: relationTable(study, relations, headings),
    },
    (figure, layout) =>
      drawScatters(
        { ...figure, layout },
        [
          {
            heading: '',
            panels: panels.map(({ model, relation }) => {
              const ends = (axis: 'x' | 'y') =>
                domainOf(
                  relations.flatMap(({ points }) => points.map((point) => point[axis])),
                  [0],
                );
              return {
                ...{
                  heading: modelTitle(study, model),
                  statistic: saySpearman(relation),
                  n: relation.spearman.n,
                },
                points: pointsOf(study, relation),
                x: { domain: ends('x'), label: 'mean slope' },
                y: { domain: ends('y'), label: 'effect in free text' },
                ...{ fit: true, named: 2 },
              };
            }),
          },
        ],
        { columns: { wide: panels.length > 2 ? 3 : 2, narrow: 1 }, height: { wide: 250, narrow: 250 } },
      ),
  );
}
