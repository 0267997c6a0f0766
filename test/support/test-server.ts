import OpenAI from 'openai';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import { type RunningServer, type ServerOptions, startServer } from '../../src/server/server.ts';
import { VectorFolder } from '../../src/steering/vector-folder.ts';
import { type TinyLlama, type TinyLlamaOptions, tinyLlama } from './tiny-llama.ts';
import { type TestVectors, testVectors } from './vector-folder.ts';

/** A server of a tiny model on a free port, with vectors `calm` at block 2 and `loud` at blocks 1 and 3. */
export interface TestServer {
  tiny: TinyLlama;
  vectors: TestVectors;
  server: RunningServer;
  url: string;
  /** The official client; it does not try again by itself. */
  client: OpenAI;
  /** The same model in this process, to compare with; loaded when it is asked for. */
  local: () => Promise<LlamaEngine>;
  post: (path: string, body: unknown, headers?: Record<string, string>) => Promise<Response>;
  stop: () => Promise<void>;
}

/** What differs from a server with four streams of 256 tokens. */
export interface TestServerOptions extends Partial<Omit<ServerOptions, 'load' | 'folder'>> {
  tiny?: TinyLlamaOptions;
  streams?: number;
  streamTokens?: number;
}

/** Starts one. */
export async function testServer({
  tiny: tinyOptions = {},
  streams = 4,
  streamTokens = 256,
  ...more
}: TestServerOptions = {}): Promise<TestServer> {
  const tiny = await tinyLlama({ seed: 9, ...tinyOptions });
  const vectors = await testVectors({ calm: [2], loud: [1, 3] });
  const load = {
    path: tiny.path,
    contextTokens: 256,
    batchRows: 64,
    threads: 1,
    streams,
    streamTokens,
    splitBlocks: false,
  };
  const server = await startServer({
    load,
    modelName: 'tiny',
    port: 0,
    folder: new VectorFolder(vectors.path),
    ...more,
  });
  let local: Promise<LlamaEngine> | null = null;
  const key = more.apiKeys?.[0] ?? 'unused';
  return {
    tiny,
    vectors,
    server,
    url: server.url,
    client: new OpenAI({ baseURL: `${server.url}/v1`, apiKey: key, maxRetries: 0 }),
    local: () => (local ??= loadLlama(load)),
    post: (path, body, headers = {}) =>
      fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
        body: JSON.stringify(body),
      }),
    stop: async () => {
      await server.stop(0);
      await (await local)?.dispose();
      await tiny.remove();
      await vectors.remove();
    },
  };
}

/** Waits until something holds; throws when it does not within ten seconds. */
export async function eventually(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; !(await holds()); tries++) {
    if (tries > 1000) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The value of a metric of a server, 0 where it has none yet. */
export async function metricOf(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((one) => one.startsWith(`steerbench_${name} `));
  return Number(line?.split(' ')[1] ?? 0);
}

/** How many requests to a route a server has answered with 200. */
export async function requestsTo(url: string, route: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(
    text.split(`steerbench_requests_total{route="${route}",status="200"} `)[1]?.split('\n')[0] ?? 0,
  );
}
