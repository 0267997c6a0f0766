import type { Study } from '../../result/study.ts';
import { capitalised } from '../capitalised.ts';
import { domainOf } from '../ranges.ts';
import {
  describeRelations,
  modelPairs,
  pointsOf,
  relationOf,
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

/** Figure 7: mean slopes on one model against those on another, in distribution and under a shift of the prompt. */
export function modelsMean(study: Study): StudyFigure {
  return models(study, {
    ...{
      id: 'figure-07-models-mean',
      name: 'Mean slope across models',
      number: '7',
      quantity: 'mean slope',
      power: '',
    },
    title: 'What steers well on one model steers well on another',
    open: 'Mean slopes on one model against another',
    help: 'A dataset at the upper right steers on both models. A rank correlation near 1 says that how well a behaviour steers belongs to the behaviour more than to the model.',
  });
}

/** Figure 21: the same with the variances of the items' slopes. */
export function modelsVariance(study: Study): StudyFigure {
  return models(study, {
    ...{
      id: 'figure-21-models-variance',
      name: 'Variance across models',
      number: '21',
      quantity: 'variance of slopes',
      power: '²',
    },
    title: 'Datasets whose items differ on one model differ on another',
    open: 'Spread between items on one model against another',
    help: 'A dataset at the upper right has items that differ much in how far they steer on both models.',
  });
}

interface Kind {
  id: string;
  name: string;
  number: '7' | '21';
  quantity: string;
  power: string;
  /** What to say where all correlations are clearly positive, and where not. */
  title: string;
  open: string;
  help: string;
}

const cells = [
  ['BASE->BASE', 'in distribution'],
  ['SYS_POS->USER_NEG', 'SYS_POS → USER_NEG'],
] as const;

function models(study: Study, { id, name, number, quantity, power, title, open, help }: Kind): StudyFigure {
  const place = { id, name, paper: number, section: 'Over datasets and models' };
  const pairs = modelPairs(study);
  const panels = pairs.flatMap(([a, b]) =>
    cells.flatMap(([cell, words]) => {
      const relation = relationOf(study, `${number}/${cell}/${a}~${b}`);
      return relation === null ? [] : [{ a, b, words, relation }];
    }),
  );
  if (panels.length === 0) {
    const reason =
      study.models.length < 2
        ? 'The study has one model.'
        : sayNoRelation(study, `${number}/`, 'No dataset was steered on two models.');
    return missing(place, study, /across models/i, reason);
  }
  const relations = panels.map(({ relation }) => relation);
  const headings = panels.map(
    ({ a, b, words }) => `${modelTitle(study, a)} and ${modelTitle(study, b)}, ${words}`,
  );
  const clear = relations.every(({ spearman }) => spearman.low !== null && spearman.low > 0);
  return picture(
    {
      ...place,
      title: `${clear ? title : open}: ${sayCorrelations(relations)}`,
      note: `${capitalised(quantity)} of each dataset's test items, (${unitWords(study.runs)} per unit of multiplier)${power}. ρ: Spearman's rank correlation over n datasets, 95 % interval; lines over points: 95 % interval.${sayMissing(relations)}`,
      key: [...scatterKey(study, relations), { glyph: '┄', colour: 'muted', text: 'equal on both' }],
      help,
      description: describeRelations(relations, headings),
      table: relationTable(study, relations, headings),
    },
    (figure, layout) =>
      drawScatters(
        { ...figure, layout },
        pairs.flatMap(([a, b]) => {
          const mine = panels.filter((panel) => panel.a === a && panel.b === b);
          const domain = (axis: 'x' | 'y') =>
            domainOf(
              mine.flatMap(({ relation }) => relation.points.map((point) => point[axis])),
              [0],
            );
          if (mine.length === 0) return [];
          return [
            {
              heading: pairs.length > 1 ? `${modelTitle(study, a)} and ${modelTitle(study, b)}` : '',
              panels: mine.map(({ words, relation }) => ({
                heading: capitalised(words),
                ...{ statistic: saySpearman(relation), n: relation.spearman.n },
                points: pointsOf(study, relation),
                x: { domain: domain('x'), label: modelTitle(study, a) },
                y: { domain: domain('y'), label: modelTitle(study, b) },
                ...{ diagonal: true, named: 3 },
              })),
            },
          ];
        }),
        { columns: { wide: 2, narrow: 1 }, height: { wide: 290, narrow: 290 } },
      ),
  );
}
