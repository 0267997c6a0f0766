// An OOD study of one dataset by the command line, against the published algorithm in PyTorch: six vectors x five
// settings x seven multipliers, one layer, 100 test items, float32. The reference is timed on three items and scaled.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findModel } from '../dist/models/find-model.js';
import { alternate, dataFolder, keep, median, python, root, runJson } from './support.mjs';

const rounds = Number(process.env.STEERBENCH_BENCH_ROUNDS ?? 1);
const items = 100;
const threads = process.env.STEERBENCH_THREADS ?? '2';

/** Both sides in fresh processes; ours is the whole command, loading, competence, extraction and report included. */
export async function oodStudyBench() {
  const { path } = await findModel();
  const raw = alternate(
    {
      steerbench: runStudy,
      'PyTorch reference': () =>
        runJson(python(), [
          ...['bench/python/ood_reference.py', '--model', path, '--data', dataFolder, '--set', 'openness'],
          ...[
            '--items',
            '3',
            '--first',
            '100',
            '--layer',
            '14',
            '--threads',
            threads,
            '--scale-to',
            String(items),
          ],
          '--json',
        ]),
    },
    rounds,
  );
  const ours = raw.steerbench.map(({ seconds }) => seconds);
  const theirs = raw['PyTorch reference'].map(({ scaled }) => scaled.seconds);
  const ratios = ours.map((seconds, round) => theirs[round] / seconds);
  const { ratio } = raw.steerbench.at(-1);
  console.log('| side | seconds for 100 items, every round |');
  console.log('| --- | --- |');
  console.log(`| steerbench, the whole command | ${ours.map((value) => value.toFixed(0)).join(', ')} |`);
  console.log(
    `| PyTorch reference, ${raw['PyTorch reference'][0].scaled.how} | ${theirs.map((value) => value.toFixed(0)).join(', ')} |`,
  );
  console.log(`times faster: ${median(ratios).toFixed(1)}; decoded / distinct tokens ${ratio.toFixed(2)}`);
  keep('ood-study', {
    rounds,
    threads: Number(threads),
    ratios,
    raw: {
      steerbench: raw.steerbench,
      reference: raw['PyTorch reference'].map(({ propensities, ...run }) => run),
    },
  });
}

function runStudy() {
  const out = mkdtempSync(join(tmpdir(), 'steerbench-ood-'));
  try {
    const began = performance.now();
    execFileSync(
      process.execPath,
      [
        ...['dist/cli/main.js', 'run', 'ood', 'mwe/persona/openness', '--precision', 'f32', '--layers', '14'],
        ...['--threads', threads],
        ...[
          '--no-shuffle',
          '--train',
          '0:12',
          '--validation',
          'none',
          '--test',
          '100:200',
          '--set',
          'orders=given',
        ],
        ...['--measure-anyway', '--random-vectors', '0', '--bootstrap-vectors', '0', '--quiet', '--out', out],
      ],
      {
        cwd: root,
        env: { ...process.env, STEERBENCH_DATA: dataFolder },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const seconds = (performance.now() - began) / 1000;
    const study = JSON.parse(readFileSync(join(out, 'study.json'), 'utf8'));
    const run = JSON.parse(readFileSync(join(out, study.runs[0].folder, 'result.json'), 'utf8'));
    const sum = (field) => run.work.reduce((total, stage) => total + stage[field], 0);
    return { seconds, ratio: sum('decodedTokens') / sum('distinctTokens'), work: run.work };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
