// Makes examples/study and examples/precisions on the default model, at reduced n:
//
// - study: the `paper` experiment at F16 for the ten built-in behaviours of answer pairs, and for six public datasets,
//   which this model cannot take;
// - precisions: six of them at F16, Q8_0 and Q4_0, vectors of each steered in the others.
//
//   STEERBENCH_DATA=FOLDER node scripts/example-study.mjs [work folder]     (about an hour on two cores; resumable)
//
// FOLDER holds the public datasets. Their texts stay out of the example: it names items by number.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const work = process.argv[2] ?? join(root, 'studies');

const behaviours = [
  ...['sentiment', 'formality', 'french', 'certainty', 'risk', 'agreement'],
  ...['politeness', 'past-tense', 'declining', 'human-claim'],
];
const atPrecisions = ['sentiment', 'formality', 'french', 'certainty', 'risk', 'past-tense'];
const publicDatasets = [
  ...['mwe/persona/openness', 'mwe/persona/narcissism', 'mwe/persona/interest-in-music'],
  ...['mwe/lm/myopic-reward', 'mwe/lm/corrigible-neutral-HHH', 'mwe/lm/coordinate-itself'],
];
const model = 'smollm2-135m-instruct';

// One thread, so that other work can go on beside it.
await run('paper', 'study', [...behaviours, ...publicDatasets], {
  models: [`${model}@f16`],
  options: [
    ...['--train', '0%:27%', '--test', '50%:60%', '--multipliers=-1,-0.5,0,0.5,1', '--layers', '8-22'],
    ...['--null-items', '5', '--damage-texts', '5', '--free-answers', '12', '--answer-tokens', '24'],
    ...['--texts', 'own', '--threads', '1'],
  ],
  // One that steers every item, and one whose vector is no better than random ones.
  shown: [`${model}@f16/french`, `${model}@f16/risk`],
});
await run('in-distribution', 'precisions', atPrecisions, {
  models: ['f16', 'q8_0', 'q4_0'].map((precision) => `${model}@${precision}`),
  options: [
    ...['--test', '50%:75%', '--multipliers=-1,-0.5,0,0.5,1', '--layers', '8-22'],
    ...['--random-vectors', '0', '--no-prompts', '--threads', '1'],
  ],
  shown: [],
});

/** Runs a study and copies its documents; of its runs, those to be looked into. */
async function run(experiment, name, what, { models, options, shown }) {
  const folder = join(work, name);
  const words = ['run', experiment, ...what, '--models', ...models, ...options, '--out', folder];
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/start.mjs'), ...words], {
    stdio: 'inherit',
    cwd: root,
  });
  // 1: some runs could not be made, which the study itself says.
  if (status !== 0 && status !== 1) process.exit(status ?? 1);
  await keep(folder, join(root, 'examples', name), shown);
}

/** The page links to no run that is not kept: all of them would be too large to commit. */
async function keep(folder, target, shown) {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  cpSync(join(folder, 'study-plan.json'), join(target, 'study-plan.json'));
  const study = JSON.parse(readFileSync(join(folder, 'study.json'), 'utf8'));
  for (const run of study.runs) {
    if (!shown.includes(run.id)) run.folder = null;
    else
      for (const name of ['plan.json', 'result.json', 'report.html', 'card.md'])
        cpSync(join(folder, run.folder, name), join(target, run.folder, name));
  }
  const { writeStudyDocuments } = await import('../dist/experiments/study/write-study.js');
  await writeStudyDocuments(target, study);
  console.log(`${target}: ${(sizeOf(target) / 1e6).toFixed(1)} MB`);
}

function sizeOf(path) {
  const facts = statSync(path);
  if (!facts.isDirectory()) return facts.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
