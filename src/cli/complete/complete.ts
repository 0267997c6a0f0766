import type { Answer } from '../../answers/answer.ts';
import type { Answerer } from '../../answers/answerer.ts';
import { type PromptLine, plainPrompt, readPromptLines } from '../../answers/prompt-lines.ts';
import { SteerbenchError } from '../../errors.ts';
import { resolveSystem } from '../../prompts/chat-template.ts';
import type { AnswerFlags, SamplingFlags } from '../answer-options.ts';
import { openAnswerer } from '../answers/open-answerer.ts';
import { samplingOf } from '../answers/sampling.ts';
import { exitCodes } from '../exit-codes.ts';
import { interruptible } from '../interruption.ts';
import { type CommonOptions, type Job, prepareJob } from './job.ts';
import { type LineSink, openOutput } from './output-file.ts';
import { promptCounter } from './prompt-counter.ts';
import { runJobs } from './run-jobs.ts';

/** Options of `complete` beyond those of every generating command. */
export interface CompleteFlags extends AnswerFlags, SamplingFlags {
  file?: string;
  out?: string;
  chat?: boolean;
  streams: number;
  json?: boolean;
  quiet?: boolean;
}

/**
 * `steerbench complete`: continues a prompt, or those of a file.
 *
 * @throws RangeError for no prompt or two; SteerbenchError of the prompts, the model, the output and the engine
 */
export async function complete(prompt: string | undefined, flags: CompleteFlags): Promise<void> {
  const lines = await promptsOf(prompt, flags);
  const interruption = interruptible(() => {});
  // A single answer is computed beside nothing in any case; two streams round like many.
  const streams = Math.min(flags.streams, Math.max(2, lines.length));
  const { engine, answerer, steering, streamTokens } = await openAnswerer(flags, {
    streams,
    onLog: (line) => process.stderr.write(`${line}\n`),
  });
  try {
    const { kvCache = 'f32', gpuLayers = 0 } = flags;
    const computing = { kvCache, gpuLayers, streamTokens, single: streams === 1 };
    const jobs = await jobsOf(lines, answerer, { steering, computing }, flags);
    for (const warning of new Set(jobs.flatMap(({ prepared }) => prepared.steering.warnings)))
      process.stderr.write(`warning: ${warning}\n`);
    if (prompt !== undefined && flags.out === undefined && flags.json !== true)
      await printText(answerer.start(jobs[0]!.prepared), interruption.signal);
    else await writeLines(answerer, jobs, flags, { streams, signal: interruption.signal });
  } finally {
    interruption.end();
    await engine.dispose();
  }
}

async function promptsOf(
  prompt: string | undefined,
  { file, system, chat }: CompleteFlags,
): Promise<PromptLine[]> {
  if ((prompt === undefined) === (file === undefined))
    throw new RangeError('"complete" takes a prompt or a file of prompts: give one, or --file FILE');
  if (system !== undefined && chat !== true)
    throw new RangeError('"--system" belongs to "--chat": give both');
  return file === undefined ? [plainPrompt(prompt!, 1)] : readPromptLines(file);
}

function jobsOf(
  lines: PromptLine[],
  answerer: Answerer,
  given: Pick<CommonOptions, 'steering' | 'computing'>,
  flags: CompleteFlags,
): Promise<Job[]> {
  const common = {
    ...given,
    sampling: samplingOf(flags),
    chat: flags.chat === true,
    system: resolveSystem(flags.system),
  };
  return Promise.all(
    lines.map((line, index) =>
      prepareJob(answerer, line, index, common).catch((error: unknown) => {
        throw flags.file === undefined ? error : atLine(error, flags.file, line.line);
      }),
    ),
  );
}

async function printText(answer: Answer, signal: AbortSignal): Promise<void> {
  signal.addEventListener('abort', () => answer.cancel());
  for await (const event of answer) if (event.kind === 'text') process.stdout.write(event.text);
  process.stdout.write('\n');
  if (signal.aborted) process.exitCode = exitCodes.interrupted;
}

async function writeLines(
  answerer: Answerer,
  jobs: Job[],
  { out, quiet }: CompleteFlags,
  { streams, signal }: { streams: number; signal: AbortSignal },
): Promise<void> {
  const keys = jobs.map(({ key }) => key);
  const sink = out === undefined ? standardOutput() : await openOutput(out, keys);
  const counter = promptCounter(process.stderr, {
    total: jobs.length,
    done: sink.done,
    quiet: quiet === true,
  });
  try {
    const failed = await runJobs(answerer, jobs, { streams, sink, onLine: counter.line, signal });
    counter.end();
    if (failed === 0) return;
    process.stderr.write(`${failed} of ${jobs.length} prompts could not be answered; their lines say why\n`);
    process.exitCode = exitCodes.failed;
  } finally {
    await sink.close();
  }
}

/** An error of one prompt, with the place it stands at. */
function atLine(error: unknown, file: string, line: number): unknown {
  if (!(error instanceof SteerbenchError)) return error;
  const { code, message, remedy } = error;
  return new SteerbenchError(code, `"${file}" line ${line}: ${message}`, { remedy, cause: error });
}

function standardOutput(): LineSink {
  return {
    done: 0,
    write: async (line) => {
      if (!process.stdout.write(`${JSON.stringify(line)}\n`))
        await new Promise((resolve) => process.stdout.once('drain', resolve));
    },
    close: async () => {},
  };
}
