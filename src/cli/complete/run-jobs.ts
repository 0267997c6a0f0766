import type { Answer } from '../../answers/answer.ts';
import type { Answerer } from '../../answers/answerer.ts';
import { SteerbenchError } from '../../errors.ts';
import { isWrongUse } from '../report-error.ts';
import { type FailedLine, failedLine, type Job, type OutputLine, outputLine } from './job.ts';
import type { LineSink } from './output-file.ts';

/** Codes of errors that belong to one prompt: the others go on. */
const ofThePrompt: ReadonlySet<string> = new Set(['prompt-too-long', 'answer-broken']);

/** How jobs are run. */
export interface RunOptions {
  /** Answers at a time. */
  streams: number;
  sink: LineSink;
  /** Told after every line. */
  onLine: (done: number) => void;
  signal: AbortSignal;
}

/**
 * Makes the answers that the sink has not got yet, many at a time, and writes their lines in the order of the prompts.
 *
 * A prompt that cannot be answered gets a line with its error. After a crash of the engine the answers that it took with
 * it are made once more.
 *
 * @returns prompts that could not be answered
 * @throws SteerbenchError of the engine, and `interrupted`; the lines before are written
 */
export async function runJobs(
  answerer: Answerer,
  jobs: readonly Job[],
  options: RunOptions,
): Promise<number> {
  const { streams, sink, onLine, signal } = options;
  const running = new Set<Answer>();
  const stop = () => {
    for (const answer of running) answer.cancel();
  };
  signal.addEventListener('abort', stop);
  const waiting: Promise<OutputLine | FailedLine>[] = [];
  // Some more than run: one that ends is followed at once, though the line before it is still open.
  const ahead = 2 * streams;
  let next = sink.done;
  let failed = 0;
  try {
    for (let line = sink.done; line < jobs.length; line++) {
      while (next < jobs.length && waiting.length < ahead) {
        const made = answerOf(answerer, jobs[next++]!, running, signal);
        made.catch(() => {});
        waiting.push(made);
      }
      const written = await waiting.shift()!;
      if ('error' in written) failed++;
      await sink.write(written);
      onLine(line + 1);
    }
    return failed;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}

async function answerOf(
  answerer: Answerer,
  job: Job,
  running: Set<Answer>,
  signal: AbortSignal,
  again = true,
): Promise<OutputLine | FailedLine> {
  if (signal.aborted) throw interrupted();
  const answer = answerer.start(job.prepared);
  running.add(answer);
  try {
    const whole = await answer.whole();
    if (whole.reason === 'cancelled') throw interrupted();
    return outputLine(job, whole);
  } catch (error) {
    // A prompt that the model cannot begin with, such as an empty one; the options were checked before.
    if (error instanceof RangeError && isWrongUse(error)) return failedLine(job, 'wrong-use', error.message);
    if (!(error instanceof SteerbenchError)) throw error;
    if (ofThePrompt.has(error.code)) return failedLine(job, error.code, error.message);
    if (error.code === 'engine-crashed' && again && !signal.aborted)
      return await answerOf(answerer, job, running, signal, false);
    throw error;
  } finally {
    running.delete(answer);
  }
}

function interrupted(): SteerbenchError {
  return new SteerbenchError('interrupted', 'stopped; the lines that are written are kept', {
    remedy: 'run the same command again to go on',
  });
}
