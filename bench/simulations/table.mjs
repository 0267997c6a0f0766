// Prints tables of simulations in Markdown.
import { Xoshiro } from '../../dist/math/xoshiro.js';
import { meanOf, varianceOf } from '../../dist/statistics/moments.js';

const sizes = [20, 60, 200];

/** Rows `[name, (random, n) => [estimate, truth]]`: the share of intervals that hold the truth at each size. */
export function coverageTable(title, rows, count, unit = 'n') {
  const error = (196 * Math.sqrt((0.95 * 0.05) / count)).toFixed(1);
  console.log(`\n## ${title}\n`);
  console.log(`${count} simulated data sets a cell: ±${error} points of simulation error at 95 %.\n`);
  head(
    'interval',
    sizes.map((n) => `${unit} = ${n}`),
  );
  for (const [name, simulate] of rows) {
    const cells = sizes.map((n) => coverage(simulate, new Xoshiro(0).derive(`${name}, n = ${n}`), n, count));
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
}

function coverage(simulate, random, n, count) {
  let given = 0;
  let holds = 0;
  for (let replicate = 0; replicate < count; replicate++) {
    const [{ low, high }, truth] = simulate(random, n);
    if (low === null) continue;
    given++;
    if (low <= truth && truth <= high) holds++;
  }
  if (given === 0) return 'none given';
  const missing = count - given;
  const percent = (share) => (100 * share).toFixed(1);
  return `${percent(holds / given)}${missing > 0 ? ` (${percent(missing / count)} % null)` : ''}`;
}

/** Rows `[name, (random) => share]`: the mean over `count` draws in percent, with its 95 % simulation error. */
export function shareTable(title, column, rows, count) {
  console.log(`\n## ${title}\n\n${count} simulations a row.\n`);
  head('simulation', [column]);
  for (const [name, simulate] of rows) {
    const random = new Xoshiro(0).derive(name);
    const shares = Array.from({ length: count }, () => simulate(random));
    const error = 1.96 * Math.sqrt(varianceOf(shares) / count);
    console.log(`| ${name} | ${(100 * meanOf(shares)).toFixed(1)} ± ${(100 * error).toFixed(1)} |`);
  }
}

function head(first, columns) {
  console.log(`| ${first} | ${columns.join(' | ')} |\n|---|${columns.map(() => '---:').join('|')}|`);
}
