import type { Study } from '../../result/study.ts';
import { capitalised } from '../capitalised.ts';
import { domainOf, percentTick } from '../ranges.ts';
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
  scattersByModel,
} from './relations.ts';
import { modelTitle, unitWords } from './runs.ts';
import { drawScatters } from './scatter.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';

const kinds = [
  { id: 'explained-anti', name: 'explained share', tickFormat: percentTick },
  { id: 'median-anti', name: 'median slope', tickFormat: undefined },
] as const;

/** What goes with items that steer backwards: the share that letter and word explain, and the median slope. */
export function antiSteerableRelations(study: Study): StudyFigure {
  const place = {
    id: 'backwards-against-bias',
    name: 'What goes with items backwards',
    paper: null,
    section: 'Items that steer backwards',
  };
  const panels = relationsByModel(study, kinds, ({ id }, model) => `${id}/${model}`);
  if (panels.length === 0) {
    return missing(
      place,
      study,
      /bias|anti/i,
      sayNoRelation(study, 'median-anti/', 'No run measured slopes of items.'),
    );
  }
  const relations = panels.map(({ relation }) => relation);
  const headings = panels.map(({ model, kind }) => `${modelTitle(study, model)}, ${kind.name}`);
  const of = (name: string) =>
    panels.filter(({ kind }) => kind.name === name).map(({ relation }) => relation);
  const explained = of('explained share');
  return picture(
    {
      ...place,
      title: [
        `Share of items backwards, against the median slope: ${sayCorrelations(of('median slope'))}`,
        ...(explained.length > 0
          ? [`against what letter and word explain: ${sayCorrelations(explained)}`]
          : []),
      ].join('; '),
      note: `A point is a dataset: share of its items with slope 0 or below, against the share of the variance that letter and Yes/No word explain, and against the median slope (${unitWords(study.runs)} per unit of multiplier). ρ: Spearman's rank correlation, 95 % interval.${sayMissing(relations)}`,
      key: scatterKey(study, relations),
      help: 'The paper found 0.59 for the explained share and −0.86 for the median on Llama-2-7b-Chat, without intervals.',
      description: describeRelations(relations, headings),
      table: relationTable(study, relations, headings),
    },
    (figure, layout) =>
      drawScatters(
        { ...figure, layout },
        scattersByModel(study, panels, ({ kind, relation }) => ({
          heading: capitalised(kind.name),
          ...{ statistic: saySpearman(relation), n: relation.spearman.n, named: 2 },
          points: pointsOf(study, relation),
          x: {
            domain: domainOf(
              panels
                .filter((panel) => panel.kind === kind)
                .flatMap((panel) => panel.relation.points.map(({ x }) => x)),
              [0],
            ),
            label: kind.name,
            ...(kind.tickFormat === undefined ? {} : { tickFormat: kind.tickFormat }),
          },
          y: {
            domain: domainOf(
              relations.flatMap(({ points }) => points.flatMap(({ y, high }) => [y, high])),
              [0],
            ),
            label: 'share backwards',
            tickFormat: percentTick,
          },
        })),
        { columns: { wide: 2, narrow: 1 }, height: { wide: 250, narrow: 250 } },
      ),
  );
}
