// Random numbers of known distribution, for the simulations of coverage.mjs.

export const fill = (n, draw) => Float64Array.from({ length: n }, (_, i) => draw(i));
export const times = (n, make) => Array.from({ length: n }, (_, i) => make(i));
export const normal = (random, n) => fill(n, () => random.normal());
/** Student's t with 5 degrees of freedom: excess kurtosis 6, variance 5/3. */
const heavy = (random, n) => fill(n, () => random.normal() / Math.sqrt(chiSquared(random, 5) / 5));
/** Log-normal with sigma 0.5: mean e^(1/8), median 1, skewness 1.75, excess kurtosis 5.9. */
export const skewed = (random, n) => fill(n, () => Math.exp(0.5 * random.normal()));
/** Four items in five around 1, one in five around -1: items that steer backwards. */
const mixed = (random, n) => fill(n, () => (random.uniform() < 0.8 ? 1 : -1) + 0.3 * random.normal());

const logVariance = Math.exp(0.25) * (Math.exp(0.25) - 1);

/** The four with their names, means and variances. */
export const shapes = [
  ['normal', normal, 0, 1],
  ["Student's t, 5 degrees of freedom", heavy, 0, 5 / 3],
  ['80 % around 1, 20 % around -1', mixed, 0.6, 0.73],
  ['log-normal, sigma 0.5', skewed, Math.exp(0.125), logVariance],
];

/** n numbers of that shape with mean 0 and variance 1. */
export function standard([, draw, mean, variance], random, n) {
  return draw(random, n).map((x) => (x - mean) / Math.sqrt(variance));
}

/** n pairs of correlation rho, normal, or log-normal made from such normals. */
export function pairs(random, n, rho, transform = (x) => x) {
  const x = new Float64Array(n);
  const y = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const a = random.normal();
    x[i] = transform(a);
    y[i] = transform(rho * a + Math.sqrt(1 - rho * rho) * random.normal());
  }
  return [x, y];
}

export function successes(random, n, p) {
  let count = 0;
  for (let i = 0; i < n; i++) if (random.uniform() < p) count++;
  return count;
}

function chiSquared(random, degrees) {
  let sum = 0;
  for (let i = 0; i < degrees; i++) sum += random.normal() ** 2;
  return sum;
}
