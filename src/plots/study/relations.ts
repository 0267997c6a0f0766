import type { Study } from '../../result/study.ts';
import type { FigureTable, KeyEntry } from '../figure.ts';
import type { Estimate } from '../format-number.ts';
import { behaviourTitle, modelTitle } from './runs.ts';
import { estimateCells, estimateColumns, formatFixed } from './say.ts';
import type { Scatter, ScatterGroup, ScatterPoint } from './scatter.ts';

/** Two quantities over the datasets. */
export type Relation = Study['relations'][number];

/** The four shifts of the prompt that the paper reports, in its order: setting of the vector, setting of the test. */
export const shifts = ['BASE->USER_NEG', 'BASE->USER_POS', 'SYS_POS->USER_NEG', 'SYS_NEG->USER_POS'] as const;

/** A shift as it is shown: "BASE → USER_NEG". */
export function arrow(shift: string): string {
  return shift.replace('->', ' → ');
}

/** Fewest points of this study that are worth a scatter plot. */
const fewestPoints = 3;

/** A relation by its name; null where the study lacks it or has fewer than three points of its own for it. */
export function relationOf(study: Study, id: string): Relation | null {
  const found = study.relations.find((relation) => relation.id === id);
  return found !== undefined && ownPoints(found) >= fewestPoints ? found : null;
}

/** A relation of one model, and what else tells it from the figure's others. */
export interface ModelRelation<Kind> {
  model: string;
  kind: Kind;
  relation: Relation;
}

/** The relations of a figure that the study has: for every model, in the order of the study, one of each kind. */
export function relationsByModel<Kind>(
  study: Study,
  kinds: readonly Kind[],
  idOf: (kind: Kind, model: string) => string,
): ModelRelation<Kind>[] {
  return study.models.flatMap(({ id: model }) =>
    kinds.flatMap((kind) => {
      const relation = relationOf(study, idOf(kind, model));
      return relation === null ? [] : [{ model, kind, relation }];
    }),
  );
}

/** Scatter plots of such relations, a group a model; the groups are named where there are several, or always. */
export function scattersByModel<Kind>(
  study: Study,
  found: readonly ModelRelation<Kind>[],
  draw: (relation: ModelRelation<Kind>) => Scatter,
  named = study.models.length > 1,
): ScatterGroup[] {
  return study.models.flatMap(({ id }) => {
    const panels = found.filter(({ model }) => model === id).map(draw);
    const heading = named ? modelTitle(study, id) : '';
    return panels.length === 0 ? [] : [{ heading, panels }];
  });
}

/** Why a figure of relations is missing: too few points where there are any, else the fallback. */
export function sayNoRelation(study: Study, prefix: string, fallback: string): string {
  const some = study.relations.some((relation) => relation.id.startsWith(prefix) && ownPoints(relation) > 0);
  return some ? 'Fewer than three datasets have both values.' : fallback;
}

function ownPoints({ points }: Relation): number {
  return points.filter(({ published }) => !published).length;
}

/** Every pair of models, in the order of the study. */
export function modelPairs(study: Study): [string, string][] {
  return study.models.flatMap(({ id }, k) =>
    study.models.slice(k + 1).map((other): [string, string] => [id, other.id]),
  );
}

/** A relation's points as they are drawn: squares for answers that are not behind letters. */
export function pointsOf(study: Study, relation: Relation): ScatterPoint[] {
  const formats = new Map(study.runs.map((run) => [`${run.model} ${run.behaviour}`, run.result.format]));
  return relation.points.map(({ behaviour, model, label, x, y, low, high, published }) => ({
    ...{ x, y, low, high, published },
    name: [behaviourTitle(study, behaviour), arrow(label).replace('~', ' and ')]
      .filter((part) => part !== '')
      .join(', '),
    shape: formats.get(`${model} ${behaviour}`) === 'completion' ? 'square' : 'circle',
  }));
}

/** "ρ 0.89 (0.78 to 0.95)". */
export function saySpearman({ spearman }: Relation): string {
  return `ρ ${formatCorrelation(spearman)}`;
}

/** A correlation with its interval, two decimals: "0.89 (0.78 to 0.95)". */
export function formatCorrelation({ value, low, high }: Pick<Estimate, 'value' | 'low' | 'high'>): string {
  if (value === null) return 'not known';
  return low === null || high === null
    ? formatFixed(value)
    : `${formatFixed(value)} (${formatFixed(low)} to ${formatFixed(high)})`;
}

/** The key of scatter plots over datasets. */
export function scatterKey(study: Study, relations: Relation[]): KeyEntry[] {
  const points = relations.flatMap((relation) => pointsOf(study, relation));
  const ours = points.filter(({ published }) => !published);
  const mixed = new Set(ours.map(({ shape }) => shape)).size > 1;
  return [
    ...(mixed
      ? [
          { glyph: '●', colour: 'accent' as const, text: 'a dataset, multiple choice' },
          { glyph: '■', colour: 'accent' as const, text: 'a dataset, completion' },
        ]
      : [{ glyph: '●', colour: 'accent' as const, text: 'a dataset' }]),
    ...(points.length > ours.length
      ? [{ glyph: '◇', colour: 'ink' as const, text: 'the value in the paper' }]
      : []),
  ];
}

/**
 * What several correlations say together: "0.48 to 0.96", and in how many the interval leaves out 0.
 *
 * @example
 * sayCorrelations(relations); // 'Spearman 0.75 to 0.97 in 12 comparisons, clearly above 0 in 11'
 */
export function sayCorrelations(relations: Relation[]): string {
  const known = relations.map(({ spearman }) => spearman).filter(({ value }) => value !== null);
  if (known.length === 0) return 'Spearman not known';
  if (known.length === 1) return `Spearman ${formatCorrelation(known[0]!)}`;
  const values = known.map(({ value }) => value!);
  const [from, to] = [Math.min(...values), Math.max(...values)];
  const range = `Spearman ${formatFixed(from)} to ${formatFixed(to)} in ${known.length} comparisons`;
  if (known.every(({ low }) => low === null)) return `${range}, none with an interval`;
  const positive = known.filter(({ low }) => low !== null && low > 0).length;
  const negative = known.filter(({ high }) => high !== null && high < 0).length;
  if (positive === 0 && negative === 0) return `${range}, none clearly other than 0`;
  if (negative === 0) return `${range}, clearly above 0 in ${positive === known.length ? 'all' : positive}`;
  if (positive === 0) return `${range}, clearly below 0 in ${negative === known.length ? 'all' : negative}`;
  return `${range}, clearly above 0 in ${positive} and below 0 in ${negative}`;
}

/** Whether all correlations are clearly positive. */
export function allPositive(relations: Relation[]): boolean {
  return relations.length > 0 && relations.every(({ spearman }) => spearman.low !== null && spearman.low > 0);
}

/** One sentence for each relation: what is set against what, and how they go together. */
export function describeRelations(relations: Relation[], headings: string[]): string {
  return relations
    .map(
      ({ spearman, pearson }, k) =>
        `${headings[k]}: ${spearman.n} points, Spearman ${formatCorrelation(spearman)}, Pearson ${formatCorrelation(pearson)}.`,
    )
    .join(' ');
}

/** All points of relations, each behind the heading of its panel and with the panel's correlations. */
export function relationTable(study: Study, relations: Relation[], headings: string[]): FigureTable {
  return {
    columns: [
      ...['panel', 'dataset', 'model', 'pair', 'x', 'y', 'y low', 'y high', 'source'],
      ...[...estimateColumns('Spearman'), 'Spearman interval'],
    ],
    rows: relations.flatMap(({ points, spearman }, k) =>
      points.map((point) => [
        ...[headings[k]!, point.behaviour, modelTitle(study, point.model), point.label, point.x, point.y],
        ...[point.low, point.high, point.published ? 'paper' : 'this study'],
        ...(estimateCells(spearman as Estimate) as (number | null)[]),
        spearman.method,
      ]),
    ),
  };
}

/** Note on points that a panel lacks; empty where none is. */
export function sayMissing(relations: Relation[]): string {
  const missing = relations.reduce((sum, { leftOut }) => sum + leftOut, 0);
  return missing === 0 ? '' : ` ${missing} ${missing === 1 ? 'point lacks' : 'points lack'} a value.`;
}
