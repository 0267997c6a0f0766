import { setTimeout as wait } from 'node:timers/promises';
import { SteerbenchError } from '../errors.ts';

/** Waits; throws SteerbenchError `interrupted` as soon as the signal fires. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  throwIfInterrupted(signal);
  try {
    await wait(ms, undefined, signal ? { signal } : {});
  } catch {
    throwIfInterrupted(signal);
  }
}

/** Throws SteerbenchError `interrupted` when the signal has fired. */
export function throwIfInterrupted(signal: AbortSignal | undefined): void {
  if (!signal?.aborted) return;
  throw new SteerbenchError('interrupted', 'stopped while fetching a file', {
    remedy: 'run the same command again: a download continues where it stopped',
    cause: signal.reason,
  });
}
