import type { AnswerEvent } from '../../answers/answer.ts';
import type { AnswerFormat } from '../../answers/answer-options.ts';
import type { PreparedAnswer } from '../../answers/answerer.ts';
import type { ChatMessage } from '../../prompts/message-template.ts';
import type { AnswerGroup, GroupAnswer } from '../answer-group.ts';
import { type AnswerHead, answerHead, endOf, usageOf } from '../answer-head.ts';
import { checkModel, samplingOf, seedOf, steeringNotes } from '../answer-options.ts';
import { eventStream } from '../event-stream.ts';
import { Refusal, refusalOf } from '../refusal.ts';
import type { ChatRequest } from '../schemas/chat-request.ts';
import type { ServerContext } from '../server-context.ts';
import { chatLogprobs } from '../token-text.ts';

/** Answers `POST /v1/chat/completions`. */
export async function chatCompletions(
  request: ChatRequest,
  context: ServerContext,
  signal: AbortSignal,
): Promise<Response> {
  checkModel(request.model, context);
  const seed = seedOf(request);
  const prepared = await prepare(request, context);
  const group = context.groups.start({ prepared: [prepared], each: request.n ?? 1, seed, signal });
  const notes = steeringNotes(prepared.steering);
  const scored = request.logprobs === true;
  if (request.stream !== true) {
    const answers = await group.whole();
    const head = answerHead('chat.completion', seed, context);
    return Response.json({
      ...head,
      choices: answers.map((answer, index) => choiceOf(answer, index, scored)),
      usage: usageOf(answers, request.n ?? 1),
      steering_notes: notes,
    });
  }
  const head = answerHead('chat.completion.chunk', seed, context);
  const events = group.events();
  // The status depends on how it begins.
  const first = await events.next();
  const chunks = chunksOf(first, events, { head, request, notes, scored });
  return eventStream(chunks, (error) => refusalOf(error).body);
}

async function prepare(request: ChatRequest, context: ServerContext): Promise<PreparedAnswer> {
  const { answerer, value } = context.defaultSteering;
  const own = request.steering ?? null;
  if (request.top_logprobs != null && request.logprobs !== true)
    throw new Refusal(400, '"top_logprobs" needs "logprobs": true', {
      code: 'invalid_value',
      param: 'top_logprobs',
    });
  return (own === null ? answerer : context.answerer).prepareChat(messagesOf(request), {
    ...samplingOf(request, maxTokensOf(request), context.limits),
    steering: own ?? value,
    format: formatOf(request),
    logprobs: request.logprobs === true ? (request.top_logprobs ?? 0) : null,
  });
}

function maxTokensOf({ max_tokens: old, max_completion_tokens: now }: ChatRequest): number | null {
  if (old != null && now != null && old !== now)
    throw new Refusal(400, 'give "max_tokens" or "max_completion_tokens", not both', {
      code: 'invalid_value',
      param: 'max_completion_tokens',
    });
  return now ?? old ?? null;
}

function messagesOf({ messages }: ChatRequest): ChatMessage[] {
  return messages.map(({ role, content }) => ({
    role: role === 'developer' ? 'system' : role,
    content: typeof content === 'string' ? content : content.map(({ text }) => text).join('\n'),
  }));
}

/** What the answer must look like; the fields exclude each other. */
function formatOf({
  response_format: format,
  grammar,
}: Pick<ChatRequest, 'response_format' | 'grammar'>): AnswerFormat {
  if (grammar != null && format != null && format.type !== 'text')
    throw new Refusal(400, 'give "grammar" or "response_format", not both', {
      code: 'invalid_value',
      param: 'grammar',
    });
  if (grammar != null) return { kind: 'grammar', grammar };
  if (format == null || format.type === 'text') return { kind: 'text' };
  if (format.type === 'json_object') return { kind: 'json' };
  return { kind: 'schema', schema: format.json_schema.schema };
}

function choiceOf(answer: GroupAnswer, index: number, scored: boolean) {
  return {
    index,
    message: { role: 'assistant', content: answer.text, refusal: null },
    logprobs: scored ? chatLogprobs(answer.tokens) : null,
    ...endOf(answer),
  };
}

interface ChunkOptions {
  head: AnswerHead;
  request: ChatRequest;
  notes: ReturnType<typeof steeringNotes>;
  scored: boolean;
}

async function* chunksOf(
  first: IteratorResult<[number, AnswerEvent], void>,
  rest: ReturnType<AnswerGroup['events']>,
  { head, request, notes, scored }: ChunkOptions,
): AsyncGenerator<object, void, undefined> {
  const withUsage = request.stream_options?.include_usage === true;
  // Chunks before the last have a null there, as with OpenAI.
  const usage = withUsage ? { usage: null } : {};
  const ends: Pick<GroupAnswer, 'usage'>[] = [];
  try {
    for (let next = first; next.done !== true; next = await rest.next()) {
      const [index, event] = next.value;
      if (event.kind === 'prompt') {
        yield {
          ...head,
          ...usage,
          choices: [
            { index, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null },
          ],
        };
      } else if (event.kind === 'text') {
        if (event.text === '' && !scored) continue;
        const logprobs = scored ? chatLogprobs(event.tokens) : null;
        yield {
          ...head,
          ...usage,
          choices: [{ index, delta: { content: event.text }, logprobs, finish_reason: null }],
        };
      } else {
        ends[index] = event;
        yield {
          ...head,
          ...usage,
          steering_notes: notes,
          choices: [{ index, delta: {}, logprobs: null, ...endOf(event) }],
        };
      }
    }
    if (withUsage) yield { ...head, choices: [], usage: usageOf(ends, request.n ?? 1) };
  } finally {
    await rest.return();
  }
}
