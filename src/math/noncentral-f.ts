import { incompleteBeta, logGamma } from './distributions.ts';

/**
 * Distribution function of the noncentral F with `top` and `bottom` > 0 degrees of freedom and noncentrality >= 0.
 *
 * Absolute error some 1e-12. Source: DLMF 8.17 and Abramowitz and Stegun 26.6.20, a Poisson mixture of incomplete
 * beta functions, summed outwards from its largest weight by the recursion I_x(a + 1, b) = I_x(a, b) - x^a (1-x)^b /
 * (a B(a, b)).
 *
 * @example
 * noncentralFCdf(1, 1, 10, 0); // 0.659: the central F
 */
export function noncentralFCdf(f: number, top: number, bottom: number, noncentrality: number): number {
  if (!(f >= 0)) throw new RangeError(`invalid "f"; not at least 0: ${f}`);
  if (!(noncentrality >= 0)) {
    throw new RangeError(`invalid "noncentrality"; not at least 0: ${noncentrality}`);
  }
  if (f === 0) return 0;
  const x = (top * f) / (top * f + bottom);
  const b = bottom / 2;
  if (x === 1) return 1;
  if (noncentrality === 0) return incompleteBeta(x, top / 2, b);
  const half = noncentrality / 2;
  const mode = Math.floor(half);
  const a = top / 2 + mode;
  const weight = Math.exp(mode * Math.log(half) - half - logGamma(mode + 1));
  const beta = incompleteBeta(x, a, b);
  const step = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a + 1) - logGamma(b),
  );

  let sum = 0;
  for (let j = mode, w = weight, value = beta, s = step; w > negligible; j++) {
    sum += w * value;
    value = Math.max(0, value - s);
    s *= (x * (top / 2 + j + b)) / (top / 2 + j + 1);
    w *= half / (j + 1);
  }
  for (let j = mode, w = weight, value = beta, s = step; j > 0 && w > negligible; ) {
    s *= (top / 2 + j) / (x * (top / 2 + j + b - 1));
    value = Math.min(1, value + s);
    w *= j / half;
    j--;
    sum += w * value;
  }
  return Math.min(1, sum);
}

/** Poisson weights below this are left out. */
const negligible = 1e-17;

/**
 * The noncentrality under which an F at most this large has the given probability; 0 where even none gives as little.
 *
 * `probability` in (0, 1). By bracketing and bisection of {@link noncentralFCdf}.
 *
 * @example
 * noncentralityAt(8, 1, 30, 0.025); // 24.1: the upper end of the 95 % interval for an F of 8
 */
export function noncentralityAt(f: number, top: number, bottom: number, probability: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`invalid "probability"; not in (0, 1): ${probability}`);
  }
  if (noncentralFCdf(f, top, bottom, 0) <= probability) return 0;
  let low = 0;
  let high = 1;
  while (noncentralFCdf(f, top, bottom, high) > probability) high *= 2;
  for (let halving = 0; halving < 50; halving++) {
    const middle = (low + high) / 2;
    if (noncentralFCdf(f, top, bottom, middle) > probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
