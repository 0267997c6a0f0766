import { type ErrorCode, SteerbenchError } from '../errors.ts';

/**
 * Turns a system error of a read into one of ours, which names the file and says why in words.
 *
 * @param code What the caller says of such a file when it is malformed: a missing one gets the code that belongs to it
 *   (`data-malformed`: `data-not-found`), one that is there but cannot be read `read-failed`.
 */
export function readFailure(path: string, cause: unknown, code: ErrorCode): SteerbenchError {
  if (cause instanceof SteerbenchError) return cause;
  const system = systemCode(cause);
  const reason = reasons[system] ?? (cause instanceof Error ? cause.message : String(cause));
  return new SteerbenchError(codeOf(system, code), `cannot read "${path}": ${reason}`, {
    remedy: 'check the path and its permissions',
    cause,
  });
}

function codeOf(system: string, code: ErrorCode): ErrorCode {
  if (system === 'ENOENT' || system === 'ENOTDIR') return missing[code] ?? code;
  // Names of the system's own errors; those of Node have an underscore.
  return /^E[A-Z0-9]+$/.test(system) ? 'read-failed' : code;
}

const missing: Partial<Record<ErrorCode, ErrorCode>> = {
  'model-corrupt': 'model-not-found',
  'data-malformed': 'data-not-found',
  'vector-malformed': 'read-failed',
  'file-malformed': 'read-failed',
};

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder, not a file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the path is too long',
};

/** The `code` of a Node system error, or the empty string. */
export function systemCode(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}
