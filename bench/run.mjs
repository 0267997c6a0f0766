// `npm run bench [-- NAME ...]`: every benchmark, or those named. Comparisons with PyTorch need STEERBENCH_PYTHON
// (bench/python/README.md) and the public data; they are left out with a message where these are absent.
import { existsSync } from 'node:fs';
import { auditBench } from './audit.mjs';
import { comparePython } from './compare-python.mjs';
import { continuationsBench } from './continuations.mjs';
import { firstTokenBench } from './first-token.mjs';
import { hooksBench } from './hooks.mjs';
import { machineBench } from './machine.mjs';
import { oodStudyBench } from './ood-study.mjs';
import { streamsBench } from './streams.mjs';
import { dataFolder, python } from './support.mjs';

const benches = {
  machine: machineBench,
  sweep: () => comparePython('sweep'),
  'one-layer': () => comparePython('one-layer'),
  extract: () => comparePython('extract'),
  'ood-study': oodStudyBench,
  hooks: hooksBench,
  streams: streamsBench,
  'first-token': firstTokenBench,
  continuations: continuationsBench,
  audit: auditBench,
};
const needsPython = ['sweep', 'one-layer', 'extract', 'ood-study'];
const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(benches)) {
  if (benches[name] === undefined) {
    console.error(`unknown benchmark "${name}"; there are ${Object.keys(benches).join(', ')}`);
    process.exit(2);
  }
  console.log(`\n## ${name}`);
  if (needsPython.includes(name) && (python() === null || !existsSync(dataFolder))) {
    console.log(
      `left out: it needs STEERBENCH_PYTHON and the public data in "${dataFolder}"; see bench/python/README.md`,
    );
    continue;
  }
  await benches[name]();
}
