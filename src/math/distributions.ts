/**
 * Natural logarithm of the gamma function for x > 0, to some 1e-14 relative.
 *
 * Source: Lanczos 1964 with Godfrey's coefficients (g = 7, nine terms).
 *
 * @example
 * logGamma(5); // ln 24 = 3.178053830347946
 */
export function logGamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`invalid "x"; not above 0: ${x}`);
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const z = x - 1;
  let series = 0.9999999999998099;
  for (let i = 0; i < lanczos.length; i++) series += lanczos[i]! / (z + i + 1);
  const t = z + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(series);
}

const lanczos = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 0.000009984369578019572, 1.5056327351493116e-7,
];

/**
 * The regularised incomplete beta function I_x(a, b) for x in [0, 1] and a, b > 0.
 *
 * Source: DLMF 8.17.22, the continued fraction, by Lentz's algorithm.
 *
 * @example
 * incompleteBeta(0.5, 1, 1); // 0.5
 */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (!(x >= 0 && x <= 1)) throw new RangeError(`invalid "x"; not in [0, 1]: ${x}`);
  if (x === 0 || x === 1) return x;
  const logFront = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  // The fraction converges fast below the mean of the distribution; above it the mirrored one does.
  return x < (a + 1) / (a + b + 2)
    ? (Math.exp(logFront) * betaFraction(x, a, b)) / a
    : 1 - (Math.exp(logFront) * betaFraction(1 - x, b, a)) / b;
}

function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1), tiny);
  let fraction = d;
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d, tiny);
    c = nonZero(1 + even / c, tiny);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d, tiny);
    c = nonZero(1 + odd / c, tiny);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return fraction;
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}

/**
 * Distribution function of the standard normal, accurate relatively in the lower tail.
 *
 * Source: the series of Marsaglia 2004 near 0, Laplace's continued fraction for the Mills ratio in the tails.
 *
 * @example
 * normalCdf(1.959963984540054); // 0.975
 */
export function normalCdf(x: number): number {
  const density = Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  if (Math.abs(x) < 3) {
    let term = x;
    let sum = x;
    for (let k = 3; Math.abs(term) > 1e-18; k += 2) {
      term *= (x * x) / k;
      sum += term;
    }
    return 0.5 + density * sum;
  }
  if (Math.abs(x) > 40) return x > 0 ? 1 : 0;
  let fraction = Math.abs(x);
  for (let k = 120; k >= 1; k--) fraction = Math.abs(x) + k / fraction;
  const tail = density / fraction;
  return x < 0 ? tail : 1 - tail;
}

/**
 * Quantile of the standard normal for p in [0, 1]; infinite at the ends.
 *
 * Source: Wichura 1988, algorithm AS 241 (PPND16), about 1e-16 relative.
 *
 * @example
 * normalQuantile(0.975); // 1.959963984540054
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`invalid "p"; not in [0, 1]: ${p}`);
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * horner(centralTop, r)) / horner(centralBottom, r);
  }
  const tail = Math.min(p, 1 - p);
  if (tail === 0) return q < 0 ? -Infinity : Infinity;
  const r = Math.sqrt(-Math.log(tail));
  const size =
    r <= 5
      ? horner(middleTop, r - 1.6) / horner(middleBottom, r - 1.6)
      : horner(farTop, r - 5) / horner(farBottom, r - 5);
  return q < 0 ? -size : size;
}

/** The polynomial with these coefficients, lowest power first. */
function horner(coefficients: readonly number[], x: number): number {
  return coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);
}

const centralTop = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
];
const centralBottom = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852546,
];
const middleTop = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
];
const middleBottom = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  0.0005475938084995345, 1.0507500716444169e-9,
];
const farTop = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  0.0012426609473880784, 0.000027115555687434876, 2.0103343992922881e-7,
];
const farBottom = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
  0.000018463183175100548, 1.421511758316446e-7, 2.0442631033899397e-15,
];

/**
 * Distribution function of Student's t with `degrees` > 0 degrees of freedom.
 *
 * Source: Abramowitz and Stegun 26.7.1, by the incomplete beta function.
 *
 * @example
 * tCdf(2.262157162740992, 9); // 0.975
 */
export function tCdf(t: number, degrees: number): number {
  const tail = 0.5 * incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
  return t < 0 ? tail : 1 - tail;
}

/**
 * Quantile of Student's t for p in (0, 1) and `degrees` >= 1, by bracketing and bisection of {@link tCdf}.
 *
 * @example
 * tQuantile(0.975, 9); // 2.262157162740992
 */
export function tQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`invalid "p"; not in (0, 1): ${p}`);
  if (!(degrees >= 1)) throw new RangeError(`invalid "degrees"; not at least 1: ${degrees}`);
  if (p === 0.5) return 0;
  const tail = Math.min(p, 1 - p);
  let low = 0;
  let high = 2;
  while (tCdf(-high, degrees) > tail) high *= 2;
  // Bisection of doubles ends when the middle is one of the ends.
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return p < 0.5 ? -middle : middle;
    if (tCdf(-middle, degrees) > tail) low = middle;
    else high = middle;
  }
}

/**
 * Distribution function of the binomial: the probability of at most k successes in n trials.
 *
 * @example
 * binomialCdf(5, 20, 0.5); // 0.020694732666015625
 */
export function binomialCdf(k: number, n: number, probability: number): number {
  if (k < 0) return 0;
  return k >= n ? 1 : incompleteBeta(1 - probability, n - k, k + 1);
}
