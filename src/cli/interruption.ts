import { exitCodes } from './exit-codes.ts';

/** Longest time between Ctrl-C and the end of the program. */
const graceMs = 800;

/** A running piece of work that Ctrl-C stops. */
export interface Interruption {
  signal: AbortSignal;
  /** Gives the signals back to the system: the work is over. */
  end: () => void;
}

/**
 * Turns the first Ctrl-C (or SIGTERM) into an abort; the second, or an abort that is not obeyed within 0.8 s, ends the
 * program at once. Nothing is lost by that: every file of a run is written whole or not at all.
 *
 * @param onStop Called at the first signal, to say what happens.
 * @example
 * const interruption = interruptible(() => console.error('stopping'));
 * await work(interruption.signal).finally(interruption.end);
 */
export function interruptible(onStop: () => void): Interruption {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort();
    onStop();
    setTimeout(() => process.exit(exitCodes.interrupted), graceMs).unref();
  };
  for (const name of signals) process.on(name, stop);
  return {
    signal: controller.signal,
    end: () => {
      for (const name of signals) process.removeListener(name, stop);
    },
  };
}

const signals = ['SIGINT', 'SIGTERM'] as const;
