// `npm run check`: every check of the source, one line each; all of them run, also after one has failed.
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Checks by name: programs (a script and its arguments) that must all end with 0. Two lanes run side by side. */
const lanes = [
  [
    check(
      'types',
      ['scripts/build.mjs'],
      [
        ...['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.test.json'],
        ...['--incremental', '--tsBuildInfoFile', 'dist/.test.tsbuildinfo'],
      ],
    ),
    // Looks at dist/, so the compilers go first.
    check('package', ['node_modules/publint/src/cli.js', '--strict']),
  ],
  [
    check('format and lint', [
      'node_modules/@biomejs/biome/bin/biome',
      'ci',
      '--colors=off',
      '--reporter=github',
    ]),
    check('borders', ['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', 'src', '--no-progress']),
    check('start-up', ['scripts/check-startup.mjs']),
    check('dead exports', ['node_modules/knip/bin/knip.js', '--no-progress']),
    check('doc comments', ['scripts/check-doc-comments.mjs']),
    check('file length', ['scripts/check-file-length.mjs']),
    check('clocks, chance and hosts', ['scripts/check-words.mjs']),
  ],
];

const results = (await Promise.all(lanes.map(runLane))).flat();
const failed = results.filter((passed) => !passed).length;
console.log(
  failed === 0 ? `all ${results.length} checks passed` : `${failed} of ${results.length} checks failed`,
);
process.exit(failed === 0 ? 0 : 1);

function check(name, ...programs) {
  return { name, programs };
}

async function runLane(checks) {
  const passed = [];
  for (const each of checks) passed.push(await runCheck(each));
  return passed;
}

async function runCheck({ name, programs }) {
  const began = Date.now();
  const runs = [];
  for (const program of programs) runs.push(await run(program));
  const passed = runs.every(({ code }) => code === 0);
  console.log(`${passed ? 'ok    ' : 'failed'}  ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  for (const { code, output } of runs) {
    if (code !== 0) console.log(output.trim().replace(/^/gm, '        '));
  }
  return passed;
}

function run(program) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, program, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('close', (code, signal) =>
      resolve({ code, output: signal ? `${output}\nended by ${signal}` : output }),
    );
  });
}
