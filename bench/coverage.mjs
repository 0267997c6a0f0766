// Prints the Markdown tables of docs/coverage.md: how often each nominal 95 % interval holds the true value, and how
// often tests call what is not.
//
//   node scripts/build.mjs && node bench/coverage.mjs [quick replicates, default 20000] [slow ones, default 1000]
//
// The slow ones have a noncentral F, a jackknife or a bootstrap.
import * as basic from './simulations/basic.mjs';
import { rejected, resamples } from './simulations/rejected.mjs';
import * as study from './simulations/study.mjs';
import { coverageTable, shareTable } from './simulations/table.mjs';
import * as tests from './simulations/tests.mjs';

const [quick, slow] = [Number(process.argv[2] ?? 20_000), Number(process.argv[3] ?? 1000)];

coverageTable('Means, t interval', basic.means, quick);
coverageTable('Fractions, Wilson', basic.fractions, quick);
coverageTable('Correlations, Fisher z', basic.correlations, quick);
coverageTable('Quantiles, and correlations of skewed data', basic.quantiles, quick);
coverageTable('Variances: Bonett', basic.variances, quick);
coverageTable('Ratios: BCa, 2000 resamples', basic.ratios, slow);
coverageTable('Explained shares: noncentral F', study.shares, slow);
coverageTable('Letter and content within items: jackknife', study.letters, slow);
coverageTable("Noise of an item's slope: jackknife", study.noise, slow);
coverageTable('Separability, pairs with correlation 0.5', study.separabilities, slow);
coverageTable('Tokens of texts', study.groups, slow, 'texts');
coverageTable('Vectors', study.vectors, slow, 'pairs');
shareTable('Null vectors, one dataset without an effect', 'p <= 0.05, %', tests.rejections, quick);
shareTable('Null vectors, many datasets at once', '%', tests.studies, slow);
shareTable('Permutations, nothing explained', 'p <= 0.05, %', tests.permutations, slow);
shareTable('Items backwards beyond the noise, of 200', '%', tests.backwards, slow / 5);
shareTable('Choice of a layer among six', '%', tests.layers, slow);
coverageTable(`Tried and not used: bootstrap, ${resamples} resamples`, rejected, slow);
