import { randomBytes } from 'node:crypto';
import type { AnswerEnd } from '../answers/answer.ts';
import type { ServerContext } from './server-context.ts';

/** What every document of an answer begins with. */
export interface AnswerHead {
  id: string;
  object: string;
  created: number;
  model: string;
  system_fingerprint: string;
  seed: number;
}

/** The beginning of an answer's documents, with an id of its own. */
export function answerHead(
  object: 'chat.completion' | 'chat.completion.chunk' | 'text_completion',
  seed: number,
  { modelName, fingerprint }: Pick<ServerContext, 'modelName' | 'fingerprint'>,
): AnswerHead {
  const prefix = object === 'text_completion' ? 'cmpl' : 'chatcmpl';
  return {
    id: `${prefix}-${randomBytes(12).toString('hex')}`,
    object,
    created: Math.floor(Date.now() / 1000),
    model: modelName,
    system_fingerprint: fingerprint,
    seed,
  };
}

/** How an answer ended, and what was done to it. */
export function endOf({ reason, stop, appliedSteering }: AnswerEnd) {
  return {
    finish_reason: reason === 'end-token' || reason === 'stop-string' ? 'stop' : 'length',
    stop_reason: stop,
    applied_steering: appliedSteering,
  };
}

/** Tokens of a request: each prompt counts once, however many answers it got. */
export function usageOf(answers: readonly Pick<AnswerEnd, 'usage'>[], each: number) {
  const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
  const firsts = answers.filter((_, index) => index % each === 0).map(({ usage }) => usage);
  const promptTokens = sum(firsts.map(({ promptTokens }) => promptTokens));
  const answerTokens = sum(answers.map(({ usage }) => usage.answerTokens));
  return {
    prompt_tokens: promptTokens,
    completion_tokens: answerTokens,
    total_tokens: promptTokens + answerTokens,
    prompt_tokens_details: { cached_tokens: sum(firsts.map(({ cachedTokens }) => cachedTokens)) },
  };
}
