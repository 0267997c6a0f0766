import { execFileSync } from 'node:child_process';
import { lstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Files of the project that git tracks, or would: relative to its root, sorted.
 *
 * @param {string[]} folders Only those below these folders; default all.
 * @returns {string[]}
 */
export function sourceFiles(folders = []) {
  const listing = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...folders],
    { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 },
  );
  const files = listing
    .split('\0')
    .filter((file) => file !== '' && lstatSync(join(root, file), { throwIfNoEntry: false })?.isFile());
  return [...new Set(files)].sort();
}

/** Prints what was found, a line each, and ends the program: with 1 when there is anything. */
export function report(problems) {
  for (const problem of problems) console.log(problem);
  process.exit(problems.length === 0 ? 0 : 1);
}
