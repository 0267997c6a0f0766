// `npm run bench [-- NAME ... [OPTIONS]]`: every benchmark but the soak, or those named; options go to each.
// Comparisons with PyTorch need STEERBENCH_PYTHON
// (bench/python/README.md) and the public data; they are left out with a message where these are absent.
import { existsSync } from 'node:fs';
import { auditBench } from './audit.mjs';
import { comparePython } from './compare-python.mjs';
import { continuationsBench } from './continuations.mjs';
import { firstTokenBench } from './first-token.mjs';
import { hooksBench } from './hooks.mjs';
import { machineBench } from './machine.mjs';
import { oodStudyBench } from './ood-study.mjs';
import { serverBench } from './server.mjs';
import { soakBench } from './soak.mjs';
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
  server: serverBench,
  audit: auditBench,
  soak: soakBench,
};
const needsPython = ['sweep', 'one-layer', 'extract', 'ood-study'];
/** It takes as long as it is told to, and measures no speed. */
const onlyByName = ['soak'];
const args = process.argv.slice(2);
const firstOption = args.findIndex((arg) => arg.startsWith('--'));
const wanted = firstOption < 0 ? args : args.slice(0, firstOption);
const options = firstOption < 0 ? [] : args.slice(firstOption);
const all = Object.keys(benches).filter((name) => !onlyByName.includes(name));
for (const name of wanted.length > 0 ? wanted : all) {
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
  await benches[name](options);
}
