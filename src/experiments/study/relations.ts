import type { Result } from '../../result/schema.ts';
import type { Study } from '../../result/study.ts';
import type { Estimate } from '../../statistics/estimate.ts';
import { pearson, spearman } from '../../statistics/correlation.ts';

/** A run as relations see it. */
export type RelatedRun = Study['runs'][number];

type Relation = Study['relations'][number];
type Point = Relation['points'][number];

/** A place for a point; null coordinates are left out, and counted. */
interface Candidate extends Omit<Point, 'x' | 'y' | 'published'> {
  x: number | null;
  y: number | null;
  published?: boolean;
}

/** The four shifts of the paper: a vector's setting, and the setting it is steered in. */
export const shifts = [
  ['BASE', 'USER_NEG'],
  ['BASE', 'USER_POS'],
  ['SYS_POS', 'USER_NEG'],
  ['SYS_NEG', 'USER_POS'],
] as const;

/** Two quantities over points, with their correlations; the paper's own points are shown and not counted. */
export function relation(
  head: Pick<Relation, 'id' | 'figure' | 'x' | 'y'>,
  candidates: readonly Candidate[],
): Relation {
  const points = candidates.flatMap(({ x, y, published = false, ...rest }) =>
    x === null || y === null ? [] : [{ ...rest, x, y, published }],
  );
  const own = points.filter(({ published }) => !published);
  const [xs, ys] = [own.map(({ x }) => x), own.map(({ y }) => y)];
  return {
    ...head,
    spearman: spearman(xs, ys),
    pearson: pearson(xs, ys),
    leftOut: candidates.length - points.length,
    points,
  };
}

/** The cell of a vector steered in a setting; undefined where it was not measured. */
export function oodCell(result: Result, vector: string, setting: string) {
  return result.ood?.cells.find((cell) => cell.vector === vector && cell.setting === setting);
}

/** Mean steerability, or variance of the items' slopes, of a vector in a setting. */
export function cellEstimate(
  result: Result,
  [vector, setting]: readonly [string, string],
  quantity: 'mean' | 'variance',
): Estimate | null {
  const cell = oodCell(result, vector, setting);
  if (cell !== undefined) return cell[quantity];
  if (vector !== 'BASE' || setting !== 'BASE' || result.steerability === null) return null;
  return quantity === 'mean' ? result.steerability.mean : squared(result.steerability.sd);
}

function squared({ value, low, high, ...rest }: Estimate): Estimate {
  const square = (number: number | null) => (number === null ? null : number ** 2);
  return { ...rest, value: square(value), low: square(low), high: square(high) };
}

/** A point of a run: an estimate beside a value. */
export function pointOf(run: RelatedRun, x: number | null, y: Estimate | null, label = ''): Candidate {
  return {
    behaviour: run.behaviour,
    model: run.model,
    label,
    x,
    y: y?.value ?? null,
    low: y?.low ?? null,
    high: y?.high ?? null,
  };
}
