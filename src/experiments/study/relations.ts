import type { Study } from '../../result/study.ts';
import { pearson, spearman } from '../../statistics/correlation.ts';
import type { Estimate } from '../../statistics/estimate.ts';

/** One relation of a study document. */
export type Relation = Study['relations'][number];

type Point = Relation['points'][number];

/** A place for a point; null coordinates are left out, and counted. */
export interface Candidate extends Omit<Point, 'x' | 'y' | 'published'> {
  x: number | null;
  y: number | null;
  /** Default false. */
  published?: boolean;
}

/** A vector's setting, and the setting it is steered in. */
export type Shift = readonly [vector: string, setting: string];

/** The four shifts of the paper. */
export const shifts: readonly Shift[] = [
  ['BASE', 'USER_NEG'],
  ['BASE', 'USER_POS'],
  ['SYS_POS', 'USER_NEG'],
  ['SYS_NEG', 'USER_POS'],
];

/** A vector in the setting it was extracted in. */
export const inDistribution: Shift = ['BASE', 'BASE'];

/** Two quantities over points, with their correlations; points that are only shown do not count. */
export function relation(
  head: Pick<Relation, 'id' | 'figure' | 'x' | 'y'>,
  candidates: readonly Candidate[],
  shown: readonly Candidate[] = [],
): Relation {
  const counted = candidates.flatMap(known);
  const [xs, ys] = [counted.map(({ x }) => x), counted.map(({ y }) => y)];
  return {
    ...head,
    spearman: spearman(xs, ys),
    pearson: pearson(xs, ys),
    leftOut: candidates.length - counted.length,
    points: [...counted, ...shown.flatMap(known)],
  };
}

function known({ x, y, published = false, ...rest }: Candidate): Point[] {
  return x === null || y === null ? [] : [{ ...rest, x, y, published }];
}

/** A point of a behaviour and a model: a value beside an estimate. */
export function pointOf(
  { behaviour, model }: Pick<Point, 'behaviour' | 'model'>,
  x: number | null,
  y: Estimate | null,
  label = '',
): Candidate {
  return {
    behaviour,
    model,
    label,
    x,
    y: y?.value ?? null,
    low: y?.low ?? null,
    high: y?.high ?? null,
  };
}
