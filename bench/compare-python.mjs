// This program against PyTorch on the same weights, items and multipliers, in fresh processes, in alternating order.
import { findModel } from '../dist/models/find-model.js';
import { alternate, dataFolder, keep, median, python, runJson } from './support.mjs';

const rounds = Number(process.env.STEERBENCH_BENCH_ROUNDS ?? 3);
const multipliers = '-1.5,-1,-0.5,0,0.5,1,1.5';

/** Compares one kind of work: `sweep` (30 layers x 7 multipliers), `one-layer`, `extract`. */
export async function comparePython(mode) {
  const { path } = await findModel();
  const common = ['--model', path, '--data', dataFolder, '--json', '--threads', '2'];
  const sweepArgs = [
    `--multipliers=${multipliers}`,
    '--start',
    'first-answer-token',
    '--layers',
    mode === 'sweep' ? 'all' : '15',
  ];
  const ours = (precision, items) => () =>
    runJson(process.execPath, [
      'bench/sweep-steerbench.mjs',
      '--mode',
      mode,
      '--precision',
      precision,
      '--items',
      String(items),
    ]);
  const theirs = (file, args) => () =>
    perItem(runJson(python(), [`bench/python/${file}`, ...args, ...common]));
  const items = mode === 'sweep' ? 20 : 48;
  const variants =
    mode === 'extract'
      ? {
          'steerbench f32': ours('f32', items),
          'steerbench bf16': ours('bf16', items),
          'PyTorch reference': theirs('reference_algorithm.py', [
            'extract',
            '--items',
            '6',
            '--first',
            '100',
          ]),
        }
      : {
          'steerbench f32': ours('f32', items),
          'steerbench bf16': ours('bf16', items),
          'PyTorch reference': theirs('reference_algorithm.py', [
            '--items',
            mode === 'sweep' ? '1' : '6',
            ...sweepArgs,
          ]),
          'PyTorch expert, every block for every branch': theirs('expert.py', [
            '--items',
            '8',
            '--whole-branches',
            ...sweepArgs,
          ]),
          'PyTorch expert, branches born late': theirs('expert.py', ['--items', '8', ...sweepArgs]),
        };
  const raw = alternate(variants, rounds);
  const seconds = Object.fromEntries(
    Object.entries(raw).map(([name, runs]) => [name, runs.map((run) => run.secondsPerItem)]),
  );
  const reference = seconds['PyTorch reference'];
  console.log(
    '| variant | seconds an item, every round | median | times faster than the reference (median of rounds) |',
  );
  console.log('| --- | --- | --- | --- |');
  const ratios = {};
  for (const [name, values] of Object.entries(seconds)) {
    ratios[name] = median(values.map((value, round) => reference[round] / value));
    const all = values.map((value) => value.toFixed(3)).join(', ');
    console.log(`| ${name} | ${all} | ${median(values).toFixed(3)} | ${ratios[name].toFixed(1)} |`);
  }
  const own = raw['steerbench f32'].at(-1);
  console.log(
    `decoded / distinct tokens ${own.ratio.toFixed(2)}; ${own.tokensPerSecond.toFixed(0)} tokens/s; ${(100 * own.outsideDecoder).toFixed(1)} % of the time outside the decoder`,
  );
  keep(`compare-${mode}`, { rounds, seconds, ratios, raw });
}

/** Python's document in the shape of ours: it gives the seconds of every item. */
function perItem(document) {
  return {
    ...document,
    secondsPerItem: median(document.secondsPerItem),
    everyItem: document.secondsPerItem,
    propensities: undefined,
  };
}
