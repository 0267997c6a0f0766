import type { Study } from '../../result/study.ts';
import { formatNumber } from '../format-number.ts';
import { domainOf, percentTick } from '../ranges.ts';
import { quantileOf } from './ranges.ts';
import {
  arrow,
  describeRelations,
  pointsOf,
  type Relation,
  relationsByModel,
  relationTable,
  sayCorrelations,
  sayNoRelation,
  saySpearman,
  scatterKey,
  scattersByModel,
  shifts,
} from './relations.ts';
import { modelTitle, unitWords } from './runs.ts';
import { drawScatters } from './scatter.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';

const quantities: { id: string; name: string; isShare?: true }[] = [
  { id: 'id_mean', name: 'Mean slope' },
  { id: 'median', name: 'Median slope' },
  { id: 'anti', name: 'Share backwards', isShare: true },
  { id: 'id_var', name: 'Variance of slopes' },
  ...shifts.map((shift) => ({ id: shift, name: arrow(shift) })),
  ...shifts.map((shift) => ({ id: `var ${shift}`, name: `Var. ${arrow(shift)}` })),
];

/** The paper's value of every quantity and dataset against that of this study, on the same model. */
export function publishedAgainstOurs(study: Study): StudyFigure {
  const place = {
    id: 'published-against-ours',
    name: "The paper's values beside ours",
    paper: null,
    section: 'Published values',
  };
  const panels = relationsByModel(study, quantities, ({ id }, model) => `published/${id}/${model}`);
  if (panels.length === 0) {
    return missing(
      place,
      study,
      /published/i,
      sayNoRelation(study, 'published/', 'No model and dataset of this study are in the paper.'),
    );
  }
  const relations = panels.map(({ relation }) => relation);
  const headings = panels.map(({ model, kind }) => `${modelTitle(study, model)}, ${kind.name}`);
  return picture(
    {
      ...place,
      title: sayDistance(panels.find(({ kind }) => kind.id === 'id_mean')?.relation ?? null, relations),
      note: `A point is a dataset: the value read from the paper's figures (exact to about 0.01, its precision and its quirks) against that of this study in profile ${study.profile}, ${unitWords(study.runs)} per unit of multiplier. ρ: Spearman's rank correlation, 95 % interval.`,
      key: [...scatterKey(study, relations), { glyph: '┄', colour: 'muted', text: 'equal in both' }],
      help: 'Profile paper repeats what the published runs did, so its points should lie on the dotted line; the corrected profile shows what its quirks were worth.',
      description: describeRelations(relations, headings),
      table: relationTable(study, relations, headings),
    },
    (figure, layout) =>
      drawScatters(
        { ...figure, layout },
        scattersByModel(
          study,
          panels,
          ({ kind, relation }) => {
            const domain = domainOf(
              relation.points.flatMap(({ x, y }) => [x, y]),
              [0],
            );
            const ticks = kind.isShare ? { tickFormat: percentTick } : {};
            return {
              ...{ heading: kind.name, statistic: saySpearman(relation), n: relation.spearman.n },
              points: pointsOf(study, relation),
              x: { domain, label: 'paper', ...ticks },
              y: { domain, label: 'this study', ...ticks },
              ...{ diagonal: true, named: 1 },
            };
          },
          true,
        ),
        { columns: { wide: 3, narrow: 2 }, height: { wide: 226, narrow: 216 } },
      ),
  );
}

function sayDistance(means: Relation | null, relations: Relation[]): string {
  if (means === null) return `The paper's values beside ours: ${sayCorrelations(relations)}`;
  const distances = means.points.filter(({ published }) => !published).map(({ x, y }) => Math.abs(y - x));
  return `Mean slopes differ from the paper's by ${formatNumber(quantileOf(distances, 0.5))} in the median dataset, ${formatNumber(quantileOf(distances, 1))} at most`;
}
