import { solvePositiveDefinite } from './cholesky.ts';
import { dot } from './vector.ts';

/** A fitted logistic regression whose normal is w = Σ weight_i · x_i, in the span of its rows. */
export interface LogisticFit {
  /** One weight a row; they sum to 0. */
  weights: Float64Array;
  /** b of the log-odds w·x + b. */
  bias: number;
}

/** Newton's steps shrink quadratically; ten to twenty are usual. */
const maxSteps = 100;

/**
 * Fits a logistic regression of ±1 labels, L2-regularised, from the inner products of its rows alone.
 *
 * Minimises ½‖w‖² + C Σ log(1 + exp(−y_i (w·x_i + b))) over w and the unpenalised b: scikit-learn's
 * `LogisticRegression(C)`. `products`: x_i·x_j, symmetric, one array a row; `strength`: C, above 0. Solved to its end
 * by damped Newton steps in the span of the rows, so the time grows with the cube of their number and not with their
 * width. Deterministic. Source: Rasmussen and Williams 2006, section 3.4 (the same steps, with a bias).
 *
 * @throws RangeError for no rows, a label that is not ±1, a single class, or a strength that is not above 0
 * @example
 * fitLogistic([[1, -1], [-1, 1]], [1, -1], 1); // weights [a, -a], bias 0: rows 1 and -1
 */
export function fitLogistic(
  products: readonly ArrayLike<number>[],
  labels: readonly number[],
  strength: number,
): LogisticFit {
  checkArguments(products, labels, strength);
  const problem = { products, labels, strength };
  let point = pointAt(problem, new Float64Array(labels.length), 0);
  for (let step = 0; step < maxSteps; step++) {
    const next = towards(problem, point, newtonTarget(problem, point));
    const gain = point.loss - next.loss;
    if (!(gain > 0)) break;
    point = next;
    if (gain <= 1e-14 * point.loss) break;
  }
  return { weights: point.weights, bias: point.bias };
}

/**
 * The logistic function 1 / (1 + exp(−x)).
 *
 * @example
 * sigmoid(0); // 0.5
 */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/**
 * log(1 + exp(−margin)), the logistic loss, without overflow.
 *
 * @example
 * logisticLoss(0); // 0.6931471805599453
 */
export function logisticLoss(margin: number): number {
  return margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin;
}

interface Problem {
  products: readonly ArrayLike<number>[];
  labels: readonly number[];
  strength: number;
}

/** A point of the search: w = Σ a_i x_i, its bias, its margins' inputs f_i = w·x_i + b, and its loss. */
interface Point extends LogisticFit {
  scores: Float64Array;
  loss: number;
}

function checkArguments(
  products: readonly ArrayLike<number>[],
  labels: readonly number[],
  strength: number,
): void {
  if (products.length !== labels.length)
    throw new RangeError(`rows and labels differ in number: ${products.length} and ${labels.length}`);
  for (const label of labels)
    if (label !== 1 && label !== -1) throw new RangeError(`invalid "labels"; not 1 or -1: ${label}`);
  if (!labels.includes(1) || !labels.includes(-1))
    throw new RangeError('invalid "labels"; both classes are needed');
  if (!(strength > 0 && Number.isFinite(strength)))
    throw new RangeError(`invalid "strength"; not a finite number above 0: ${strength}`);
}

function pointAt({ products, labels, strength }: Problem, weights: Float64Array, bias: number): Point {
  const scores = Float64Array.from(products, (row) => dot(row, weights) + bias);
  let loss = 0;
  for (const [i, label] of labels.entries()) {
    loss += 0.5 * weights[i]! * (scores[i]! - bias);
    loss += strength * logisticLoss(label * scores[i]!);
  }
  return { weights, bias, scores, loss };
}

/**
 * Where the full Newton step leads: a = S (I + S K S)⁻¹ S (z − b), with S = W^½ the roots of the curvatures, z the
 * working response, and b such that Σ a_i = 0 (the condition of the unpenalised bias).
 */
function newtonTarget({ products, labels, strength }: Problem, { scores }: Point): LogisticFit {
  const roots = scores.map((score) => Math.sqrt(curvature(score, strength)));
  const response = scores.map((score, i) => {
    const slope = strength * labels[i]! * sigmoid(-labels[i]! * score);
    return roots[i]! * score + slope / roots[i]!;
  });
  const matrix = products.map((row, i) =>
    roots.map((root, j) => (i === j ? 1 : 0) + roots[i]! * row[j]! * root),
  );
  const [fromResponse, fromBias] = solvePositiveDefinite(matrix, [response, roots]) as [
    Float64Array,
    Float64Array,
  ];
  const bias = dot(roots, fromResponse) / dot(roots, fromBias);
  return { weights: roots.map((root, i) => root * (fromResponse[i]! - bias * fromBias[i]!)), bias };
}

/** Second derivative of the loss of one row; kept off 0, where a row far from the border would fall out. */
function curvature(score: number, strength: number): number {
  return Math.max(strength * sigmoid(score) * sigmoid(-score), 1e-12);
}

/** The furthest of the full step, its half, its quarter, ... that lowers the loss: the loss is convex. */
function towards(problem: Problem, from: Point, target: LogisticFit): Point {
  for (let share = 1; share > 1e-6; share /= 2) {
    const weights = from.weights.map((weight, i) => weight + share * (target.weights[i]! - weight));
    const point = pointAt(problem, weights, from.bias + share * (target.bias - from.bias));
    if (point.loss < from.loss) return point;
  }
  return from;
}
