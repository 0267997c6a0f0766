import { SteerbenchError } from '../errors.ts';
import { ensureSpace, moveIntoPlace } from './disk.ts';
import { attemptDownload } from './download-attempt.ts';
import { pause, throwIfInterrupted } from './interruption.ts';
import { PartialFile } from './partial-file.ts';
import { rateMeter } from './rate-meter.ts';
import { TransferFault } from './transfer-fault.ts';

/** How far a download is. */
export interface DownloadProgress {
  /** Bytes on disk. */
  bytes: number;
  /** Size of the file; null where the server did not say. */
  total: number | null;
  /** Over the last seconds; 0 at the start. */
  bytesPerSecond: number;
}

/** Patience of a download. */
export interface DownloadTiming {
  /** Time to an answer. Default 8000. */
  reachTimeoutMs: number;
  /** Time without a byte after which the connection counts as cut. Default 30000. */
  stallTimeoutMs: number;
  /**
   * Attempts without a new byte after which it gives up, once a server has answered; before that it gives up within
   * `reachTimeoutMs` or little more. Default 6.
   */
  attempts: number;
  /** Pause before the second attempt; doubles with each. Default 1000. */
  retryDelayMs: number;
  /** Longest `Retry-After` that is waited for. Default 120000. */
  longestWaitMs: number;
}

/** Options of a download. */
export interface DownloadOptions {
  /** Expected hash, hexadecimal; null where it is not known. */
  sha256?: string | null;
  /** Take the hash from the hub's answer where none is given, and refuse an answer without one. Default false. */
  hashFromHub?: boolean;
  headers?: Record<string, string>;
  /** What the user can do where access is refused (401, 403), as an instruction. Default: nothing special. */
  refusedRemedy?: string;
  onProgress?: (progress: DownloadProgress) => void;
  /** Called with one line before each further attempt. */
  onMessage?: (line: string) => void;
  /** Stops the download; what is on disk is kept and continued the next time. */
  signal?: AbortSignal;
  timing?: Partial<DownloadTiming>;
}

/**
 * Fetches a file by HTTP; its name appears when it is whole and checked.
 *
 * Bytes go to `<target>.partial`, are hashed on the way, and a cut download is continued (also by a later process)
 * where the server supports ranges and the file is still the same; else it starts over. Repeats after cut
 * connections, 408, 429 (`Retry-After` is kept) and 5xx. The folder of the target must exist.
 *
 * @returns Sha256 (hexadecimal) and size of the file.
 * @throws SteerbenchError `download-failed`; `hash-mismatch` (the bytes are removed); `write-failed`; `interrupted`.
 * @example
 * await downloadFile('https://example.org/model.gguf', 'model.gguf', { sha256: '3f1c…' });
 */
export async function downloadFile(
  url: string,
  target: string,
  options: DownloadOptions = {},
): Promise<{ sha256: string; bytes: number }> {
  throwIfInterrupted(options.signal);
  const partial = await PartialFile.open(target, url);
  let expected: string | null;
  try {
    expected = await transfer(url, target, partial, options);
  } finally {
    await partial.close();
    if (partial.bytes === 0) await partial.forget('all');
  }
  if (partial.bytes === 0) {
    const host = new URL(url).host;
    const empty = new TransferFault(`${host}: sent an empty file`, { retry: false, answered: true });
    throw downloadFailure(url, target, empty, 1);
  }
  const sha256 = partial.digest();
  if (expected !== null && sha256 !== expected) {
    await partial.forget('all');
    throw hashMismatch(url, expected, sha256);
  }
  await moveIntoPlace(partial.path, target);
  await partial.forget('note');
  return { sha256, bytes: partial.bytes };
}

/** Attempts until the file is whole; gives the hash it must have, null where nobody stated one. */
async function transfer(
  url: string,
  target: string,
  partial: PartialFile,
  options: DownloadOptions,
): Promise<string | null> {
  const timing = { ...defaultTiming, ...options.timing };
  const rate = rateMeter();
  const host = new URL(url).host;
  const pinned = options.sha256 ?? null;
  const startMs = performance.now();
  let expected = pinned;
  let furthest = partial.bytes;
  let failures = 0;
  let answered = false;
  for (;;) {
    try {
      await attemptDownload(url, partial, {
        ...timing,
        headers: options.headers ?? {},
        refusedRemedy: options.refusedRemedy ?? '',
        signal: options.signal,
        onAnswer: async ({ hubSha256, total }) => {
          answered = true;
          if (options.hashFromHub) expected = agreedHash(url, host, pinned, hubSha256);
          if (total !== null) await ensureSpace(target, total - partial.bytes);
        },
        onBytes: (total) => {
          options.onProgress?.({ bytes: partial.bytes, total, bytesPerSecond: rate(partial.bytes) });
        },
      });
      return expected;
    } catch (fault) {
      throwIfInterrupted(options.signal);
      if (!(fault instanceof TransferFault)) throw fault;
      answered ||= fault.answered;
      failures = partial.bytes > furthest ? 1 : failures + 1;
      furthest = Math.max(furthest, partial.bytes);
      if (isHopeless(fault, answered, performance.now() - startMs, timing) || failures >= timing.attempts) {
        throw downloadFailure(url, target, fault, failures);
      }
      const waitMs = fault.waitMs ?? timing.retryDelayMs * 2 ** (failures - 1);
      options.onMessage?.(`${fault.message}; trying again in ${Math.ceil(waitMs / 1000)} s`);
      await pause(waitMs, options.signal);
    }
  }
}

/** A server that never answered must not hold up the next source; one that did may be back soon. */
function isHopeless(
  fault: TransferFault,
  answered: boolean,
  elapsedMs: number,
  timing: DownloadTiming,
): boolean {
  if (!answered) return !fault.retry || elapsedMs >= timing.reachTimeoutMs / 4;
  return !fault.retry && fault.answered;
}

/** The hash that a file of the hub must have, found out before its bytes are fetched. */
function agreedHash(url: string, host: string, pinned: string | null, stated: string | null): string {
  if (pinned !== null && stated !== null && stated !== pinned) throw hashMismatch(url, pinned, stated);
  const agreed = pinned ?? stated;
  if (agreed !== null) return agreed;
  throw new TransferFault(
    `${host}: stated no sha256, so the file could not be checked (a sign-in page in between?)`,
    {
      retry: false,
      answered: true,
    },
  );
}

function hashMismatch(url: string, expected: string, got: string): SteerbenchError {
  return new SteerbenchError(
    'hash-mismatch',
    `${url} is not the expected file: sha256 ${got} instead of ${expected}`,
    {
      remedy: 'fetch it again, or get the file from another place and give its path',
    },
  );
}

function downloadFailure(
  url: string,
  target: string,
  fault: TransferFault,
  attempts: number,
): SteerbenchError {
  const times = attempts > 1 ? ` (${attempts} attempts)` : '';
  const reason = fault.message.replace(`${new URL(url).host}: `, '');
  const byHand = `fetch it by hand: ${curlCommand(url, target)}`;
  return new SteerbenchError('download-failed', `cannot fetch ${url}: ${reason}${times}`, {
    remedy: fault.remedy === '' ? byHand : `${fault.remedy}; or ${byHand}`,
    cause: fault,
  });
}

/** The command that fetches a file without this program. */
export function curlCommand(url: string, target: string): string {
  return `curl -L --fail --create-dirs -o "${target}" "${url}"`;
}

const defaultTiming: DownloadTiming = {
  reachTimeoutMs: 8000,
  stallTimeoutMs: 30_000,
  attempts: 6,
  retryDelayMs: 1000,
  longestWaitMs: 120_000,
};
