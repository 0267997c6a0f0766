import { describe, expect, it } from 'vitest';
import { judgeKey } from '../src/judge/judge-key.ts';
import { judgeTexts } from '../src/judge/judge-texts.ts';
import type { Judgement } from '../src/judge/judgement.ts';
import { honest, judge, lastServer, quickJudge, startedJudge, texts } from './support/judge-batch.ts';
import { type Behave, completion, judgedText, send } from './support/judge-server.ts';

describe('a judge that works', () => {
  it('gives each text its own points, in the order of the texts', async () => {
    const { judgements, summary } = await judge(honest, texts(11));
    expect([...judgements]).toEqual(
      texts(11).map(({ id }, i) => [id, { score: i, fault: null, reason: null }]),
    );
    expect(summary).toEqual({ texts: 11, scored: 11, requests: 11, faults: [] });
  });

  it('is asked at temperature 0, by the rubric, at the right address, with the key', async () => {
    await judge(
      honest,
      texts(1),
      { apiKeyVariable: 'JUDGE_KEY', maxTokens: 9 },
      { environment: { JUDGE_KEY: ' secret-1 \n' } },
    );
    const [question] = lastServer().questions;
    expect(question!.path).toBe('/v1/chat/completions');
    expect(question!.headers.authorization).toBe('Bearer secret-1');
    expect(question!.body).toMatchObject({ model: 'judge', temperature: 0, max_tokens: 9, stream: false });
    const [system, user] = question!.body.messages;
    expect(system).toMatchObject({ role: 'system', content: expect.stringContaining('a pleased view') });
    expect(user).toMatchObject({ role: 'user', content: expect.stringContaining('\nprompt 0\n') });
  });

  it('gets no key where none is named', async () => {
    await judge(honest, texts(1), {}, { environment: { JUDGE_KEY: 'secret-1', OPENAI_API_KEY: 'secret-2' } });
    expect(lastServer().questions[0]!.headers.authorization).toBeUndefined();
  });

  it('is blind: sees no id, and the texts in an order that the seed shuffles', async () => {
    const batch = texts(30).map((text, i) => ({
      ...text,
      id: `item 12 at +${i}.5`,
      text: `text ${i % 11} of ${i}`,
    }));
    const five: Behave = (_, response) => send(response, completion('5'));
    const order = async (seed: number) => {
      await judge(five, batch, { seed, concurrency: 1 });
      const seen = lastServer().questions.map(judgedText);
      for (const { headers, body } of lastServer().questions)
        expect(JSON.stringify([headers, body])).not.toMatch(/item 12|\.5/);
      return seen;
    };
    const first = await order(1);
    expect(first).not.toEqual(batch.map(({ text }) => text));
    expect(first.toSorted()).toEqual(batch.map(({ text }) => text).toSorted());
    expect(await order(1)).toEqual(first);
    expect(await order(2)).not.toEqual(first);
  });

  it('is asked once about texts that are alike, and not about empty ones or those known', async () => {
    const batch = [
      { id: 'a', prompt: 'p', text: 'text 3' },
      { id: 'b', prompt: 'p', text: 'text 3' },
      { id: 'c', prompt: 'another', text: 'text 3' },
      { id: 'd', prompt: 'p', text: ' \n' },
      { id: 'e', prompt: 'p', text: 'text 4' },
    ];
    const known = { score: 9, fault: null, reason: null };
    const options = { url: (await startedJudge(honest)).url, ...quickJudge };
    const kept: [string, Judgement, string][] = [];
    const { judgements, summary } = await judgeTexts(batch, options, {
      known: new Map([[judgeKey(options, batch[4]!), known]]),
      onJudgement: (...each) => void kept.push(each),
    });
    expect([...judgements].map(([id, { score }]) => [id, score])).toEqual([
      ['a', 3],
      ['b', 3],
      ['c', 3],
      ['d', null],
      ['e', 9],
    ]);
    expect(judgements.get('d')).toMatchObject({ fault: 'no-text', reason: 'the text is empty' });
    expect(summary).toMatchObject({ scored: 4, requests: 2 });
    expect(kept.map(([id]) => id).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
    for (const [id, judgement, key] of kept) {
      expect(judgement).toEqual(judgements.get(id));
      expect(key).toBe(judgeKey(options, batch.find((text) => text.id === id)!));
    }
  });

  it('is asked as many questions at a time as allowed, and no more', async () => {
    const slow: Behave = (_, response) => void setTimeout(() => send(response, completion('5')), 100);
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => void warnings.push(warning);
    process.on('warning', onWarning);
    await judge(slow, texts(48), { concurrency: 16 });
    process.off('warning', onWarning);
    expect(lastServer().mostOpen()).toBeGreaterThan(8);
    expect(lastServer().mostOpen()).toBeLessThanOrEqual(16);
    expect(warnings).toEqual([]);
  });

  it('may put a date behind its name, or go by another that was stated', async () => {
    const named =
      (model: string | undefined): Behave =>
      (_, response) =>
        send(response, completion('5', { model }));
    for (const [model, options] of [
      ['judge-2024-08-06', {}],
      ['judge-0613', {}],
      ['/models/judge.gguf', { answersAs: '/models/judge.gguf' }],
      ['anything', { answersAs: null }],
      [undefined, { answersAs: null }],
    ] as const) {
      expect((await judge(named(model), texts(1), options)).summary.scored, model).toBe(1);
    }
  });
});

describe('a batch', () => {
  it('ends at once when its signal fires, and has told of what it had by then', async () => {
    const stop = new AbortController();
    const kept: string[] = [];
    const behave: Behave = (question, response) => {
      if (question.number <= 5) honest(question, response);
      else if (question.number === 6) stop.abort();
    };
    const batch = judge(
      behave,
      texts(11),
      { concurrency: 1, timeoutMs: 60_000 },
      { signal: stop.signal, onJudgement: (id) => void kept.push(id) },
    );
    await expect(batch).rejects.toMatchObject({ code: 'interrupted' });
    expect(kept).toHaveLength(5);
    expect(lastServer().questions).toHaveLength(6);
  });

  it('ends at once when its signal fires while it waits', async () => {
    const stop = new AbortController();
    const behave: Behave = (_, response) => {
      send(response, '', { status: 429, headers: { 'retry-after': '60' } });
      setTimeout(() => stop.abort(), 20);
    };
    const began = performance.now();
    const batch = judge(behave, texts(5), { longestWaitMs: 600_000 }, { signal: stop.signal });
    await expect(batch).rejects.toMatchObject({ code: 'interrupted' });
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('asks nothing when its signal fired before', async () => {
    const batch = judge(honest, texts(3), {}, { signal: AbortSignal.abort() });
    await expect(batch).rejects.toMatchObject({ code: 'interrupted' });
    expect(lastServer().questions).toEqual([]);
  });

  it('stops with the error of whoever keeps the judgements', async () => {
    const onJudgement = () => Promise.reject(new Error('the disk is full'));
    await expect(judge(honest, texts(11), {}, { onJudgement })).rejects.toThrow('the disk is full');
    expect(lastServer().questions.length).toBeLessThan(11);
  });

  it('refuses an id that comes twice', async () => {
    await expect(judge(honest, [...texts(2), ...texts(1)])).rejects.toThrow('the id "0" comes twice');
  });

  it('of no texts is empty', async () => {
    const { judgements, summary } = await judge(honest, []);
    expect(judgements.size).toBe(0);
    expect(summary).toEqual({ texts: 0, scored: 0, requests: 0, faults: [] });
  });
});
