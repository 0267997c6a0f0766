import { type ErrorCode, SteerbenchError } from '../errors.ts';

/** Turns a system error of a read into one of ours, which names the file and says why in words. */
export function readFailure(path: string, cause: unknown, code: ErrorCode): SteerbenchError {
  if (cause instanceof SteerbenchError) return cause;
  const reason = reasons[systemCode(cause)] ?? (cause instanceof Error ? cause.message : String(cause));
  return new SteerbenchError(code, `cannot read "${path}": ${reason}`, {
    remedy: 'check the path and its permissions',
    cause,
  });
}

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
