import { spawn } from 'node:child_process';
import { truncate } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MeasureRequest } from '../../src/engine/engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import { loadEngine, RemoteEngine } from '../../src/engine/remote-engine.ts';
import { randomCases, randomVector } from '../support/cases.ts';
import { isRunning, waitForEnd } from '../support/processes.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';

let tiny: TinyLlama;
beforeAll(async () => {
  tiny = await tinyLlama({ seed: 9 });
});
afterAll(() => tiny.remove());

const options = () => ({ path: tiny.path, contextTokens: 1024, batchRows: 16, threads: 1 });
/** Some hundred batches of 16 rows. */
const request: MeasureRequest = {
  cases: randomCases(8, { vocabulary: 259, seed: 13 }),
  interventions: [0, 1, 2, 3].map((layer) => ({
    layer,
    vector: randomVector(32, 5, layer),
    multiplier: 1,
    operator: 'add',
    start: 'all',
  })),
  branches: [[], [0], [1], [2], [3], [0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3], [0, 1, 2, 3]],
  tokens: 'answer',
  logprobs: true,
};

async function withEngine(use: (engine: RemoteEngine) => Promise<void>): Promise<void> {
  const engine = await loadEngine(options());
  try {
    await use(engine);
  } finally {
    await engine.dispose();
  }
}

describe('an engine in a process of its own', () => {
  it('knows and computes what the engine in this process does, to the last bit', async () => {
    const local = await loadLlama(options());
    await withEngine(async (engine) => {
      expect({ ...engine.facts, backends: [] }).toEqual({ ...local.facts, backends: [] });
      const [here, there] = [await local.measure(request), await engine.measure(request)];
      expect(there.measurements).toEqual(here.measurements);
      expect(there.work.steeredRows).toEqual(here.work.steeredRows);
      const captured = await engine.capture(request.cases, 'answer-mean', [0, 3]);
      expect(captured.positive).toEqual((await local.capture(request.cases, 'answer-mean', [0, 3])).positive);
      const tokens = await engine.tokenize('Hello, (A)', { addSpecial: false, parseSpecial: true });
      expect(await engine.detokenize(tokens)).toBe('Hello, (A)');
    });
    await local.dispose();
  });

  it('tells of the rows as they are decoded, and of the log of llama.cpp', async () => {
    const lines: string[] = [];
    const engine = await loadEngine({ ...options(), onLog: (line) => lines.push(line) });
    let rows = 0;
    let batches = 0;
    engine.observe((more) => {
      rows += more;
      batches++;
    });
    const { work } = await engine.measure(request);
    expect({ rows, batches }).toEqual({ rows: work.decodedTokens, batches: work.batches });
    expect(lines.join('\n')).toContain('llama.block_count');
    await engine.dispose();
  });

  it('hands errors over with their class, code and remedy', async () => {
    await withEngine(async (engine) => {
      await expect(engine.capture(request.cases, 'letter', [7])).rejects.toMatchObject({
        name: 'SteerbenchError',
        code: 'layer-out-of-range',
        remedy: 'give layers between 0 and 3',
      });
      const infinite = { ...request.interventions[0]!, multiplier: Number.POSITIVE_INFINITY };
      await expect(
        engine.measure({ ...request, interventions: [infinite], branches: [[0]] }),
      ).rejects.toThrow(RangeError);
    });
  });
});

describe('an engine process that dies', () => {
  it.each(['SIGKILL', 'SIGABRT'] as const)(
    '%s in the middle of a measurement: the call fails with its name, the next one starts afresh',
    async (signal) => {
      await withEngine(async (engine) => {
        const before = await engine.measure(request);
        const { pid } = engine;
        engine.observe(() => {
          engine.observe(() => {});
          process.kill(pid!, signal);
        });
        await expect(engine.measure(request)).rejects.toMatchObject({
          code: 'engine-crashed',
          message: expect.stringContaining(`the engine process ended: ${signal}`),
        });
        const after = await engine.measure(request);
        expect(after.measurements).toEqual(before.measurements);
        expect(engine.pid).not.toBe(pid);
        expect(isRunning(pid!)).toBe(false);
      });
    },
  );

  it('fails every open call; calls made together afterwards share one fresh process', async () => {
    await withEngine(async (engine) => {
      const open = [engine.measure(request), engine.measure(request)].map((call) =>
        call.then(
          () => 'done',
          (error: { code: string }) => error.code,
        ),
      );
      process.kill(engine.pid!, 'SIGKILL');
      expect(await Promise.all(open)).toEqual(['engine-crashed', 'engine-crashed']);
      const tokenize = () => engine.tokenize('Hello', { addSpecial: false, parseSpecial: true });
      const first = tokenize();
      const started = engine.pid;
      const results = await Promise.all([first, tokenize(), tokenize()]);
      expect(results.map((tokens) => tokens.length)).toEqual([5, 5, 5]);
      expect(engine.pid).toBe(started);
    });
  });

  it('says so when it cannot be started again, and leaves no process', async () => {
    const other = await tinyLlama({ blocks: 1 });
    const engine = await loadEngine({ ...options(), path: other.path });
    process.kill(engine.pid!, 'SIGKILL');
    await waitForEnd(engine.pid!);
    await truncate(other.path, 5000);
    await expect(engine.measure(request)).rejects.toMatchObject({
      code: expect.stringMatching(/model-corrupt|engine-crashed/),
    });
    await expect(engine.measure(request)).rejects.toMatchObject({ code: 'model-corrupt' });
    await waitForEnd(engine.pid!);
    await other.remove();
  });
});

describe('the end of an engine process', () => {
  it('SIGINT is left to the parent', async () => {
    await withEngine(async (engine) => {
      const { pid } = engine;
      process.kill(pid!, 'SIGINT');
      expect((await engine.measure(request)).measurements).toHaveLength(8);
      expect(engine.pid).toBe(pid);
    });
  });

  it('dispose ends it at once, in the middle of work too; later calls are refused', async () => {
    const engine = await loadEngine(options());
    const open = engine.measure(request).catch((error: { code: string }) => error.code);
    await engine.dispose();
    expect(await open).toBe('engine-crashed');
    await waitForEnd(engine.pid!);
    await expect(engine.measure(request)).rejects.toThrow(new TypeError('"measure" after dispose'));
  });

  it('a file that cannot be loaded leaves none', async () => {
    const engine = new RemoteEngine({ path: fileURLToPath(import.meta.url) });
    await expect(engine.start()).rejects.toMatchObject({ code: 'model-corrupt' });
    await waitForEnd(engine.pid!);
  });

  it.each([
    ['exits while the engine is idle', 'idle', 'exit'],
    ['exits while the engine works', 'work', 'exit'],
    ['is killed while the engine works', 'work', 'kill'],
  ])('a parent that %s leaves none', async (_, engineState, how) => {
    const module = new URL('../../dist/engine/remote-engine.js', import.meta.url).href;
    const script = `
      const { loadEngine } = await import(${JSON.stringify(module)});
      const engine = await loadEngine(${JSON.stringify(options())});
      const tokens = Int32Array.from({ length: 1000 }, (_, i) => i % 250);
      const sequence = { tokens, lastPromptToken: 998, firstAnswerToken: 999, letter: null, answerStart: 999, answerEnd: 1000 };
      const item = { id: 'x/0', item: 0, positive: sequence, negative: sequence, seamMoved: false };
      if (${JSON.stringify(engineState)} === 'work')
        for (let i = 0; i < 50; i++) void engine.capture([item], 'all', [0, 1, 2, 3]).catch(() => {});
      console.log(engine.pid);
      if (${JSON.stringify(how)} === 'exit') setTimeout(() => process.exit(0), 30);
    `;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve) =>
      parent.stdout.once('data', (text: Buffer) => resolve(Number(text.toString()))),
    );
    expect(isRunning(pid)).toBe(true);
    if (how === 'kill') parent.kill('SIGKILL');
    await waitForEnd(pid);
  });
});
