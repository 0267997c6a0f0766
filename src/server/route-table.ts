import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { readBody } from './read-body.ts';
import { Refusal, type RefusalStatus } from './refusal.ts';
import { chatCompletions } from './routes/chat-completions.ts';
import { completions } from './routes/completions.ts';
import { describeModel, detokenize, health, tokenize, tokenizerInfo } from './routes/information.ts';
import { getSteering, listVectors, putSteering } from './routes/steering.ts';
import { chatRequestSchema } from './schemas/chat-request.ts';
import { completionRequestSchema } from './schemas/completion-request.ts';
import {
  detokenizeRequestSchema,
  putSteeringSchema,
  tokenizeRequestSchema,
} from './schemas/other-requests.ts';
import {
  chatChunkSchema,
  chatResponseSchema,
  completionChunkSchema,
  completionResponseSchema,
  defaultSteeringSchema,
  detokenizeResponseSchema,
  healthSchema,
  modelSchema,
  modelsSchema,
  tokenizeResponseSchema,
  tokenizerInfoSchema,
  vectorsSchema,
} from './schemas/responses.ts';
import type { ServerContext } from './server-context.ts';

/** A request on its way through a route. */
export interface RouteCall {
  incoming: IncomingMessage;
  context: ServerContext;
  /** The client is gone. */
  signal: AbortSignal;
  /** Part of the path, where it has one. */
  parameter: string;
}

/** One route: what it takes and gives, and how it is served. */
export interface Route {
  method: 'GET' | 'POST' | 'PUT';
  /** With `{model}` for a part of it. */
  path: string;
  summary: string;
  /** Schema of the body, and one that every server takes; null without one. */
  body: { name: string; schema: z.ZodType; example: object } | null;
  /** Schema of the answer; null for plain text, or where there is none. */
  response: { name: string; schema: z.ZodType } | null;
  /** Schema of each event, where the answer can be streamed. */
  event?: { name: string; schema: z.ZodType };
  /** Media type of an answer that is not JSON. */
  text?: string;
  /** Statuses of refusals, besides those that any request may get. */
  refusals: RefusalStatus[];
  serve(call: RouteCall): Promise<Response> | Response;
}

const generating: RefusalStatus[] = [404, 422, 429, 503, 504];

/** All routes but the document that describes them. */
export const routes: readonly Route[] = [
  {
    method: 'POST',
    path: '/v1/chat/completions',
    summary: "Answer a conversation by the model's own chat template, steered or not.",
    body: {
      name: 'ChatRequest',
      schema: chatRequestSchema,
      example: { messages: [{ role: 'user', content: 'How was your day?' }], max_tokens: 16 },
    },
    response: { name: 'ChatResponse', schema: chatResponseSchema },
    event: { name: 'ChatChunk', schema: chatChunkSchema },
    refusals: generating,
    serve: async ({ incoming, context, signal }) =>
      chatCompletions(await readBody(incoming, chatRequestSchema, context.limits.bodyBytes), context, signal),
  },
  {
    method: 'POST',
    path: '/v1/completions',
    summary: 'Continue texts or tokens, steered or not; score them with echo and logprobs.',
    body: {
      name: 'CompletionRequest',
      schema: completionRequestSchema,
      example: { prompt: 'The weather is', max_tokens: 16 },
    },
    response: { name: 'CompletionResponse', schema: completionResponseSchema },
    event: { name: 'CompletionChunk', schema: completionChunkSchema },
    refusals: generating,
    serve: async ({ incoming, context, signal }) =>
      completions(
        await readBody(incoming, completionRequestSchema, context.limits.bodyBytes),
        context,
        signal,
      ),
  },
  {
    method: 'POST',
    path: '/v1/embeddings',
    summary: 'Left out: this server has no embeddings.',
    body: null,
    response: null,
    refusals: [404],
    serve: () => {
      throw new Refusal(404, 'this server leaves out /v1/embeddings: it generates text', {
        code: 'not_supported',
      });
    },
  },
  {
    method: 'GET',
    path: '/v1/models',
    summary: 'The served model, as a list of one.',
    body: null,
    response: { name: 'Models', schema: modelsSchema },
    refusals: [],
    serve: ({ context }) => Response.json({ object: 'list', data: [describeModel(context)] }),
  },
  {
    method: 'GET',
    path: '/v1/models/{model}',
    summary: 'The served model.',
    body: null,
    response: { name: 'Model', schema: modelSchema },
    refusals: [404],
    serve: ({ context, parameter }) => {
      if (parameter === context.modelName) return Response.json(describeModel(context));
      throw new Refusal(
        404,
        `there is no model ${JSON.stringify(parameter)}; this server has "${context.modelName}"`,
        {
          code: 'model_not_found',
          param: 'model',
        },
      );
    },
  },
  {
    method: 'GET',
    path: '/steering',
    summary: 'The steering of requests that have none of their own.',
    body: null,
    response: { name: 'DefaultSteering', schema: defaultSteeringSchema },
    refusals: [],
    serve: async ({ context }) => Response.json(await getSteering(context)),
  },
  {
    method: 'PUT',
    path: '/steering',
    summary: 'Set the steering of requests to come that have none of their own.',
    body: { name: 'PutSteering', schema: putSteeringSchema, example: { steering: [] } },
    response: { name: 'DefaultSteering', schema: defaultSteeringSchema },
    refusals: [],
    serve: async ({ incoming, context }) =>
      Response.json(
        await putSteering(await readBody(incoming, putSteeringSchema, context.limits.bodyBytes), context),
      ),
  },
  {
    method: 'GET',
    path: '/steering/vectors',
    summary: "The vectors of the server's folder, as they are now.",
    body: null,
    response: { name: 'Vectors', schema: vectorsSchema },
    refusals: [],
    serve: async ({ context }) => Response.json(await listVectors(context)),
  },
  {
    method: 'POST',
    path: '/tokenize',
    summary: 'Tokens of a text.',
    body: { name: 'TokenizeRequest', schema: tokenizeRequestSchema, example: { prompt: 'Hello' } },
    response: { name: 'TokenizeResponse', schema: tokenizeResponseSchema },
    refusals: [404, 503],
    serve: async ({ incoming, context }) =>
      Response.json(
        await tokenize(await readBody(incoming, tokenizeRequestSchema, context.limits.bodyBytes), context),
      ),
  },
  {
    method: 'POST',
    path: '/detokenize',
    summary: 'Text of tokens.',
    body: { name: 'DetokenizeRequest', schema: detokenizeRequestSchema, example: { tokens: [1, 2] } },
    response: { name: 'DetokenizeResponse', schema: detokenizeResponseSchema },
    refusals: [404, 503],
    serve: async ({ incoming, context }) =>
      Response.json(
        await detokenize(
          await readBody(incoming, detokenizeRequestSchema, context.limits.bodyBytes),
          context,
        ),
      ),
  },
  {
    method: 'GET',
    path: '/tokenizer_info',
    summary: 'What a client must know to prepare prompts itself.',
    body: null,
    response: { name: 'TokenizerInfo', schema: tokenizerInfoSchema },
    refusals: [],
    serve: ({ context }) => Response.json(tokenizerInfo(context)),
  },
  {
    method: 'GET',
    path: '/health',
    summary: 'Whether requests can be served; needs no key.',
    body: null,
    response: { name: 'Health', schema: healthSchema },
    refusals: [503],
    serve: ({ context }) => {
      const state = health(context);
      return Response.json(state, { status: state.status === 'ready' ? 200 : 503 });
    },
  },
  {
    method: 'GET',
    path: '/metrics',
    summary: 'Counters and times in the text format of Prometheus.',
    body: null,
    response: null,
    text: 'text/plain; version=0.0.4; charset=utf-8',
    refusals: [],
    serve: ({ context: { metrics, admission, state, engineRestarts } }) =>
      new Response(
        metrics.text({ ...admission.load, ready: state() === 'ready', engineRestarts: engineRestarts() }),
        { headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' } },
      ),
  },
];
