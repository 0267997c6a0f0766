import type { Study } from '../../result/study.ts';
import { capitalised } from '../capitalised.ts';
import { domainOf } from '../ranges.ts';
import {
  allPositive,
  arrow,
  describeRelations,
  pointsOf,
  type Relation,
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

/** Figure 5: mean slopes under four shifts of the prompt against those without a shift. */
export function idOodMean(study: Study): StudyFigure {
  return idOod(study, {
    ...{
      id: 'figure-05-id-ood-mean',
      name: 'Mean slope out of distribution',
      number: '5',
      quantity: 'mean slope',
      power: '',
    },
    say: (relations) =>
      `${allPositive(relations) ? 'What steers well in distribution steers well under other prompts' : 'Steering under other prompts against steering in distribution'}: ${sayCorrelations(relations)}`,
    help: 'On the dotted line nothing is lost by the change of prompt; below it steering weakens, below 0 it turns round.',
  });
}

/** Figure 6: the same with the variances of the items' slopes. */
export function idOodVariance(study: Study): StudyFigure {
  return idOod(study, {
    ...{
      id: 'figure-06-id-ood-variance',
      name: 'Variance out of distribution',
      number: '6',
      quantity: 'variance of slopes',
      power: '²',
    },
    say: (relations) =>
      `Spread between items under other prompts against spread in distribution: ${sayCorrelations(relations)}`,
    help: 'On the dotted line a dataset’s items differ as much under the other prompt as in distribution.',
  });
}

interface Kind {
  id: string;
  name: string;
  number: '5' | '6';
  quantity: string;
  power: string;
  say(relations: Relation[]): string;
  help: string;
}

function idOod(study: Study, { id, name, number, quantity, power, say, help }: Kind): StudyFigure {
  const place = { id, name, paper: number, section: 'Other prompts' };
  const panels = relationsByModel(study, shifts, (shift, model) => `${number}/${shift}/${model}`);
  const relations = panels.map(({ relation }) => relation);
  if (panels.length === 0) {
    return missing(
      place,
      study,
      /ood|setting|prompt/i,
      sayNoRelation(study, `${number}/`, 'No run was steered under other prompts.'),
    );
  }
  const headings = panels.map(({ model, kind }) => `${modelTitle(study, model)}, ${arrow(kind)}`);
  const points = relations.flatMap((relation) => relation.points);
  const domain = domainOf(
    points.flatMap(({ x, y }) => [x, y]),
    [0],
  );
  return picture(
    {
      ...place,
      title: say(relations),
      note: `${capitalised(quantity)} of each dataset's test items, (${unitWords(study.runs)} per unit of multiplier)${power}; headings: setting of the vector → setting of the test. ρ: Spearman's rank correlation over n datasets, 95 % interval; lines over points: 95 % interval.${sayMissing(relations)}`,
      key: [
        ...scatterKey(study, relations),
        { glyph: '┄', colour: 'muted', text: 'equal in both' },
        { glyph: '—', colour: 'accent', text: 'least-squares line' },
      ],
      help,
      description: describeRelations(relations, headings),
      table: relationTable(study, relations, headings),
    },
    (figure, layout) =>
      drawScatters(
        { ...figure, layout },
        scattersByModel(study, panels, ({ kind, relation }) => ({
          ...{ heading: arrow(kind), statistic: saySpearman(relation), points: pointsOf(study, relation) },
          x: { domain, label: 'BASE → BASE' },
          y: { domain, label: 'under the shift' },
          ...{ n: relation.spearman.n, diagonal: true, fit: true },
        })),
        { columns: { wide: 4, narrow: 2 }, height: { wide: 216, narrow: 210 } },
      ),
  );
}
