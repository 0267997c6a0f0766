import { formatSeconds } from '../format-seconds.ts';

/** Tells how many prompts are answered. */
export interface PromptCounter {
  line: (done: number) => void;
  /** Takes away the line that is still open. */
  end: () => void;
}

/**
 * Counts prompts for people: a line that is written over on a terminal, a line now and then elsewhere.
 *
 * @param options.done Prompts that were answered before.
 */
export function promptCounter(
  stream: { isTTY?: boolean; write(text: string): unknown },
  { total, done, quiet }: { total: number; done: number; quiet: boolean },
): PromptCounter {
  if (quiet) return { line() {}, end() {} };
  const terminal = stream.isTTY === true;
  const began = performance.now();
  let shownMs = began;
  if (done > 0) stream.write(`${done} of ${total} prompts were answered before\n`);
  const text = (count: number) => {
    const seconds = (performance.now() - began) / 1000;
    return `${count} of ${total} prompts, ${formatSeconds(((total - count) * seconds) / (count - done))} left`;
  };
  return {
    line: (count) => {
      if (total === 1 || performance.now() - shownMs < (terminal ? 100 : 10_000)) return;
      shownMs = performance.now();
      stream.write(terminal ? `\r\u001b[K${text(count)}` : `${text(count)}\n`);
    },
    end: () => {
      if (terminal) stream.write('\r\u001b[K');
    },
  };
}
