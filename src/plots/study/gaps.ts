import type { Study } from '../../result/study.ts';
import { quantileOf, robustDomain } from './ranges.ts';
import {
  describeRelations,
  pointsOf,
  type Relation,
  relationsByModel,
  relationTable,
  sayCorrelations,
  sayMissing,
  sayNoRelation,
  saySpearman,
} from './relations.ts';
import { modelTitle, unitWords } from './runs.ts';
import { drawScatters, type ScatterPoint } from './scatter.ts';
import { missing, picture, type StudyFigure } from './study-figure.ts';

/** Figure 8: what is left of a setting's own steerability, by how far the settings lie apart without steering. */
export function relativeByGap(study: Study): StudyFigure {
  return byGap(study, {
    ...{
      id: 'figure-08-relative-gap',
      name: 'Relative steerability by gap',
      number: '8',
      y: 'relative steerability',
      gap: 'gap per item',
    },
    title: 'How much a foreign vector keeps, by the distance of the settings',
    note: (unit) =>
      `Relative steerability: mean slope of another setting's vector over that of the setting's own, only where the lower bound of the latter is above 0, a setting with itself left out. Gap: mean over items of the difference in unsteered propensity between the two settings, ${unit}.`,
    help: 'At 1 a vector from another setting does as well as the own one, below 0 it steers the other way; the line shows medians over tenths of the points.',
  });
}

/** Figure 24: how alike vectors of two settings are, by how far the settings lie apart without steering. */
export function cosineByGap(study: Study): StudyFigure {
  return byGap(study, {
    ...{
      id: 'figure-24-cosine-gap',
      name: 'Cosine by gap',
      number: '24',
      y: 'cosine',
      gap: 'gap of the means',
    },
    title: 'How alike vectors of two settings are, by the distance of the settings',
    note: (unit) =>
      `Cosine of the vectors of two settings (or their mean), against the difference of the settings' mean unsteered propensities, ${unit}.`,
    help: 'At 1 two settings give the same direction; the line shows medians over tenths of the points.',
  });
}

interface Kind {
  id: string;
  name: string;
  number: '8' | '24';
  y: string;
  gap: string;
  title: string;
  note(unit: string): string;
  help: string;
}

function byGap(study: Study, { id, name, number, y, gap, title, note, help }: Kind): StudyFigure {
  const place = { id, name, paper: number, section: 'Other prompts' };
  const panels = relationsByModel(study, [number], (_, model) => `${number}/${model}`);
  if (panels.length === 0) {
    return missing(
      place,
      study,
      /ood|setting/i,
      sayNoRelation(study, `${number}/`, 'No run has vectors of several settings.'),
    );
  }
  const relations = panels.map(({ relation }) => relation);
  const headings = panels.map(({ model }) => modelTitle(study, model));
  const domain = domains(relations);
  const clamped = relations
    .flatMap(({ points }) => points)
    .filter((point) => point.y < domain.y[0] || point.y > domain.y[1] || point.x > domain.x[1]).length;
  return picture(
    {
      ...place,
      title: `${title}: ${sayCorrelations(relations)}`,
      note: `${note(unitWords(study.runs))} A point is a dataset and a pair of settings. ρ: Spearman's rank correlation over n points, which are not independent, so that its 95 % interval is too short.${sayMissing(relations)}${clamped > 0 ? ` ${clamped} ${clamped === 1 ? 'point lies' : 'points lie'} beyond the axes (triangles at the border).` : ''}`,
      key: [
        { glyph: '●', colour: 'accent', text: 'a dataset and a pair of settings' },
        { glyph: '●', colour: 'ink', text: 'median of a tenth of the points' },
      ],
      help,
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
              const points = pointsOf(study, relation);
              return {
                ...{
                  heading: modelTitle(study, model),
                  statistic: saySpearman(relation),
                  n: relation.spearman.n,
                },
                points,
                x: { domain: domain.x, label: gap },
                y: { domain: domain.y, label: y },
                trend: trendOf(points),
              };
            }),
          },
        ],
        { columns: { wide: panels.length > 2 ? 3 : 2, narrow: 1 }, height: { wide: 270, narrow: 270 } },
      ),
  );
}

function domains(relations: Relation[]): { x: [number, number]; y: [number, number] } {
  const all = relations.flatMap(({ points }) => points);
  return {
    x: robustDomain(
      all.map(({ x }) => x),
      [0],
    ),
    y: robustDomain(
      all.map(({ y }) => y),
      [0, 1],
    ),
  };
}

/** Medians of y over tenths of the points in the order of x; none where a tenth would be below five points. */
function trendOf(points: ScatterPoint[]): { x: number; y: number }[] {
  const tenths = 10;
  const ours = points.filter(({ published }) => !published).sort((a, b) => a.x - b.x);
  if (ours.length < 5 * tenths) return [];
  return Array.from({ length: tenths }, (_, k) => {
    const part = ours.slice(
      Math.round((k * ours.length) / tenths),
      Math.round(((k + 1) * ours.length) / tenths),
    );
    const median = (pick: (point: ScatterPoint) => number) => quantileOf(part.map(pick), 0.5)!;
    return { x: median(({ x }) => x), y: median(({ y }) => y) };
  });
}
