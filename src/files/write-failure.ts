import { SteerbenchError } from '../errors.ts';
import { systemCode } from './read-failure.ts';

/**
 * Turns a system error of a write into one of ours, which names the file and says why in words.
 *
 * @param remedy What to do, where the caller knows better than the reason tells.
 */
export function writeFailure(path: string, cause: unknown, remedy?: string): SteerbenchError {
  if (cause instanceof SteerbenchError) return cause;
  const known = failures[systemCode(cause)];
  const reason = known?.reason ?? (cause instanceof Error ? cause.message : String(cause));
  return new SteerbenchError('write-failed', `cannot write "${path}": ${reason}`, {
    remedy:
      remedy ?? known?.remedy ?? 'check the folder and its permissions, then run the same command again',
    cause,
  });
}

const failures: Record<string, { reason: string; remedy: string }> = {
  ENOSPC: { reason: 'the disk is full', remedy: 'free some space, then run the same command again' },
  EDQUOT: { reason: 'the disk quota is used up', remedy: 'free some space, then run the same command again' },
  EACCES: { reason: 'permission denied', remedy: 'make the folder writable, or choose another one' },
  EPERM: { reason: 'permission denied', remedy: 'make the folder writable, or choose another one' },
  EROFS: { reason: 'the file system is read-only', remedy: 'choose another folder' },
  ENOENT: { reason: 'the folder does not exist', remedy: 'create the folder first' },
  ENOTDIR: { reason: 'a part of the path is not a folder', remedy: 'choose another path' },
  EISDIR: { reason: 'a folder of this name exists', remedy: 'choose another name' },
  ENAMETOOLONG: { reason: 'the name is too long', remedy: 'choose a shorter name' },
};
