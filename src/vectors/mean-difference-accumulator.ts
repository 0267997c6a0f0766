import { accumulate } from '../math/vector.ts';

/**
 * The mean difference of all layers at once, pair by pair: memory does not grow with the number of pairs.
 *
 * Gives bit for bit what one accumulator fed with the same pairs in the same order gives, however the pairs were
 * divided into captures.
 *
 * @example
 * const mean = new MeanDifference(layers.length, facts.width);
 * for (const i of captured.positive.keys()) mean.add(captured.positive[i], captured.negative[i]);
 * mean.vectors(); // one Float32Array per layer
 */
export class MeanDifference {
  /** Layers of each block that is added. */
  readonly layers: number;
  /** Width of the residual stream. */
  readonly width: number;
  /** Float64Array, layers × width, row-major: the sum of the differences so far. */
  readonly #sum: Float64Array;
  #pairs = 0;

  /** @throws RangeError unless both are integers from 1 on */
  constructor(layers: number, width: number) {
    for (const [name, value] of Object.entries({ layers, width })) {
      if (!Number.isInteger(value) || value < 1)
        throw new RangeError(`invalid "${name}"; not an integer from 1 on: ${value}`);
    }
    this.layers = layers;
    this.width = width;
    this.#sum = new Float64Array(layers * width);
  }

  /** Pairs added so far. */
  get pairs(): number {
    return this.#pairs;
  }

  /**
   * Adds one pair: activations of its positive and negative answer, layers × width, row-major.
   *
   * @throws RangeError for a block of another size; nothing is added then
   */
  add(positive: Float32Array, negative: Float32Array): void {
    for (const block of [positive, negative]) {
      if (block.length === this.#sum.length) continue;
      throw new RangeError(
        `invalid block of ${block.length} values; ${this.layers} layers of width ${this.width} take ${this.#sum.length}`,
      );
    }
    accumulate(this.#sum, positive);
    accumulate(this.#sum, negative, -1);
    this.#pairs++;
  }

  /**
   * The mean difference of each layer, width each, rounded to float32 once.
   *
   * @throws RangeError before the first pair
   */
  vectors(): Float32Array[] {
    if (this.#pairs === 0) throw new RangeError('a vector needs at least one pair of activations');
    return Array.from({ length: this.layers }, (_, layer) =>
      Float32Array.from(
        this.#sum.subarray(layer * this.width, (layer + 1) * this.width),
        (component) => component / this.#pairs,
      ),
    );
  }
}
