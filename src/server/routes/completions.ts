import type { AnswerEvent } from '../../answers/answer.ts';
import type { PreparedAnswer } from '../../answers/answerer.ts';
import type { ScoredToken } from '../../engine/streams/stream-request.ts';
import type { AnswerGroup, GroupAnswer } from '../answer-group.ts';
import { type AnswerHead, answerHead, endOf, usageOf } from '../answer-head.ts';
import { checkModel, samplingOf, seedOf, steeringNotes } from '../answer-options.ts';
import { eventStream } from '../event-stream.ts';
import { Refusal, refusalOf } from '../refusal.ts';
import type { CompletionRequest } from '../schemas/completion-request.ts';
import type { ServerContext } from '../server-context.ts';
import { type CompletionLogprobs, CompletionLogprobsWriter } from '../token-text.ts';

/** Tokens of an answer where a request does not say, as with OpenAI. */
const defaultTokens = 16;

/** What is done to each answer of a request. */
interface Shape {
  head: AnswerHead;
  request: CompletionRequest;
  /** By prompt: its text, where it stands in front of the answer. */
  echoes: string[] | null;
  notes: ReturnType<typeof steeringNotes>;
}

/** Answers `POST /v1/completions`. */
export async function completions(
  request: CompletionRequest,
  context: ServerContext,
  signal: AbortSignal,
): Promise<Response> {
  checkModel(request.model, context);
  const each = request.n ?? 1;
  if ((request.best_of ?? each) !== each)
    throw new Refusal(400, '"best_of" must equal "n": answers are not ranked', {
      code: 'unsupported_parameter',
      param: 'best_of',
    });
  const prompts = promptsOf(request.prompt);
  const seed = seedOf(request);
  const echoes = request.echo === true ? await textsOf(prompts, context) : null;
  const prepared = await prepare(request, prompts, context);
  const group = context.groups.start({ prepared, each, seed, signal });
  const head = answerHead('text_completion', seed, context);
  const shape: Shape = { head, request, echoes, notes: notesOf(request, prepared[0]!, context) };
  if (request.stream !== true) return Response.json(wholeDocument(await group.whole(), shape));
  const events = group.events();
  // The status depends on how it begins.
  const first = await events.next();
  return eventStream(chunksOf(first, events, shape), (error) => refusalOf(error).body);
}

/** Warns of scores of a prompt that its steering does not reach; whoever reads the log is told too. */
function notesOf(request: CompletionRequest, { steering }: PreparedAnswer, { tell }: ServerContext) {
  const notes = steeringNotes(steering);
  if (notes === null || request.echo !== true || request.logprobs == null) return notes;
  const unsteering = steering.resolved.entries.filter(({ scope }) => !['prompt', 'all'].includes(scope.kind));
  if (unsteering.length === 0) return notes;
  const names = [...new Set(unsteering.map(({ vector }) => `"${vector.name}"`))].join(', ');
  const warning = `log-probabilities of a prompt are not steered by ${names}: the scope is the answer; scope "all" steers the prompt too`;
  tell(warning);
  return { ...notes, warnings: [...notes.warnings, warning] };
}

function promptsOf(prompt: CompletionRequest['prompt']): (string | Int32Array)[] {
  if (typeof prompt === 'string') return [prompt];
  if (prompt.every((one) => typeof one === 'number')) return [Int32Array.from(prompt as number[])];
  return (prompt as (string | number[])[]).map((one) =>
    typeof one === 'string' ? one : Int32Array.from(one),
  );
}

/** The prompts as text. Throws Refusal 400 for a token that does not exist. */
function textsOf(prompts: (string | Int32Array)[], { engine }: ServerContext): Promise<string[]> {
  return Promise.all(
    prompts.map((prompt) => {
      if (typeof prompt === 'string') return prompt;
      checkTokens(prompt, engine.facts.vocabulary, 'prompt');
      return engine.detokenize(prompt);
    }),
  );
}

/**
 * Refuses tokens beyond the vocabulary.
 *
 * @throws Refusal 400
 */
export function checkTokens(tokens: Iterable<number>, vocabulary: number, param: string): void {
  for (const token of tokens) {
    if (token < vocabulary) continue;
    throw new Refusal(400, `token ${token} does not exist; the vocabulary has ${vocabulary}`, {
      code: 'invalid_value',
      param,
    });
  }
}

function prepare(
  request: CompletionRequest,
  prompts: (string | Int32Array)[],
  context: ServerContext,
): Promise<PreparedAnswer[]> {
  const { answerer, value } = context.defaultSteering;
  const own = request.steering ?? null;
  const logprobs = request.logprobs ?? null;
  const options = {
    ...samplingOf(
      request,
      request.max_tokens ?? Math.min(defaultTokens, context.limits.answerTokens),
      context.limits,
    ),
    steering: own ?? value,
    ...(request.grammar == null ? {} : { format: { kind: 'grammar' as const, grammar: request.grammar } }),
    logprobs,
    promptLogprobs: request.echo === true ? logprobs : null,
  };
  const by = own === null ? answerer : context.answerer;
  return Promise.all(prompts.map((prompt) => by.prepareCompletion(prompt, options)));
}

function wholeDocument(answers: GroupAnswer[], { head, request, echoes, notes }: Shape): object {
  const each = request.n ?? 1;
  return {
    ...head,
    choices: answers.map((answer, index) => ({
      index,
      text: (echoes?.[Math.floor(index / each)] ?? '') + answer.text,
      logprobs: writerFor(request)?.piece([...(answer.promptTokens ?? []), ...answer.tokens]) ?? null,
      ...endOf(answer),
    })),
    usage: usageOf(answers, each),
    steering_notes: notes,
  };
}

function writerFor({ logprobs }: CompletionRequest): CompletionLogprobsWriter | null {
  return logprobs == null ? null : new CompletionLogprobsWriter(logprobs > 0);
}

async function* chunksOf(
  first: IteratorResult<[number, AnswerEvent], void>,
  rest: ReturnType<AnswerGroup['events']>,
  { head, request, echoes, notes }: Shape,
): AsyncGenerator<object, void, undefined> {
  const each = request.n ?? 1;
  const withUsage = request.stream_options?.include_usage === true;
  const usage = withUsage ? { usage: null } : {};
  const ends: Pick<GroupAnswer, 'usage'>[] = [];
  const writers: (CompletionLogprobsWriter | null)[] = [];
  const chunk = (index: number, text: string, tokens: ScoredToken[] | null) => {
    if (writers[index] === undefined) writers[index] = writerFor(request);
    const logprobs: CompletionLogprobs | null =
      tokens === null ? null : (writers[index]?.piece(tokens) ?? null);
    return { ...head, ...usage, choices: [{ index, text, logprobs, finish_reason: null }] };
  };
  try {
    for (let next = first; next.done !== true; next = await rest.next()) {
      const [index, event] = next.value;
      if (event.kind === 'prompt') {
        if (echoes !== null) yield chunk(index, echoes[Math.floor(index / each)]!, event.scored);
      } else if (event.kind === 'text') {
        if (event.text !== '' || request.logprobs != null) yield chunk(index, event.text, event.tokens);
      } else {
        ends[index] = event;
        yield {
          ...head,
          ...usage,
          steering_notes: notes,
          choices: [{ index, text: '', logprobs: null, ...endOf(event) }],
        };
      }
    }
    if (withUsage) yield { ...head, choices: [], usage: usageOf(ends, each) };
  } finally {
    await rest.return();
  }
}
