import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { isIP } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import { Answerer } from '../answers/answerer.ts';
import { measureResidualNorms } from '../answers/residual-norms.ts';
import type { LoadOptions } from '../engine/engine.ts';
import { EngineSupervisor } from '../engine/engine-supervisor.ts';
import { SteerbenchError } from '../errors.ts';
import type { DamageLimit } from '../steering/dose.ts';
import type { SteeringValue } from '../steering/steering-value.ts';
import type { VectorFolder } from '../steering/vector-folder.ts';
import { folderAndFiles } from '../steering/vector-source.ts';
import { steerbenchVersion } from '../version.ts';
import { Admission } from './admission.ts';
import { AnswerGroups } from './answer-group.ts';
import { type AnsweredRequest, createApp } from './app.ts';
import { checkAddress } from './check-address.ts';
import { Connections } from './connections.ts';
import { Metrics } from './metrics.ts';
import { Refusal, refusalOf, unavailable } from './refusal.ts';
import type { ServerContext } from './server-context.ts';

/** How a server is started; what is absent has its default. */
export interface ServerOptions {
  /** The model and how it is loaded; `streams` answers at a time, of `streamTokens` tokens each. */
  load: LoadOptions;
  /** The name that requests call the model by. */
  modelName: string;
  /** Address to listen on. Default `127.0.0.1`; another one than this machine's own needs a key. */
  host?: string;
  /** Default 8080; 0 takes any that is free. */
  port?: number;
  /** Any of them opens the server. Default none: whoever reaches it may ask. */
  apiKeys?: string[];
  /** Names of this server besides `localhost` and addresses; `*` allows every name. */
  allowedHosts?: string[];
  /** Origins of web pages that may ask, as `https://example.org`. */
  allowedOrigins?: string[];
  /** Vectors that requests may name by their alias. */
  folder?: VectorFolder | null;
  /** Steering of requests that have none of their own; may name files too. Default none. */
  steering?: SteeringValue;
  /** By sha256 of a vector's file: how far an audit found it usable. */
  damageLimits?: ReadonlyMap<string, DamageLimit>;
  /** Answers that may wait for a place. Default 64. */
  queue?: number;
  /** Most tokens of an answer. Default: what the context holds. */
  answerTokens?: number;
  /** Default 4 MiB. */
  bodyBytes?: number;
  /** Longest time of a request, waiting included. Default 600 s. */
  timeoutMs?: number;
  /** Told of every answered request. */
  onRequest?: (request: AnsweredRequest) => void;
  /** Told of requests that may not do what is meant, once of each kind. */
  onNote?: (note: string) => void;
  /** Told of errors that nobody foresaw, and of the engine's end. */
  onError?: (error: unknown) => void;
}

/** A server that listens. */
export interface RunningServer {
  /** `http://127.0.0.1:8080`. */
  url: string;
  /** Process number of the engine, for tests that kill it. */
  enginePid: () => number | undefined;
  /** What to know of model, template and steering, one sentence each. */
  notes: string[];
  /**
   * Takes no more requests, lets those that run come to their end for so long, ends the rest with a clear error, and
   * ends the engine.
   */
  stop(graceMs?: number): Promise<void>;
}

/** Time for a client to send its head, and its whole request. */
const headMs = 10_000;
const requestMs = 30_000;
const defaultTimeoutMs = 600_000;
/** More are closed at once: every connection costs memory before it has said who it is. */
const mostConnections = 1024;

/**
 * Loads a model and serves it, OpenAI's routes and a `steering` field on each request.
 *
 * @throws SteerbenchError of the model and the steering; `listen-failed` where the address cannot be had; RangeError for
 * an open address without a key
 * @example
 * const server = await startServer({ load: { path, streams: 8, streamTokens: 2048 }, modelName: 'mine' });
 * await fetch(`${server.url}/v1/models`);
 * await server.stop();
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host = '127.0.0.1', apiKeys = [], onError = () => {} } = options;
  checkAddress(host, apiKeys);
  const supervisor = new EngineSupervisor(options.load, { onCrash: onError });
  try {
    await supervisor.start();
    const context = await contextOf(options, supervisor);
    const { notes } = context.answerer;
    const { warnings } = await context.defaultSteering.answerer.steering(context.defaultSteering.value);
    const server = serverOf(options, context);
    const connections = new Connections(server);
    const url = await listen(server, host, options.port ?? 8080);
    return {
      url,
      enginePid: () => supervisor.engine.pid,
      notes: [...notes, ...warnings],
      stop: (graceMs = 10_000) => stop(server, connections, context, supervisor, graceMs),
    };
  } catch (error) {
    await supervisor.dispose();
    throw error;
  }
}

async function contextOf(options: ServerOptions, supervisor: EngineSupervisor): Promise<ServerContext> {
  const { engine, state } = supervisor;
  if (state.kind !== 'ready') throw new Error('the engine is not ready');
  const { streams, streamTokens } = state.streams;
  const { folder = null, damageLimits: limits = new Map(), queue = 64 } = options;
  const residualNorms = await measureResidualNorms(engine);
  const grounds = { residualNorms, limits };
  const own = new Answerer(engine, { ...grounds, vectors: folderAndFiles(folder) });
  const answerer = new Answerer(engine, folder === null ? grounds : { ...grounds, vectors: folder });
  const admission = new Admission({ streams, queue });
  const metrics = new Metrics();
  return {
    engine,
    answerer,
    folder,
    residualNorms,
    state: () => supervisor.state.kind,
    engineRestarts: () => supervisor.crashes,
    modelName: options.modelName,
    created: Math.floor(Date.now() / 1000),
    fingerprint: `fp_${createHash('sha256').update(`${engine.facts.hash} ${steerbenchVersion}`).digest('hex').slice(0, 16)}`,
    defaultSteering: { value: options.steering ?? [], answerer: own },
    limits: {
      contextTokens: streamTokens,
      answerTokens: Math.min(options.answerTokens ?? streamTokens, streamTokens),
      bodyBytes: options.bodyBytes ?? 4 * 2 ** 20,
    },
    admission,
    groups: new AnswerGroups({
      answerer,
      admission,
      metrics,
      timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
    }),
    metrics,
    tell: onceEach(options.onNote ?? (() => {})),
  };
}

/** Texts hold names that clients choose among those of the folder: few, but no reason to keep all. */
const mostTold = 100;

function onceEach(tell: (note: string) => void): (note: string) => void {
  const told = new Set<string>();
  return (note) => {
    if (told.has(note) || told.size >= mostTold) return;
    told.add(note);
    tell(note);
  };
}

function serverOf(options: ServerOptions, context: ServerContext): Server {
  const {
    apiKeys = [],
    allowedHosts = [],
    allowedOrigins = [],
    onRequest = () => {},
    onError = () => {},
  } = options;
  const app = createApp({
    context,
    guard: { apiKeys, allowedHosts, allowedOrigins },
    version: steerbenchVersion,
    onRequest,
    onError,
  });
  const listener = getRequestListener(app.fetch, {
    // Nobody's Request and Response are replaced.
    overrideGlobalObjects: false,
    errorHandler: (error) => {
      const refusal =
        error instanceof Error && error.name === 'RequestError'
          ? new Refusal(400, `the request cannot be read: ${error.message}`, { code: 'invalid_request' })
          : refusalOf(error);
      if (refusal.status === 500) onError(error);
      return Response.json(refusal.body, { status: refusal.status });
    },
  });
  const server = createServer(
    {
      headersTimeout: headMs,
      requestTimeout: requestMs,
      keepAliveTimeout: 5000,
      connectionsCheckingInterval: 1000,
      // Refused below, in OpenAI's form.
      requireHostHeader: false,
    },
    (incoming, outgoing) => {
      if (context.admission.draining) outgoing.setHeader('connection', 'close');
      void listener(incoming, outgoing);
    },
  );
  server.maxConnections = mostConnections;
  // A client that reads nothing keeps its answer in memory: not for ever.
  server.timeout = 2 * (options.timeoutMs ?? defaultTimeoutMs);
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => answerBroken(error, socket));
  return server;
}

/** What Node's parser refuses never becomes a request; it is answered by hand, in the same form. */
function answerBroken(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET' || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const [status, phrase, code] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'Request Header Fields Too Large', 'headers_too_large']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'Request Timeout', 'request_timeout']
        : [400, 'Bad Request', 'invalid_request'];
  const body = JSON.stringify({
    error: {
      message: `the request cannot be read: ${phrase}`,
      type: 'invalid_request_error',
      param: null,
      code,
    },
  });
  socket.end(
    `HTTP/1.1 ${status} ${phrase}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

async function listen(server: Server, host: string, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  }).catch((cause: NodeJS.ErrnoException) => {
    const why = { EADDRINUSE: 'another program listens there', EACCES: 'permission denied' }[
      cause.code ?? ''
    ];
    throw new SteerbenchError('listen-failed', `cannot listen on ${host}:${port}: ${why ?? cause.message}`, {
      remedy: 'choose another --port or --host',
      cause,
    });
  });
  const address = server.address() as AddressInfo;
  return `http://${isIP(address.address) === 6 ? `[${address.address}]` : address.address}:${address.port}`;
}

async function stop(
  server: Server,
  connections: Connections,
  context: ServerContext,
  supervisor: EngineSupervisor,
  graceMs: number,
): Promise<void> {
  const closed = connections.close();
  const drained = context.admission.drain();
  // An answer that is made may still be on its way to a slow reader.
  await within(graceMs, closed);
  context.groups.refuseAll(unavailable('stopping', 'the server is stopping'));
  // Time for the last words to reach their readers.
  await within(1000, drained);
  await within(200, closed);
  server.closeAllConnections();
  await supervisor.dispose();
  await closed;
}

/** Waits for an event, but no longer than that. */
async function within(ms: number, event: Promise<void>): Promise<void> {
  const early = new AbortController();
  await Promise.race([event, wait(ms, undefined, { signal: early.signal }).catch(() => {})]);
  early.abort();
}
