import { copyFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Answerer } from '../../src/answers/answerer.ts';
import { hashFile } from '../../src/files/hash-file.ts';
import { norm } from '../../src/math/vector.ts';
import { checkSteering } from '../../src/steering/steering-value.ts';
import { VectorFolder } from '../../src/steering/vector-folder.ts';
import { saveVector } from '../../src/vectors/save-vector.ts';
import { type TestServer, testServer } from '../support/test-server.ts';
import { vectorOf } from '../support/vector-folder.ts';

let server: TestServer;
let answerer: Answerer;
beforeAll(async () => {
  server = await testServer({
    tiny: { endless: true },
    steering: checkSteering([{ vector: 'calm', layers: 2, multiplier: 5 }]),
  });
  answerer = new Answerer(await server.local(), { vectors: new VectorFolder(server.vectors.path) });
});
afterAll(() => server.stop());

const complete = async (more: object = {}) => {
  const response = await server.post('/v1/completions', {
    prompt: 'Hello',
    temperature: 0,
    max_tokens: 6,
    ...more,
  });
  const body = await response.json();
  return {
    status: response.status,
    body,
    text: body.choices?.[0].text,
    applied: body.choices?.[0].applied_steering,
  };
};
const expected = async (steering: string) =>
  (
    await answerer
      .complete('Hello', { temperature: 0, maxTokens: 6, ...(steering === '' ? {} : { steering }) })
      .whole()
  ).text;
const get = async (path: string) => (await fetch(`${server.url}${path}`)).json();
const put = (body: unknown) =>
  fetch(`${server.url}/steering`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

describe('the default steering', () => {
  it('acts where a request says nothing; a request can say nothing on purpose', async () => {
    expect((await complete()).text).toBe(await expected('calm@2:5'));
    expect((await complete({ steering: null })).text).toBe(await expected('calm@2:5'));
    const plain = await complete({ steering: [] });
    expect(plain.text).toBe(await expected(''));
    expect(plain.applied.entries).toEqual([]);
    expect((await complete({ steering: 'loud@1:9' })).text).toBe(await expected('loud@1:9'));
  });

  it('can be looked at and set, for the requests to come', async () => {
    expect(await get('/steering')).toMatchObject({
      steering: [
        {
          vector: 'calm',
          layers: 2,
          multiplier: 5,
          operator: 'add',
          scope: { kind: 'response' },
          when: null,
        },
      ],
      doses: [{ entry: 0, layer: 2, share: expect.any(Number), reason: null }],
    });
    const response = await put({ steering: 'loud@3:7' });
    expect(response.status).toBe(200);
    const set = await response.json();
    expect(set).toMatchObject({ steering: [{ vector: 'loud', layers: 3, multiplier: 7 }] });
    const answer = await complete();
    expect(answer.text).toBe(await expected('loud@3:7'));
    expect(answer.applied.fingerprint).toBe(set.fingerprint);
    expect(await get('/steering')).toEqual(set);
    expect((await put({ steering: [] })).status).toBe(200);
    expect((await complete()).text).toBe(await expected(''));
  });

  it.each<[unknown, number]>([
    [{ steering: 'absent' }, 400],
    [{ steering: 'calm@3' }, 400],
    [{ steering: '/etc/passwd' }, 400],
    [{ steering: 5 }, 400],
    [{}, 400],
    [[], 400],
  ])('stays as it is when %j is put', async (body, status) => {
    await put({ steering: 'calm@2:5' });
    const before = await get('/steering');
    expect((await put(body)).status).toBe(status);
    expect(await get('/steering')).toEqual(before);
  });
});

describe('the vectors', () => {
  it('are listed with layers, norms and what they are compared with', async () => {
    const { data } = await get('/steering/vectors');
    expect(data.map(({ alias }: { alias: string }) => alias)).toEqual(['calm', 'loud']);
    expect(data[1]).toMatchObject({
      file: 'loud.safetensors',
      hash: await hashFile(join(server.vectors.path, 'loud.safetensors')),
      behaviour: 'test',
      usable: true,
      error: null,
    });
    expect(data[1].layers.map(({ layer }: { layer: number }) => layer)).toEqual([1, 3]);
    const [first] = data[1].layers;
    expect(first.norm).toBeCloseTo(norm(server.vectors.vectors.get('loud')!.get(1)!), 6);
    const { doses } = (await (await put({ steering: 'loud@1:2' })).json()) as { doses: { share: number }[] };
    expect(doses[0]!.share).toBeCloseTo((2 * first.norm) / first.residual_norm, 6);
  });

  it('come, change and go with the files of the folder, without a restart', async () => {
    const { path, vectors } = server.vectors;
    const file = (name: string) => join(path, `${name}.safetensors`);
    expect((await complete({ steering: 'new@2:5' })).status).toBe(400);
    await copyFile(file('calm'), file('new'));
    const first = await complete({ steering: 'new@2:5' });
    expect(first.text).toBe(await expected('calm@2:5'));
    await saveVector(`${file('new')}.part`, vectorOf(new Map([[2, vectors.get('loud')!.get(1)!]])));
    await rename(`${file('new')}.part`, file('new'));
    const second = await complete({ steering: 'new@2:5' });
    expect(second.applied.entries[0].hash).not.toBe(first.applied.entries[0].hash);
    expect(second.applied.fingerprint).not.toBe(first.applied.fingerprint);
    await writeFile(file('new'), 'nonsense');
    const broken = (await get('/steering/vectors')).data.find(
      ({ alias }: { alias: string }) => alias === 'new',
    );
    expect(broken).toMatchObject({ usable: false, hash: null, error: expect.any(String) });
    expect(await complete({ steering: 'new@2:5' })).toMatchObject({
      status: 400,
      body: { error: { param: 'steering' } },
    });
    await rm(file('new'));
    expect((await complete({ steering: 'new@2:5' })).body.error.code).toBe('vector-not-found');
  });

  it('of another model are listed as unusable', async () => {
    const file = join(server.vectors.path, 'wide.safetensors');
    await saveVector(file, vectorOf(new Map([[1, new Float32Array(64).fill(1)]])));
    const wide = (await get('/steering/vectors')).data.find(
      ({ alias }: { alias: string }) => alias === 'wide',
    );
    expect(wide).toMatchObject({ usable: false, error: expect.stringContaining('64') });
    expect((await complete({ steering: 'wide@1' })).body.error.code).toBe('vector-dimension');
    await rm(file);
  });
});

describe('several at once', () => {
  it('32 requests with 32 steerings get each its own, and say so', async () => {
    const steerings = Array.from({ length: 32 }, (_, i) =>
      i % 4 === 0
        ? ''
        : i % 4 === 1
          ? `calm@2:${i / 4}`
          : i % 4 === 2
            ? `loud@1:${i / 4}`
            : `loud@1:${-i / 4},scope=all`,
    );
    const answers = await Promise.all(
      steerings.map((steering) => complete({ steering: steering === '' ? [] : steering })),
    );
    const alone = await Promise.all(steerings.map(expected));
    expect(answers.map(({ text }) => text)).toEqual(alone);
    expect(new Set(alone).size).toBeGreaterThan(8);
    for (const [i, { applied }] of answers.entries()) {
      const [entry] = applied.entries;
      expect(entry?.multiplier).toBe(i % 4 === 0 ? undefined : i % 4 === 3 ? -i / 4 : i / 4);
      expect(entry?.positions).toEqual(i % 4 === 0 ? undefined : [i % 4 === 3 ? 10 : 6]);
    }
  });

  it('conditions are measured and told', async () => {
    const { applied } = await complete({
      steering: [
        {
          vector: 'calm',
          layers: 2,
          multiplier: 5,
          when: { vector: 'loud', layer: 1, measure: 'cosine', above: 2 },
        },
      ],
    });
    expect(applied.entries[0]).toMatchObject({
      positions: [0],
      gate: { vector: 'loud', open: false, above: 2 },
    });
    expect(Math.abs(applied.entries[0].gate.value)).toBeLessThanOrEqual(1);
  });
});
