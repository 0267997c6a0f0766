import { createHash } from 'node:crypto';
import type { WholeAnswer } from '../../answers/answer.ts';
import type { AnswerOptions } from '../../answers/answer-options.ts';
import type { Answerer, PreparedAnswer } from '../../answers/answerer.ts';
import type { PromptLine } from '../../answers/prompt-lines.ts';
import { nextSeed } from '../../math/next-seed.ts';
import type { ChatMessage } from '../../prompts/message-template.ts';
import type { AppliedSteering } from '../../steering/applied-steering.ts';
import type { SteeringValue } from '../../steering/steering-value.ts';

/** What a command says of all its prompts. */
export interface CommonOptions {
  sampling: Omit<AnswerOptions, 'steering'>;
  steering: SteeringValue;
  /** Whether a prompt is a user's message, put by the model's chat template, instead of a text to continue. */
  chat: boolean;
  /** System message in front of these; null for none. */
  system: string | null;
  /** How the model computes: part of the key. */
  computing: Computing;
}

/** What an answer depends on beside the model and the request. */
export interface Computing {
  kvCache: string;
  gpuLayers: number;
  /** Tokens of prompt and answer: where an answer ends at the latest. */
  streamTokens: number;
  /** A single stream rounds otherwise than several. */
  single: boolean;
}

/** One answer that is to be made. */
export interface Job {
  index: number;
  line: PromptLine;
  /**
   * Sha256 of the model and everything that the answer depends on, but for rounding by threads and processor: a finished
   * line is known by it.
   */
  key: string;
  prepared: PreparedAnswer;
}

/** A line of output. */
export interface OutputLine {
  index: number;
  id?: string | number;
  prompt?: string;
  messages?: ChatMessage[];
  text: string;
  finish_reason: string;
  usage: { prompt_tokens: number; completion_tokens: number };
  applied_steering: AppliedSteering;
  key: string;
}

/** A line for a prompt that cannot be answered. */
export interface FailedLine extends Pick<OutputLine, 'index' | 'id' | 'prompt' | 'messages' | 'key'> {
  error: { code: string; message: string };
}

/**
 * Resolves what one prompt needs. Its seed is the command's plus its index, unless it has its own.
 *
 * @throws SteerbenchError of the steering and the messages
 */
export async function prepareJob(
  answerer: Answerer,
  line: PromptLine,
  index: number,
  { sampling, steering, chat, system, computing }: CommonOptions,
): Promise<Job> {
  const options: AnswerOptions = {
    ...sampling,
    steering: line.steering ?? steering,
    seed: line.seed ?? nextSeed(sampling.seed ?? 0, index),
    ...(line.maxTokens === null ? {} : { maxTokens: line.maxTokens }),
    ...(line.temperature === null ? {} : { temperature: line.temperature }),
    ...(line.stop === null ? {} : { stop: line.stop }),
  };
  const messages = messagesOf(line, { chat, system });
  const prepared =
    messages === null
      ? await answerer.prepareCompletion((line.input as { prompt: string }).prompt, options)
      : await answerer.prepareChat(messages, options);
  return { index, line, key: keyOf(answerer, prepared, computing), prepared };
}

/** The line of a finished answer. */
export function outputLine({ index, line, key }: Job, answer: WholeAnswer): OutputLine {
  const { promptTokens, answerTokens } = answer.usage;
  return {
    ...beginning(index, line),
    text: answer.text,
    finish_reason: answer.reason,
    usage: { prompt_tokens: promptTokens, completion_tokens: answerTokens },
    applied_steering: answer.appliedSteering,
    key,
  };
}

/** The line of a prompt that cannot be answered. */
export function failedLine({ index, line, key }: Job, code: string, message: string): FailedLine {
  return { ...beginning(index, line), error: { code, message }, key };
}

function beginning(
  index: number,
  { id, input }: PromptLine,
): Pick<OutputLine, 'index' | 'id' | 'prompt' | 'messages'> {
  return { index, ...(id === null ? {} : { id }), ...input };
}

function messagesOf(
  { input }: PromptLine,
  { chat, system }: Pick<CommonOptions, 'chat' | 'system'>,
): ChatMessage[] | null {
  if ('messages' in input) return input.messages;
  if (!chat) return null;
  return [
    ...(system === null ? [] : [{ role: 'system' as const, content: system }]),
    { role: 'user', content: input.prompt },
  ];
}

function keyOf({ engine }: Answerer, { request, steering }: PreparedAnswer, computing: Computing): string {
  const { prompt, sampling, maxTokens, stop } = request;
  const what = {
    model: engine.facts.hash,
    computing,
    prompt: prompt instanceof Int32Array ? [...prompt] : prompt,
    steering: steering.resolved.canonical,
    sampling,
    maxTokens,
    stop,
  };
  return createHash('sha256').update(JSON.stringify(what)).digest('hex');
}
