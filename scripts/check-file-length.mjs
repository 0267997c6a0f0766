// No source file is longer than 400 lines: past that it holds more than one idea.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { report, root, sourceFiles } from './source-files.mjs';

const mostLines = 400;

report(
  sourceFiles(['src', 'test', 'bench', 'scripts', 'examples'])
    .filter((file) => /[.](ts|mjs|cjs|py)$/.test(file))
    .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > mostLines)
    .map(({ file, lines }) => `${file}: ${lines} lines; at most ${mostLines}`),
);
