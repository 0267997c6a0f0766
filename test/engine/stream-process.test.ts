import { truncate } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineSupervisor, type SupervisorState } from '../../src/engine/engine-supervisor.ts';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import { loadEngine } from '../../src/engine/remote-engine.ts';
import type { StreamRequest } from '../../src/engine/streams/stream-request.ts';
import { randomCases, randomVector } from '../support/cases.ts';
import { waitForEnd } from '../support/processes.ts';
import { answer, greedy, told } from '../support/streams.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';

let tiny: TinyLlama;
let local: LlamaEngine;
const options = () => ({
  path: tiny.path,
  contextTokens: 256,
  batchRows: 64,
  threads: 1,
  streams: 8,
  streamTokens: 512,
});
beforeAll(async () => {
  tiny = await tinyLlama({ seed: 44, context: 1024 });
  local = await loadLlama(options());
});
afterAll(async () => {
  await local.dispose();
  await tiny.remove();
});

const request = (seed: number, more: Partial<StreamRequest> = {}): StreamRequest =>
  greedy({
    prompt: Int32Array.from({ length: 5 + seed }, (_, i) => (i * 31 + seed) % 250),
    interventions: [
      {
        layer: seed % 4,
        vector: randomVector(32, 4, seed),
        multiplier: 1,
        operator: 'add',
        scope: { kind: 'response' },
        gate: null,
      },
    ],
    maxTokens: 20,
    logprobs: 2,
    ignoreEnd: true,
    ...more,
  });

describe('streams across the process border', () => {
  it('tell what they tell in this process, 64 at a time, beside a measurement', async () => {
    const engine = await loadEngine(options());
    try {
      expect(await engine.openStreams()).toEqual({ streams: 8, streamTokens: 512, invariant: true });
      const measured = engine.measure({
        cases: randomCases(4, { vocabulary: 259, seed: 13 }),
        interventions: [],
        branches: [[]],
        tokens: 'answer',
        logprobs: true,
      });
      const given = await Promise.all(Array.from({ length: 64 }, (_, seed) => answer(engine, request(seed))));
      for (const [seed, one] of given.entries()) {
        const { cachedTokens: _, ...here } = (await answer(local, request(seed))).end;
        expect(one.end).toMatchObject(here);
        expect(one.scored.map(({ logprob }) => logprob)).toEqual(
          (await answer(local, request(seed))).scored.map(({ logprob }) => logprob),
        );
      }
      expect((await measured).measurements).toHaveLength(4);
    } finally {
      await engine.dispose();
    }
  });

  it('hand over errors, and can be cancelled', async () => {
    const engine = await loadEngine(options());
    try {
      await expect(answer(engine, { prompt: new Int32Array(0) })).rejects.toThrow(RangeError);
      const grammar = { temperature: 0, grammar: 'x' };
      await expect(answer(engine, request(1, { sampling: grammar }))).rejects.toMatchObject({
        name: 'SteerbenchError',
        code: 'grammar-malformed',
      });
      const stream = engine.stream(request(2, { maxTokens: null }));
      let seen = 0;
      for await (const event of stream) {
        if (event.kind === 'tokens' && ++seen === 3) stream.cancel();
        if (event.kind === 'end') expect(event.reason).toBe('cancelled');
      }
      expect(seen).toBeLessThan(400);
      const early = engine.stream(request(3));
      early.cancel();
      expect((await told(early)).end.reason).toBe('cancelled');
    } finally {
      await engine.dispose();
    }
  });

  it('after dispose, and with a process that ends meanwhile: an error, never silence', async () => {
    const engine = await loadEngine(options());
    const open = told(engine.stream(request(1, { maxTokens: null }))).catch(
      (error: { code: string }) => error.code,
    );
    await new Promise((resolve) => setTimeout(resolve, 20));
    await engine.dispose();
    expect(await open).toBe('engine-crashed');
    await expect(told(engine.stream(request(1)))).rejects.toThrow(new TypeError('"stream" after dispose'));
  });
});

describe('an engine that dies under its supervisor', () => {
  it.each(['SIGKILL', 'SIGABRT'] as const)(
    '%s: each open stream fails clearly, the engine comes back, the next request is served',
    async (signal) => {
      const states: SupervisorState['kind'][] = [];
      const crashes: string[] = [];
      const supervisor = new EngineSupervisor(options(), {
        onState: ({ kind }) => states.push(kind),
        onCrash: ({ message }) => crashes.push(message),
      });
      await supervisor.start();
      try {
        expect(supervisor.state).toMatchObject({ kind: 'ready', streams: { streams: 8, invariant: true } });
        const before = await answer(supervisor.engine, request(4));
        const { pid } = supervisor.engine;
        // Eight run, four wait; all of them fail.
        const started: Promise<unknown>[] = [];
        const open = Array.from({ length: 12 }, (_, seed) => {
          const stream = supervisor.engine.stream(request(seed, { maxTokens: null }));
          let first = (_value: unknown) => {};
          if (seed < 8) started.push(new Promise((resolve) => (first = resolve)));
          return (async () => {
            for await (const event of stream) first(event);
          })().then(
            () => null,
            (error: { code: string; message: string; remedy: string }) => error,
          );
        });
        await Promise.all(started);
        process.kill(pid!, signal);
        for (const error of await Promise.all(open)) {
          expect(error).toMatchObject({
            code: 'engine-crashed',
            message: expect.stringContaining(`the engine process ended: ${signal}`),
            remedy: 'send the request again: the engine is started afresh',
          });
        }
        const after = await answer(supervisor.engine, request(4));
        expect(after.scored).toEqual(before.scored);
        expect(supervisor.engine.pid).not.toBe(pid);
        while (supervisor.state.kind !== 'ready') await new Promise((resolve) => setTimeout(resolve, 5));
        expect(states).toEqual(['ready', 'starting', 'ready']);
        expect(crashes).toHaveLength(1);
        expect(supervisor.crashes).toBe(1);
        await waitForEnd(pid!);
      } finally {
        await supervisor.dispose();
      }
    },
  );

  it('says that it is down while it cannot be started, and ends when it is disposed', async () => {
    const other = await tinyLlama({ blocks: 1 });
    const supervisor = new EngineSupervisor({ ...options(), path: other.path });
    await supervisor.start();
    await truncate(other.path, 5000);
    process.kill(supervisor.engine.pid!, 'SIGKILL');
    while (supervisor.state.kind !== 'down') await new Promise((resolve) => setTimeout(resolve, 5));
    expect(supervisor.state.error).toMatchObject({
      code: expect.stringMatching(/model-corrupt|engine-crashed/),
    });
    await expect(answer(supervisor.engine, request(1))).rejects.toMatchObject({
      code: expect.stringMatching(/model-corrupt|engine-crashed/),
    });
    await supervisor.dispose();
    await waitForEnd(supervisor.engine.pid!);
    await other.remove();
  });

  it('a file that cannot be loaded is told at the start', async () => {
    const supervisor = new EngineSupervisor({ path: '/no/such/file.gguf' });
    await expect(supervisor.start()).rejects.toThrow();
    await supervisor.dispose();
  });
});
