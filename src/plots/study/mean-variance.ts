import type { Study } from '../../result/study.ts';
import { domainOf } from '../ranges.ts';
import {
  arrow,
  describeRelations,
  pointsOf,
  relationsByModel,
  relationTable,
  sayCorrelations,
  sayMissing,
  sayNoRelation,
  saySpearman,
  scatterKey,
  scattersByModel,
  shifts,
} from './relations.ts';
import { modelTitle, unitWords } from './runs.ts';
import { drawScatters } from './scatter.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';

/** Figure 22: variance of the items' slopes against their mean, in distribution and under four shifts. */
export function meanVariance(study: Study): StudyFigure {
  const place = {
    id: 'figure-22-mean-variance',
    name: 'Variance against mean',
    paper: '22',
    section: 'Other prompts',
  };
  const panels = relationsByModel(study, ['BASE->BASE', ...shifts], (cell, model) => `22/${cell}/${model}`);
  if (panels.length === 0) {
    return missing(
      place,
      study,
      /ood|variance/i,
      sayNoRelation(study, '22/', 'No run has a variance of slopes.'),
    );
  }
  const relations = panels.map(({ relation }) => relation);
  const headings = panels.map(({ model, kind }) => `${modelTitle(study, model)}, ${arrow(kind)}`);
  const all = relations.flatMap(({ points }) => points);
  const x = domainOf(
    all.map((point) => point.x),
    [0],
  );
  const y = domainOf(
    all.map((point) => point.y),
    [0],
  );
  return picture(
    {
      ...place,
      title: `Spread between items against how far they steer: ${sayCorrelations(relations)}`,
      note: `Variance and mean of the slopes of each dataset's test items; ${unitWords(study.runs)} per unit of multiplier, variance squared. ρ: Spearman's rank correlation over n datasets, 95 % interval.${sayMissing(relations)}`,
      key: scatterKey(study, relations),
      help: 'A positive correlation says that datasets which steer further on average also have items that differ more.',
      description: describeRelations(relations, headings),
      table: relationTable(study, relations, headings),
    },
    (figure, layout) =>
      drawScatters(
        { ...figure, layout },
        scattersByModel(study, panels, ({ kind, relation }) => ({
          ...{ heading: arrow(kind), statistic: saySpearman(relation), n: relation.spearman.n },
          points: pointsOf(study, relation),
          x: { domain: x, label: 'mean' },
          y: { domain: y, label: 'variance' },
        })),
        { columns: { wide: 3, narrow: 2 }, height: { wide: 206, narrow: 206 } },
      ),
  );
}
