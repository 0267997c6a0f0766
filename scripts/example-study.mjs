// Makes examples/study: the `paper` experiment on the default model, at F16 and at coarser precisions, for the
// ten built-in behaviours of answer pairs, and for six public datasets, which it cannot take. At reduced n.
//
//   STEERBENCH_DATA=FOLDER node scripts/example-study.mjs [work folder]     (an hour or two on two cores; resumable)
//
// FOLDER holds the public datasets. Their texts stay out of the example: it names items by number.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const work = process.argv[2] ?? join(root, 'studies/example');
const target = join(root, 'examples/study');

const behaviours = [
  ...['sentiment', 'formality', 'french', 'certainty', 'risk', 'agreement'],
  ...['politeness', 'past-tense', 'declining', 'human-claim'],
];
const publicDatasets = [
  ...['mwe/persona/openness', 'mwe/persona/narcissism', 'mwe/persona/interest-in-music'],
  ...['mwe/lm/myopic-reward', 'mwe/lm/corrigible-neutral-HHH', 'mwe/lm/coordinate-itself'],
];

/** One that steers every item, and one that steers many backwards. */
const shown = ['smollm2-135m-instruct@f16/french', 'smollm2-135m-instruct@f16/risk'];

/** Fewer items, layers and multipliers than the default; every part is there. One thread leaves room for other work. */
const reduced = [
  ...['--test', '50%:65%', '--multipliers=-1,-0.5,0,0.5,1', '--layers', '8-22', '--null-items', '8'],
  ...['--free-answers', '16', '--answer-tokens', '24', '--texts', 'own', '--threads', '1'],
];

run(['run', 'paper', ...behaviours, ...publicDatasets, '--models', ...models(), ...reduced, '--out', work]);

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
cpSync(join(work, 'study-plan.json'), join(target, 'study-plan.json'));

// Two whole runs to look into; the page links to no other, to keep the example small.
const study = JSON.parse(readFileSync(join(work, 'study.json'), 'utf8'));
for (const run of study.runs) {
  if (!shown.includes(run.id)) run.folder = null;
  else
    for (const name of ['plan.json', 'result.json', 'report.html', 'card.md'])
      cpSync(join(work, run.folder, name), join(target, run.folder, name));
}
const { writeStudyDocuments } = await import('../dist/experiments/study/write-study.js');
await writeStudyDocuments(target, study);
console.log(`${target}: ${(sizeOf(target) / 1e6).toFixed(1)} MB`);

function models() {
  return ['f16', 'q8_0', 'q4_0'].map((precision) => `smollm2-135m-instruct@${precision}`);
}

function run(words) {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/start.mjs'), ...words], {
    stdio: 'inherit',
    cwd: root,
  });
  // 1: some runs could not be made, which the study itself says.
  if (status !== 0 && status !== 1) process.exit(status ?? 1);
}

function sizeOf(path) {
  const facts = statSync(path);
  if (!facts.isDirectory()) return facts.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
