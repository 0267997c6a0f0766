import { fitLogistic } from '../math/logistic-regression.ts';
import { characterNgrams } from './character-ngrams.ts';
import { chooseStrength, pairsForStrength } from './classifier-strength.ts';
import { overlapProducts } from './overlap-products.ts';
import { type ScoreResult, scored, unscored } from './score-result.ts';

/** A positive and a negative answer to one prompt. */
export interface AnswerPair {
  positive: string;
  negative: string;
}

/** A logistic regression that tells texts like the positive answers from texts like the negative ones. */
export interface TextClassifier {
  /** What each n-gram of the training answers adds to the log-odds of a text that had no other. */
  weights: ReadonlyMap<string, number>;
  /** Log-odds of a text that shows nothing. */
  bias: number;
  /** C of the loss, chosen by cross-validation. */
  strength: number;
  /** Pairs it was trained on. */
  trainingPairs: number;
}

/**
 * Trains a classifier on the answers of the training pairs.
 *
 * A text is the unit vector of its distinct character n-grams (`characterNgrams`): 1/√G in each of its G n-grams. The
 * normal w and the bias minimise ½‖w‖² + C Σ log(1 + exp(−y(w·x + b))), as scikit-learn's `LogisticRegression(C)`. C is
 * the one of 1, 10, 100, 1000 with the least log loss in five-fold cross-validation, the two answers of a pair in one
 * fold. Deterministic; the time grows with the cube of the number of answers, well under a second for 200 pairs.
 *
 * @throws RangeError for fewer than ten pairs: C could not be chosen
 * @example
 * trainTextClassifier(train); // { weights: Map(4213) …, bias: 0.02, strength: 10, trainingPairs: 48 }
 */
export function trainTextClassifier(pairs: readonly AnswerPair[]): TextClassifier {
  if (pairs.length < pairsForStrength)
    throw new RangeError(`a classifier needs ${pairsForStrength} pairs; there are ${pairs.length}`);
  // The answers of a pair stand side by side, so that a slice of pairs is a slice of rows.
  const rows = pairs.flatMap(({ positive, negative }) => [positive, negative]).map(characterNgrams);
  const labels = rows.map((_, row) => (row % 2 === 0 ? 1 : -1));
  const products = overlapProducts(rows);
  const strength = chooseStrength(products, labels);
  const fit = fitLogistic(products, labels, strength);
  const weights = new Map<string, number>();
  for (const [row, grams] of rows.entries()) {
    const share = fit.weights[row]! / Math.sqrt(grams.size);
    for (const gram of grams) weights.set(gram, (weights.get(gram) ?? 0) + share);
  }
  return { weights, bias: fit.bias, strength, trainingPairs: pairs.length };
}

/**
 * The log-odds (natural) that a text is a positive answer: bias + Σ weights of its distinct n-grams / √(their number).
 *
 * n-grams that training never showed count in the number, with weight 0: a text of which little is known stays near the
 * bias, and by the root neither a long text nor one that repeats itself runs away (|score − bias| is at most the length
 * of the normal, whatever the text). The effect of steering on an item is the difference of two texts' scores, in which
 * the bias cancels. Null for a text without a single n-gram of the training answers.
 *
 * @example
 * scoreText(classifier, 'I would gladly recommend it.'); // { value: 1.3, reason: null }
 */
export function scoreText({ weights, bias }: TextClassifier, text: string): ScoreResult {
  const grams = characterNgrams(text);
  if (grams.size === 0) return unscored('the text is empty');
  let [sum, known] = [0, 0];
  for (const gram of grams) {
    const weight = weights.get(gram);
    if (weight === undefined) continue;
    sum += weight;
    known++;
  }
  if (known === 0) return unscored('the text has no character sequence that a training answer has');
  return scored(bias + sum / Math.sqrt(grams.size));
}
