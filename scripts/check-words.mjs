// Words that must not stand in a file: a clock or chance in the source, a package registry's host anywhere.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { report, root, sourceFiles } from './source-files.mjs';

const clockOrChance =
  /\bMath\.random\b|\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bhrtime\b|\brandom(?:Bytes|UUID|Int)\b|\bgetRandomValues\b/;

/** Who may look at a clock or draw lots, and what for; never for a number in a result. */
const allowed = [
  ['src/cli/', 'progress, rates and times for people'],
  ['src/engine/batch-runner.ts', 'seconds of decoding, for timings.json'],
  ['src/engine/streams/', 'seconds of decoding, for timings.json'],
  ['src/experiments/run.ts', 'seconds of each stage, for timings.json'],
  ['src/experiments/study/run-study.ts', 'seconds of a study, for people'],
  ['src/experiments/redraw.ts', 'seconds of drawing, for timings.json'],
  ['src/files/atomic-write.ts', 'names of temporary files'],
  ['src/server/', 'ids of answers, seeds that nobody gave, times of requests'],
  ['src/download/', 'rates, waits, ages of locks'],
];

const registryHost = /\bnpmjs\.(?:org|com)|\bnpmmirror\.|\byarnpkg\.com|\bpypi\.org|\bpythonhosted\.org/i;
const lockedUrl = /"resolved": "(?!file:)/;

report([
  ...find(sourceFiles(['src']).filter(isMeasuring), clockOrChance, 'a clock or chance; pass it in'),
  ...find(sourceFiles(), registryHost, 'the host of a package registry'),
  ...find(
    ['package-lock.json'],
    lockedUrl,
    'where a package was fetched from; npm --omit-lockfile-registry-resolved',
  ),
]);

function isMeasuring(file) {
  return (
    file.endsWith('.ts') && !file.endsWith('.test.ts') && !allowed.some(([path]) => file.startsWith(path))
  );
}

function find(files, pattern, what) {
  return files.flatMap((file) =>
    readFileSync(join(root, file), 'latin1')
      .split('\n')
      .flatMap((line, i) =>
        pattern.test(line) ? [`${file}:${i + 1}: ${what}: ${pattern.exec(line)[0]}`] : [],
      ),
  );
}
