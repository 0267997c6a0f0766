import { z } from 'zod';
import { type Route, routes } from './route-table.ts';
import { errorSchema } from './schemas/responses.ts';

/** Refusals that any request may get. */
const common = {
  400: 'The request is not valid.',
  403: 'This host or origin may not ask.',
  500: 'A fault of the server.',
};

const meanings: Record<number, string> = {
  401: 'No API key, or a wrong one.',
  404: 'There is no such model, or the route is left out.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  422: "The steering breaks the model's arithmetic.",
  429: 'The server is full; Retry-After says when to come again.',
  503: 'The engine has ended and is started again, or the server is stopping; send the request again.',
  504: 'The answer took too long.',
};

/**
 * The OpenAPI 3.1 document of the server, made from the schemas that requests are checked by.
 *
 * @param options.keyed Whether a key is asked for.
 */
export function openApiDocument({ version, keyed }: { version: string; keyed: boolean }): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'steerbench',
      version,
      description: 'OpenAI-compatible completions of one model, each request with its own steering vectors.',
    },
    ...(keyed ? { security: [{ key: [] }] } : {}),
    paths: {
      ...pathsOf(keyed),
      '/openapi.json': {
        get: {
          summary: 'This document.',
          responses: { 200: json('The document.', { type: 'object' }), ...refusals([], keyed) },
        },
      },
    },
    components: {
      schemas: schemas(),
      ...(keyed ? { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } } : {}),
    },
  };
}

function pathsOf(keyed: boolean): Record<string, Record<string, object>> {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    paths[route.path] ??= {};
    paths[route.path]![route.method.toLowerCase()] = operationOf(route, keyed);
  }
  return paths;
}

function operationOf(route: Route, keyed: boolean): object {
  const { path, summary, body, refusals: own } = route;
  const bodied = body === null ? own : [...own, 413, 415];
  return {
    summary,
    ...(path === '/health' ? { security: [] } : {}),
    ...(path.includes('{model}')
      ? { parameters: [{ name: 'model', in: 'path', required: true, schema: { type: 'string' } }] }
      : {}),
    ...(body === null
      ? {}
      : {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: reference(body.name), example: body.example } },
          },
        }),
    responses: {
      ...answersOf(route),
      ...refusals(bodied, keyed && path !== '/health'),
      ...(path === '/health' ? { 503: json('Requests cannot be served now.', reference('Health')) } : {}),
    },
  };
}

function answersOf({ response, event, text }: Route): object {
  if (text !== undefined)
    return { 200: { description: 'Text.', content: { 'text/plain': { schema: { type: 'string' } } } } };
  if (response === null) return {};
  const content: Record<string, object> = { 'application/json': { schema: reference(response.name) } };
  if (event !== undefined) {
    content['text/event-stream'] = { schema: eventOf(event.name) };
  }
  return { 200: { description: 'The answer.', content } };
}

/** One server-sent event: as is usual in OpenAPI 3.1, the schema of a stream describes each of its events. */
function eventOf(name: string): object {
  return {
    type: 'object',
    description: `Each event holds the JSON of a ${name}, or of the error that ends the stream; the last one is [DONE].`,
    properties: {
      data: {
        type: 'string',
        anyOf: [
          { const: '[DONE]' },
          {
            contentMediaType: 'application/json',
            contentSchema: { anyOf: [reference(name), reference('Error')] },
          },
        ],
      },
    },
    required: ['data'],
  };
}

function refusals(statuses: readonly number[], keyed: boolean): Record<number, object> {
  const all = {
    ...common,
    ...Object.fromEntries(
      [...statuses, ...(keyed ? [401] : [])].map((status) => [status, meanings[status]!]),
    ),
  };
  return Object.fromEntries(
    Object.entries(all).map(([status, text]) => [status, json(text, reference('Error'))]),
  );
}

function json(description: string, schema: object): object {
  return { description, content: { 'application/json': { schema } } };
}

function reference(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}

function schemas(): Record<string, object> {
  const all: Record<string, object> = { Error: jsonSchema(errorSchema, 'output') };
  for (const { body, response, event } of routes) {
    if (body !== null) all[body.name] = jsonSchema(body.schema, 'input');
    for (const one of [response, event]) if (one != null) all[one.name] = jsonSchema(one.schema, 'output');
  }
  return all;
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io }) as Record<string, unknown>;
  return rest;
}
