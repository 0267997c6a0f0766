import { dot } from '../math/vector.ts';
import { checkPairs } from './check-pairs.ts';
import { solvePositiveDefinite } from './cholesky.ts';
import { centred, combine, gram } from './span.ts';

/** C of the loss: how much the data count against the length of the normal. scikit-learn's default. */
const strength = 1;
/** Newton's steps shrink quadratically; ten to twenty are usual. */
const maxSteps = 100;

/**
 * The normal of the logistic regression that tells positive from negative activations, L2-regularised.
 *
 * Minimises ½‖w‖² + C Σ log(1 + exp(−y_i (w·x_i + b))) over w and the unpenalised b, C = 1, y = ±1, activations as
 * they are (not standardised): scikit-learn's `LogisticRegression(C=1)`. The pairing plays no part. Solved to its
 * end by damped Newton steps in the span of the activations, w = Σ a_i x_i, since they are fewer than the stream is
 * wide. Source: Rasmussen and Williams 2006, section 3.4 (the same steps, with a bias).
 *
 * @throws RangeError for no pairs, unequal sides or unequal widths
 * @example
 * logisticNormal(positive, negative); // length says how sharp the classes are; rescaled by extractVector
 */
export function logisticNormal(
  positive: readonly Float32Array[],
  negative: readonly Float32Array[],
): Float32Array {
  checkPairs(positive, negative);
  // The bias is free, so a shift of all activations changes nothing but the conditioning.
  const rows = centred([...positive, ...negative]);
  const labels = rows.map((_, i) => (i < positive.length ? 1 : -1));
  return Float32Array.from(combine(rows, fit(gram(rows), labels)));
}

/** A point of the search: w = Σ a_i x_i, its bias, its margins' inputs f_i = w·x_i + b, and its loss. */
interface Point {
  weights: Float64Array;
  bias: number;
  scores: Float64Array;
  loss: number;
}

function fit(products: readonly Float64Array[], labels: readonly number[]): Float64Array {
  let point = pointAt(products, labels, new Float64Array(labels.length), 0);
  for (let step = 0; step < maxSteps; step++) {
    const target = newtonTarget(products, labels, point);
    const next = towards(products, labels, point, target);
    const gain = point.loss - next.loss;
    if (!(gain > 0)) return point.weights;
    point = next;
    if (gain <= 1e-14 * point.loss) return point.weights;
  }
  return point.weights;
}

function pointAt(
  products: readonly Float64Array[],
  labels: readonly number[],
  weights: Float64Array,
  bias: number,
): Point {
  const scores = Float64Array.from(products, (row) => dot(row, weights) + bias);
  let loss = 0;
  for (const [i, label] of labels.entries()) {
    const margin = label * scores[i]!;
    loss += 0.5 * weights[i]! * (scores[i]! - bias);
    loss += strength * (margin > 0 ? Math.log1p(Math.exp(-margin)) : Math.log1p(Math.exp(margin)) - margin);
  }
  return { weights, bias, scores, loss };
}

/**
 * Where the full Newton step leads: a = S (I + S K S)⁻¹ S (z − b), with S = W^½ the roots of the curvatures, z the
 * working response, and b such that Σ a_i = 0 (the condition of the unpenalised bias).
 */
function newtonTarget(
  products: readonly Float64Array[],
  labels: readonly number[],
  { scores }: Point,
): { weights: Float64Array; bias: number } {
  const roots = Float64Array.from(scores, (score) => Math.sqrt(curvature(score)));
  const response = Float64Array.from(scores, (score, i) => {
    const slope = strength * labels[i]! * sigmoid(-labels[i]! * score);
    return roots[i]! * score + slope / roots[i]!;
  });
  const matrix = products.map((row, i) =>
    Float64Array.from(row, (product, j) => (i === j ? 1 : 0) + roots[i]! * product * roots[j]!),
  );
  const [fromResponse, fromBias] = solvePositiveDefinite(matrix, [response, roots]) as [
    Float64Array,
    Float64Array,
  ];
  const bias = dot(roots, fromResponse) / dot(roots, fromBias);
  return { weights: roots.map((root, i) => root * (fromResponse[i]! - bias * fromBias[i]!)), bias };
}

/** Second derivative of the loss of one activation; kept off 0, where an activation far from the border would fall out. */
function curvature(score: number): number {
  return Math.max(strength * sigmoid(score) * sigmoid(-score), 1e-12);
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** The furthest of the full step, its half, its quarter, ... that lowers the loss: the loss is convex. */
function towards(
  products: readonly Float64Array[],
  labels: readonly number[],
  from: Point,
  target: { weights: Float64Array; bias: number },
): Point {
  for (let share = 1; share > 1e-6; share /= 2) {
    const weights = from.weights.map((weight, i) => weight + share * (target.weights[i]! - weight));
    const point = pointAt(products, labels, weights, from.bias + share * (target.bias - from.bias));
    if (point.loss < from.loss) return point;
  }
  return from;
}
