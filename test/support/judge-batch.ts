import { onTestFinished } from 'vitest';
import type { JudgeOptions } from '../../src/judge/judge-options.ts';
import { type JudgeResult, type JudgeRun, judgeTexts, type NamedText } from '../../src/judge/judge-texts.ts';
import {
  type Behave,
  completion,
  type JudgeServer,
  judgedText,
  send,
  startJudgeServer,
} from './judge-server.ts';

/** Options under which a failing judge costs little time; long enough for a busy machine to answer in. */
export const quickJudge = {
  model: 'judge',
  rubric: { positive: 'a pleased view', negative: 'a displeased view' },
  timeoutMs: 10_000,
  attempts: 3,
  retryDelayMs: 1,
  longestWaitMs: 5000,
};

let server: JudgeServer | null = null;

/** Lets a judge that behaves so judge a batch; it is closed when the test is over. */
export async function judge(
  behave: Behave,
  batch: NamedText[],
  options: Partial<JudgeOptions> = {},
  run: JudgeRun = {},
): Promise<JudgeResult> {
  const { url } = await startedJudge(behave);
  return judgeTexts(batch, { url, ...quickJudge, ...options }, run);
}

/** A judge that behaves so. */
export async function startedJudge(behave: Behave): Promise<JudgeServer> {
  const started = await startJudgeServer(behave);
  onTestFinished(() => started.close());
  server = started;
  return started;
}

/** The server of the last batch. */
export function lastServer(): JudgeServer {
  if (server === null) throw new Error('no batch was judged');
  return server;
}

/** Texts "text 0", "text 1", ... to one prompt each. */
export function texts(count: number): NamedText[] {
  return Array.from({ length: count }, (_, i) => ({ id: `${i}`, prompt: `prompt ${i}`, text: `text ${i}` }));
}

/** A judge that gives "text 7" seven points. */
export const honest: Behave = (question, response) =>
  send(response, completion(judgedText(question).replace('text ', '')));
