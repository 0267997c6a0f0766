import { noncentralityAt } from '../math/noncentral-f.ts';
import { confidence } from './estimate.ts';
import { logVarianceError } from './log-variance-error.ts';

/** A residual share below this is rounding: nothing is left from which an error could be estimated. */
const nothingLeft = 1e-6;

/** What a least-squares fit says of the part whose share is wanted. */
export interface FittedPart {
  /** Sum of squares of the part, over the total. */
  part: number;
  /** Its dimensions: degrees of freedom of the numerator. */
  dimensions: number;
  /** Share of the total that the other parts of the model explain; 0 where the part is the whole model. */
  others: number;
  /** Dimensions of the other parts. */
  otherDimensions: number;
  /** Residuals of the whole model. */
  residuals: Float64Array;
}

/**
 * The 95 % interval of the share of variance that a part of a linear model explains, by inverting the noncentral F.
 *
 * With F = (SS/d) / (SSE/ν), ν = n - 1 - dimensions of the model, the noncentralities λ whose 2.5 % and 97.5 % points
 * are this F give the share λ / (n + λ + λ₀) (Steiger 2004, section 4), λ₀ being that of the other parts, estimated
 * without bias. It is exact for normal errors, also where nothing is explained, where a bootstrap fails. For other
 * errors ν is replaced by 2ν / ((n - 1)·e²), e² the variance of ln s² of the residuals ({@link logVarianceError}): the
 * degrees of freedom that the error's kurtosis leaves (Box and Andersen 1955).
 *
 * Null with a reason where no item is left for the error or the model leaves none.
 *
 * @example
 * explainedInterval({ part: 0.3, dimensions: 1, others: 0, otherDimensions: 0, residuals });
 */
export function explainedInterval({
  part,
  dimensions,
  others,
  otherDimensions,
  residuals,
}: FittedPart): { low: number; high: number } | string {
  const n = residuals.length;
  const bottom = n - 1 - dimensions - otherDimensions;
  const left = 1 - part - others;
  if (bottom < 1) return 'no item is left from which the error could be estimated';
  if (left < nothingLeft) return 'the model leaves no error';
  const f = (part / dimensions) * (bottom / left);
  const effective = (2 * bottom) / ((n - 1) * logVarianceError(residuals));
  const besides = Math.max(0, (others / left) * bottom - otherDimensions);
  const share = (probability: number) => {
    const noncentrality = noncentralityAt(Math.max(0, f), dimensions, effective, probability);
    return noncentrality / (n + noncentrality + besides);
  };
  return { low: share((1 + confidence) / 2), high: share((1 - confidence) / 2) };
}
