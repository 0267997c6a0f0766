// The engine process: loads one model, serves one request after the other, ends with its parent.
import { SteerbenchError } from '../errors.ts';
import type { LlamaEngine } from './llama-engine.ts';
import { loadLlama } from './load-llama.ts';
import type { RemoteError, Reply, Request } from './protocol.ts';
import { requantise } from './requantise.ts';

let engine: LlamaEngine | null = null;

// Ctrl-C reaches the whole group of the terminal; the parent decides what ends when.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit(0));
process.on('message', (request: Request) => {
  serve(request)
    .then((value) => send({ kind: 'value', id: request.id, value }))
    .catch((error: unknown) => send({ kind: 'error', id: request.id, error: describe(error) }));
});

async function serve(request: Request): Promise<unknown> {
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
