/** How a steering vector is made from the activations of contrast pairs; one function each, in its own file. */
export type Method = 'mean-difference' | 'principal-component' | 'logistic' | 'lda';

/** All methods, the default first. */
export const methods: readonly Method[] = ['mean-difference', 'principal-component', 'logistic', 'lda'];

/**
 * A method: activations of the positive and of the negative answers, pair by pair in the same order, to a vector.
 *
 * All arrays have the width of the residual stream; so has the result, which holds a direction of any length.
 */
export type ExtractionMethod = (
  positive: readonly Float32Array[],
  negative: readonly Float32Array[],
) => Float32Array;
