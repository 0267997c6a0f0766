import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { crossOriginHeaders, type GuardOptions, guard } from './guard.ts';
import { openApiDocument } from './openapi.ts';
import { Refusal, refusalOf } from './refusal.ts';
import { type Route, routes } from './route-table.ts';
import type { ServerContext } from './server-context.ts';

/** What the application is made of. */
export interface AppOptions {
  context: ServerContext;
  guard: GuardOptions;
  version: string;
  /** Told of every answered request, and of errors that nobody foresaw. */
  onRequest: (request: AnsweredRequest) => void;
  onError: (error: unknown) => void;
}

/** A request that was answered; of a streamed answer, when it began. */
export interface AnsweredRequest {
  method: string;
  path: string;
  status: number;
  ms: number;
}

type Env = { Bindings: HttpBindings };

/** The routes with what stands before them: who may ask, and errors in OpenAI's form. */
export function createApp(options: AppOptions): Hono<Env> {
  const app = new Hono<Env>();
  const refuse = (error: unknown): Response => {
    const refusal = refusalOf(error);
    if (refusal.status === 500) options.onError(error);
    return Response.json(refusal.body, { status: refusal.status, headers: refusal.headers });
  };
  app.use('*', async (c, next) => {
    const began = performance.now();
    await next();
    finish(c, options, began);
  });
  app.use('*', async (c, next) => {
    guard(callerOf(c), options.guard);
    await next();
  });
  const byPath = groupByPath(routes);
  for (const [path, methods] of byPath) {
    for (const route of methods)
      app.on(route.method, honoPath(path), (c) => serve(route, c, options.context));
    app.all(honoPath(path), (c) =>
      otherMethod(
        c,
        methods.map(({ method }) => method),
        options.guard,
      ),
    );
  }
  const document = openApiDocument({ version: options.version, keyed: options.guard.apiKeys.length > 0 });
  app.get('/openapi.json', () => Response.json(document));
  app.all('/openapi.json', (c) => otherMethod(c, ['GET'], options.guard));
  app.notFound((c) =>
    refuse(
      new Refusal(
        404,
        `there is no route ${c.req.method} ${c.req.path}; OpenAI's begin with /v1, and /openapi.json lists all`,
        { code: 'route_not_found' },
      ),
    ),
  );
  app.onError(refuse);
  return app;
}

function callerOf(c: Context<Env>) {
  return {
    method: c.req.method,
    path: c.req.path,
    host: c.req.header('host'),
    targetHost: new URL(c.req.url).host,
    origin: c.req.header('origin'),
    authorization: c.req.header('authorization'),
  };
}

async function serve(route: Route, c: Context<Env>, context: ServerContext): Promise<Response> {
  return route.serve({
    incoming: c.env.incoming,
    context,
    signal: c.req.raw.signal,
    parameter: c.req.param('model') ?? '',
  });
}

/** A preflight of an allowed page, or a method that the route has not. */
function otherMethod(c: Context<Env>, methods: string[], options: GuardOptions): Response {
  const requested = c.req.header('access-control-request-headers');
  if (c.req.method === 'OPTIONS' && c.req.header('origin') !== undefined)
    return new Response(null, {
      status: 204,
      headers: crossOriginHeaders(c.req.header('origin'), requested, options),
    });
  throw new Refusal(405, `${c.req.path} takes ${methods.join(' and ')}, not ${c.req.method}`, {
    code: 'method_not_allowed',
    headers: { allow: methods.includes('GET') ? [...methods, 'HEAD'].join(', ') : methods.join(', ') },
  });
}

/** Headers of every answer, and its place in the counters. */
function finish(c: Context<Env>, { context, guard: guarded, onRequest }: AppOptions, began: number): void {
  const { method, path } = c.req;
  c.res.headers.set('x-content-type-options', 'nosniff');
  const shared = crossOriginHeaders(c.req.header('origin'), undefined, guarded);
  for (const [name, value] of Object.entries(shared))
    if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  if (!c.res.headers.has('cache-control')) c.res.headers.set('cache-control', 'no-store');
  context.metrics.request(knownPath(path), c.res.status);
  onRequest({ method, path, status: c.res.status, ms: performance.now() - began });
}

/** Paths that nobody knows count as one: a stranger must not make the counters grow. */
function knownPath(path: string): string {
  if (path.startsWith('/v1/models/')) return '/v1/models/{model}';
  return path === '/openapi.json' || routes.some((route) => route.path === path) ? path : 'other';
}

function groupByPath(all: readonly Route[]): Map<string, Route[]> {
  const groups = new Map<string, Route[]>();
  for (const route of all) groups.set(route.path, [...(groups.get(route.path) ?? []), route]);
  return groups;
}

function honoPath(path: string): string {
  return path.replace('{model}', ':model{.+}');
}
