import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Whether Python is there with some packages, or what a user must do to have them. */
export type PythonWith = { path: string; missing: null } | { path: null; missing: string };

/**
 * The Python that `STEERBENCH_PYTHON` names, if it has these packages; a test that finds none says `missing`.
 *
 * @throws Error under `CI=true`, where nothing may be left out
 */
export function pythonWith(...modules: string[]): PythonWith {
  const missing = whatIsMissing(process.env['STEERBENCH_PYTHON'], modules);
  if (missing === null) return { path: process.env['STEERBENCH_PYTHON']!, missing };
  if (process.env['CI'] === 'true') throw new Error(missing);
  console.warn(`left out: ${missing}`);
  return { path: null, missing };
}

function whatIsMissing(path: string | undefined, modules: string[]): string | null {
  const remedy = `install test/server/requirements.txt in a virtual environment and set STEERBENCH_PYTHON to its Python`;
  if (path === undefined) return `STEERBENCH_PYTHON is not set; ${remedy}`;
  if (!existsSync(path)) return `STEERBENCH_PYTHON is "${path}", where there is no file; ${remedy}`;
  const find = `import importlib.util, sys; print(*[m for m in sys.argv[1:] if importlib.util.find_spec(m) is None])`;
  const { stdout, status, stderr } = spawnSync(path, ['-c', find, ...modules], { encoding: 'utf8' });
  if (status !== 0) return `"${path}" does not run: ${stderr.trim()}; ${remedy}`;
  return stdout.trim() === '' ? null : `"${path}" lacks ${stdout.trim().replaceAll(' ', ', ')}; ${remedy}`;
}
