// Compiles src/ to dist/ when a source is newer than the last build, and copies the data files beside.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'dist/.built');

/** Newest modification time, in ms, of the files below `path`. */
function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), stat.mtimeMs);
}

const inputs = [
  'src',
  'package-lock.json',
  ...readdirSync(root).filter((name) => /^tsconfig.*\.json$/.test(name)),
];
const changed = Math.max(...inputs.map((name) => newest(join(root, name))));
if (!existsSync(stamp) || statSync(stamp).mtimeMs < changed) {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  if (!existsSync(tsc)) {
    console.error('steerbench: node_modules is missing; run `npm ci` first.');
    process.exit(1);
  }
  try {
    execFileSync(process.execPath, [tsc, '-b', join(root, 'tsconfig.json')], { stdio: 'inherit', cwd: root });
  } catch (error) {
    process.exit(error.status || 1);
  }
  for (const data of ['behaviours/data', 'dataset/catalogue/files.jsonl', 'published/values.json']) {
    rmSync(join(root, 'dist', data), { recursive: true, force: true });
    cpSync(join(root, 'src', data), join(root, 'dist', data), { recursive: true });
  }
  writeFileSync(stamp, '');
  utimesSync(stamp, changed / 1000, changed / 1000 + 0.001);
}
