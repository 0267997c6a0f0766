import { setTimeout as wait } from 'node:timers/promises';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { waitForEnd } from '../support/processes.ts';
import { isWhole, muchToRead, rawSocket } from '../support/raw-socket.ts';
import { eventually, metricOf, requestsTo, testServer } from '../support/test-server.ts';

const endless = { streamTokens: 8192, tiny: { context: 8192, endless: true } };

describe('an engine that is killed under load', () => {
  it('running and waiting requests are told 503, the next request is served', async () => {
    const errors: unknown[] = [];
    const server = await testServer({ ...endless, streams: 4, onError: (error) => errors.push(error) });
    try {
      const before = await (
        await server.post('/v1/completions', { prompt: 'Hello', temperature: 0, max_tokens: 8 })
      ).json();
      const long = { prompt: 'Hello', temperature: 0, max_tokens: 8000 };
      const whole = Array.from({ length: 6 }, () => server.post('/v1/completions', long));
      await eventually(
        async () =>
          (await metricOf(server.url, 'answers_running')) === 4 &&
          (await metricOf(server.url, 'answers_waiting')) === 2,
        'four run and two wait',
      );
      const pid = server.server.enginePid()!;
      process.kill(pid, 'SIGKILL');
      for (const response of await Promise.all(whole)) {
        expect(response.status).toBe(503);
        expect(response.headers.get('retry-after')).toBe('1');
        expect(await response.json()).toMatchObject({
          error: {
            type: 'server_error',
            code: 'engine-crashed',
            message: expect.stringContaining('send the request again'),
          },
        });
      }
      // Sent at once, while the engine is being started: it waits, and is served.
      const after = await server.post('/v1/completions', { prompt: 'Hello', temperature: 0, max_tokens: 8 });
      expect(after.status).toBe(200);
      expect((await after.json()).choices).toEqual(before.choices);
      expect(server.server.enginePid()).not.toBe(pid);
      expect(await metricOf(server.url, 'engine_restarts_total')).toBe(1);
      await eventually(async () => (await fetch(`${server.url}/health`)).status === 200, 'it is ready');
      expect(await metricOf(server.url, 'answers_running')).toBe(0);
      expect(errors).toMatchObject([{ code: 'engine-crashed' }]);
      await waitForEnd(pid);
    } finally {
      await server.stop();
    }
  });

  it('a stream ends with an error that the official client throws; its next try is served', async () => {
    const server = await testServer({ ...endless, streams: 2 });
    try {
      const request = {
        model: 'tiny',
        prompt: 'Hello',
        temperature: 0,
        max_tokens: 8000,
        stream: true as const,
      };
      let seen = 0;
      const reading = (async () => {
        for await (const _ of await server.client.completions.create(request))
          if (++seen === 3) process.kill(server.server.enginePid()!, 'SIGKILL');
      })();
      await expect(reading).rejects.toThrow(OpenAI.APIError);
      expect(seen).toBeGreaterThanOrEqual(3);
      const patient = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'x' });
      expect(
        (await patient.completions.create({ model: 'tiny', prompt: 'x', max_tokens: 2 })).choices,
      ).toHaveLength(1);
    } finally {
      await server.stop();
    }
  });
});

describe('a server that is stopped', () => {
  it('takes no more, lets what runs come to its end, and leaves nothing behind', async () => {
    const server = await testServer({ ...endless, streams: 2 });
    const pid = server.server.enginePid()!;
    const running = server.post('/v1/completions', { prompt: 'Hello', temperature: 0, max_tokens: 1500 });
    await eventually(async () => (await metricOf(server.url, 'answers_running')) === 1, 'it runs');
    const stopped = server.server.stop(20_000);
    await expect(server.post('/v1/completions', { prompt: 'x' })).rejects.toThrow();
    const response = await running;
    expect(response.status).toBe(200);
    expect((await response.json()).usage.completion_tokens).toBe(1500);
    await stopped;
    await waitForEnd(pid);
    await server.tiny.remove();
    await server.vectors.remove();
  });

  it('waits within the grace for a client that reads slowly', async () => {
    const server = await testServer({ ...endless, streams: 2 });
    const raw = await rawSocket(server.url);
    raw.socket.pause();
    raw.send(muchToRead);
    await eventually(async () => (await requestsTo(server.url, '/tokenize')) === 1, 'it was answered');
    const stopped = server.server.stop(20_000);
    await wait(1000);
    raw.socket.resume();
    expect(isWhole(await raw.closed)).toBe(true);
    const began = performance.now();
    await stopped;
    // Its connection was kept alive, and is closed as soon as nobody needs it.
    expect(performance.now() - began).toBeLessThan(2000);
    await server.tiny.remove();
    await server.vectors.remove();
  });

  it('ends what takes longer than the grace with a clear error', async () => {
    const server = await testServer({ ...endless, streams: 2 });
    const whole = server.post('/v1/completions', { prompt: 'Hello', temperature: 0, max_tokens: 8000 });
    const stream = await server.post('/v1/completions', {
      prompt: 'Hello',
      temperature: 0,
      max_tokens: 8000,
      stream: true,
    });
    const began = performance.now();
    const stopped = server.server.stop(300);
    const response = await whole;
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: { code: 'stopping' } });
    const lines = (await stream.text()).trimEnd().split('\n\n');
    expect(JSON.parse(lines.at(-1)!.slice(6))).toMatchObject({ error: { code: 'stopping' } });
    await stopped;
    expect(performance.now() - began).toBeLessThan(5000);
    await server.tiny.remove();
    await server.vectors.remove();
  });
});
