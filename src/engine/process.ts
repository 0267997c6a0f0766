// The engine process: loads one model, serves one request after the other, ends with its parent.
import { SteerbenchError } from '../errors.ts';
import type { LlamaEngine } from './llama-engine.ts';
import { loadLlama } from './load-llama.ts';
import type { RemoteError, Reply, Request } from './protocol.ts';
import { requantise } from './requantise.ts';
import type { StreamEvent, StreamRequest } from './streams/stream-request.ts';

let engine: LlamaEngine | null = null;
const cancels = new Map<number, () => void>();
let events: [number, StreamEvent][] = [];

// Ctrl-C reaches the whole group of the terminal; the parent decides what ends when.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', (request: Request) => {
  if (request.method === 'stream') return stream(request.id, request.args[0]);
  if (request.method === 'cancel') return cancels.get(request.id)?.();
  serve(request)
    .then((value) => send({ kind: 'value', id: request.id, value }))
    .catch((error: unknown) => send({ kind: 'error', id: request.id, error: describe(error) }));
});

/** Starts an answer; what happens in one step to all answers goes in one message. */
function stream(id: number, request: StreamRequest): void {
  if (engine === null) {
    send({ kind: 'error', id, error: describe(new TypeError('"stream" before "load"')) });
    return;
  }
  const cancel = engine.submit(request, {
    event: (event) => {
      if (event.kind === 'end') cancels.delete(id);
      if (events.length === 0) setImmediate(sendEvents);
      events.push([id, event]);
    },
    error: (error) => {
      cancels.delete(id);
      sendEvents();
      send({ kind: 'error', id, error: describe(error) });
    },
  });
  cancels.set(id, cancel);
}

function sendEvents(): void {
  if (events.length > 0) send({ kind: 'events', events });
  events = [];
}

async function serve(request: Exclude<Request, { method: 'stream' | 'cancel' }>): Promise<unknown> {
  const onLog = (line: string) => send({ kind: 'log', line });
  switch (request.method) {
    case 'load':
      engine = await loadLlama({ ...request.args[0], onLog });
      engine.observe((rows) => send({ kind: 'rows', rows }));
      return engine.facts;
    case 'requantise':
      return requantise(request.args[0], onLog);
    default: {
      if (engine === null) throw new TypeError(`"${request.method}" before "load"`);
      const method = engine[request.method] as (...args: unknown[]) => Promise<unknown>;
      return method.apply(engine, request.args);
    }
  }
}

function send(reply: Reply): void {
  if (process.connected) process.send?.(reply);
}

function describe(error: unknown): RemoteError {
  if (error instanceof SteerbenchError) {
    return { name: error.name, message: error.message, code: error.code, remedy: error.remedy };
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { name, message, code: null, remedy: '' };
}
