import { setTimeout as wait } from 'node:timers/promises';
import { askJudge } from './ask-judge.ts';
import type { ChatMessage } from './judge-messages.ts';
import type { Judge } from './judge-options.ts';
import { JudgeFault } from './judgement.ts';

/** What all questions to one endpoint share: a pause that it asked for holds for every one of them. */
export class Pauses {
  #end: Promise<unknown> = Promise.resolve();

  /** Nothing more is asked for this long. */
  hold(ms: number, signal: AbortSignal): void {
    this.#end = Promise.all([this.#end, pause(ms, signal)]);
  }

  /** Resolves when no pause is running. */
  async over(): Promise<void> {
    let seen: Promise<unknown>;
    do {
      seen = this.#end;
      await seen;
    } while (seen !== this.#end);
  }
}

/**
 * Asks a judge about one text, again where that may help.
 *
 * Failures use up `attempts`; a limit on requests (429) does not, for it says nothing against the request. All waits
 * together stay within `longestWaitMs`. Every wait doubles, and is never shorter than the endpoint asks.
 *
 * Tells `onRequest` of each request before it is sent.
 *
 * @throws JudgeFault of the last attempt; the signal's reason when that has fired
 */
export async function askPatiently(
  judge: Judge,
  messages: ChatMessage[],
  { pauses, signal, onRequest }: { pauses: Pauses; signal: AbortSignal; onRequest: () => void },
): Promise<number> {
  let [failures, waitedMs] = [0, 0];
  for (let round = 0; ; round++) {
    await pauses.over();
    signal.throwIfAborted();
    onRequest();
    const fault = await askJudge(judge, messages, signal).catch((error: unknown) => {
      if (error instanceof JudgeFault) return error;
      throw error;
    });
    if (typeof fault === 'number') return fault;
    if (fault.kind !== 'rate-limited') failures++;
    if (!fault.retry || failures >= judge.attempts) throw repeated(fault, failures, judge.attempts);
    // At least 1 ms to double, or a limit without `Retry-After` would be asked about without end.
    const waitMs = Math.max(fault.waitMs ?? 0, Math.max(1, judge.retryDelayMs) * 2 ** round);
    if (waitedMs + waitMs > judge.longestWaitMs) throw tooLong(fault, waitMs, waitedMs);
    waitedMs += waitMs;
    if (fault.kind === 'rate-limited' || fault.waitMs !== null) pauses.hold(waitMs, signal);
    else await pause(waitMs, signal);
  }
}

/** Waits, or until the signal fires: whoever waits looks at the signal then. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => undefined);
}

function repeated(fault: JudgeFault, failures: number, attempts: number): JudgeFault {
  if (failures <= 1) return fault;
  return new JudgeFault(fault.kind, `${fault.message} (attempt ${failures} of ${attempts})`);
}

function tooLong(fault: JudgeFault, waitMs: number, waitedMs: number): JudgeFault {
  const seconds = (ms: number): string => `${Number((ms / 1000).toPrecision(3))} s`;
  const waited = waitedMs === 0 ? '' : `, after ${seconds(waitedMs)} of waiting`;
  return new JudgeFault(fault.kind, `${fault.message}; the next wait would take ${seconds(waitMs)}${waited}`);
}
