import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { judgeTexts } from '../src/judge/judge-texts.ts';
import { honest, judge, quickJudge, texts } from './support/judge-batch.ts';
import { type Behave, completion, judgedText, send } from './support/judge-server.ts';

/** For judges that stall: three attempts pass within the test's time. */
const stalling = { timeoutMs: 700 };

describe('a judge that fails for good', () => {
  const always =
    (body: string, sent: Parameters<typeof send>[2] = {}): Behave =>
    (_, response) =>
      send(response, body, sent);
  const error = (message: string) => JSON.stringify({ error: { message, type: 'x', code: null } });

  it.each<[string, Behave, string, RegExp, number]>([
    ['nonsense', always(completion('I would say 7.')), 'no-score', /"I would say 7\." *, not an integer/, 1],
    ['a fraction', always(completion('7.5')), 'no-score', /"7\.5"/, 1],
    ['a share', always(completion('7/10')), 'no-score', /"7\/10"/, 1],
    ['a number out of range', always(completion('11')), 'no-score', /"11"/, 1],
    ['a negative number', always(completion('-1')), 'no-score', /"-1"/, 1],
    ['an empty answer', always(completion('')), 'no-score', /""/, 1],
    ['no answer', always(completion(null)), 'no-score', /""/, 1],
    ['"none"', always(completion('None')), 'declined', /nothing that can be understood/, 1],
    [
      'an answer cut short',
      always(completion('1', { choices: [{ message: { content: '1' }, finish_reason: 'length' }] })),
      'cut-short',
      /"length"/,
      1,
    ],
    [
      'a filtered answer',
      always(completion('1', { choices: [{ message: { content: '1' }, finish_reason: 'content_filter' }] })),
      'cut-short',
      /"content_filter"/,
      1,
    ],
    [
      'another model',
      always(completion('5', { model: 'judge-mini' })),
      'wrong-model',
      /"judge-mini" answered, not "judge"/,
      1,
    ],
    ['no model', always(completion('5', { model: undefined })), 'wrong-model', /does not say/, 1],
    ['no choice', always(completion('5', { choices: [] })), 'unreadable', /choices/, 1],
    ['an error with status 200', always(error('overloaded')), 'unreadable', /choices/, 1],
    ['JSON that breaks off', always(completion('5').slice(0, 80)), 'unreadable', /not whole JSON/, 3],
    ['a page', always('<html>welcome</html>'), 'unreadable', /not whole JSON/, 3],
    [
      'an endless body',
      (_, response) => {
        response.writeHead(200);
        const part = 'x'.repeat(2 ** 16);
        const more = (): void => {
          while (!response.destroyed && response.write(part));
          if (!response.destroyed) response.once('drain', more);
        };
        more();
      },
      'unreadable',
      /more than 1 MiB/,
      1,
    ],
    [
      '400',
      always(error('temperature is not supported'), { status: 400 }),
      'rejected',
      /^status 400: temperature is not supported$/,
      1,
    ],
    [
      '422 with a detail',
      always('{"detail":"bad field"}', { status: 422 }),
      'rejected',
      /^status 422: bad field$/,
      1,
    ],
    ['401', always(error('who are you?'), { status: 401 }), 'refused', /^status 401: who are you\?$/, 1],
    ['404', always('not found', { status: 404 }), 'refused', /^status 404$/, 1],
    [
      'a redirect',
      always('', { status: 307, headers: { location: 'http://127.0.0.1:1/v1/chat/completions' } }),
      'refused',
      /redirects are not followed/,
      1,
    ],
    [
      '500',
      always(error('boom'), { status: 500 }),
      'server-error',
      /^status 500: boom \(attempt 3 of 3\)$/,
      3,
    ],
    ['503', always('', { status: 503 }), 'server-error', /^status 503/, 3],
    [
      '429 that asks for more than we wait',
      always('', { status: 429, headers: { 'retry-after': '60' } }),
      'rate-limited',
      /^status 429; the next wait would take 60 s$/,
      1,
    ],
    ['no answer at all', () => undefined, 'timeout', /no whole answer within 0\.7 s \(attempt 3 of 3\)/, 3],
    [
      'a stall within the answer',
      (_, response) => {
        response.writeHead(200);
        response.write('{"model":');
      },
      'timeout',
      /no whole answer within 0\.7 s/,
      3,
    ],
    [
      'a stall within an error',
      (_, response) => {
        response.writeHead(400);
        response.write('{"error":');
      },
      'timeout',
      /no whole answer within 0\.7 s/,
      3,
    ],
    [
      'a connection that is cut at once',
      (_, response) => void response.destroy(),
      'unreachable',
      /127\.0\.0\.1:\d+: the connection was cut/,
      3,
    ],
    [
      'a connection that is cut within the answer',
      (_, response) => {
        response.writeHead(200, { 'content-length': 400 });
        response.write('{"model":', () => setTimeout(() => response.destroy(), 20));
      },
      'unreachable',
      /cut/,
      3,
    ],
  ])(
    '%s: null, with the reason, and the others have their points',
    async (_, behave, fault, reason, requests) => {
      const bad: Behave = (question, response) =>
        judgedText(question) === 'text 4' ? behave(question, response) : honest(question, response);
      const { judgements, summary } = await judge(bad, texts(9), fault === 'timeout' ? stalling : {});
      expect(judgements.get('4')).toEqual({ score: null, fault, reason: expect.stringMatching(reason) });
      for (let i = 0; i < 9; i++) if (i !== 4) expect(judgements.get(`${i}`)!.score).toBe(i);
      expect(summary).toEqual({
        texts: 9,
        scored: 8,
        requests: 8 + requests,
        faults: [{ fault, texts: 1, example: judgements.get('4')!.reason }],
      });
    },
  );

  it('keeps the key out of what it reports, and foreign text in one line', async () => {
    const bad: Behave = ({ headers }, response) =>
      send(response, error(`wrong key\u001b[31m\n${headers.authorization} ${'x'.repeat(500)}`), {
        status: 401,
      });
    const { judgements } = await judge(
      bad,
      texts(1),
      { apiKeyVariable: 'JUDGE_KEY' },
      { environment: { JUDGE_KEY: 'secret-1' } },
    );
    const { reason } = judgements.get('0')!;
    expect(reason).toMatch(/^status 401: wrong key \[31m Bearer \[key\] x+…$/);
    expect(reason!.length).toBeLessThan(150);
  });

  it('is left alone where nobody listens, and the rest says so', async () => {
    const port = await closedPort();
    const options = { url: `http://127.0.0.1:${port}/v1`, ...quickJudge, concurrency: 1 };
    const { judgements, summary } = await judgeTexts(texts(40), { ...options, giveUpAfter: 3 });
    expect(summary).toMatchObject({ texts: 40, scored: 0, requests: 3 });
    expect(summary.faults.map(({ fault, texts }) => [fault, texts])).toEqual([
      ['not-asked', 37],
      ['unreachable', 3],
    ]);
    const reasons = new Set([...judgements.values()].map(({ reason }) => reason));
    expect([...reasons].toSorted()).toEqual([
      `127.0.0.1:${port}: the connection was refused`,
      `not asked: 3 texts in a row had failed, the last with "127.0.0.1:${port}: the connection was refused"`,
    ]);
  });

  it('is left alone after stalling, so that a batch ends', async () => {
    const began = performance.now();
    const { summary } = await judge(() => undefined, texts(200), {
      timeoutMs: 50,
      attempts: 2,
      giveUpAfter: 4,
    });
    expect(summary.scored).toBe(0);
    expect(summary.requests).toBeLessThan(20);
    expect(performance.now() - began).toBeLessThan(5000);
  });

  it('is asked on when only single texts fail, or only the texts are at fault', async () => {
    const everyOther: Behave = ({ number }, response) =>
      number % 2 === 0 ? send(response, '', { status: 500 }) : send(response, completion('5'));
    const first = await judge(everyOther, texts(20), { attempts: 1, giveUpAfter: 2, concurrency: 1 });
    expect(first.summary).toMatchObject({ scored: 10, requests: 20 });
    for (const [body, status] of [
      [completion('never'), 200],
      ['', 400],
    ] as const) {
      const behave: Behave = (_, response) => send(response, body, { status });
      expect((await judge(behave, texts(20), { giveUpAfter: 2 })).summary).toMatchObject({ requests: 20 });
    }
  });
});

describe('a judge that recovers', () => {
  it.each<[string, Behave]>([
    ['500', (_, response) => send(response, '', { status: 500 })],
    [
      '503 with Retry-After',
      (_, response) => send(response, '', { status: 503, headers: { 'retry-after': '0' } }),
    ],
    ['truncated JSON', (_, response) => send(response, '{"model":"jud')],
    ['a cut connection', (_, response) => void response.destroy()],
    ['a stall', () => undefined],
  ])('after %s gives the points', async (name, fault) => {
    const behave: Behave = (question, response) =>
      question.attempt === 1 ? fault(question, response) : honest(question, response);
    const { judgements, summary } = await judge(behave, texts(3), name === 'a stall' ? stalling : {});
    expect([...judgements.values()].map(({ score }) => score)).toEqual([0, 1, 2]);
    expect(summary).toMatchObject({ requests: 6, faults: [] });
  });

  it('is given the time that it asks for with 429, by all questions, and that uses up no attempt', async () => {
    const at: number[] = [];
    const behave: Behave = (question, response) => {
      at.push(performance.now());
      if (question.number <= 2) send(response, '', { status: 429, headers: { 'retry-after': '1' } });
      else honest(question, response);
    };
    const { summary } = await judge(behave, texts(4), { attempts: 1, concurrency: 2 });
    expect(summary).toMatchObject({ scored: 4, requests: 6, faults: [] });
    // The first two came at once; after them nothing for a second.
    expect(at[2]! - at[1]!).toBeGreaterThan(950);
  });

  it('is asked again after a 429 without a time, less and less often, up to the longest wait', async () => {
    const { judgements, summary } = await judge(
      (_, response) => send(response, '', { status: 429 }),
      texts(1),
      {
        attempts: 1,
        retryDelayMs: 0,
        longestWaitMs: 100,
      },
    );
    // Waits of 1, 2, 4, ... ms: 63 ms after six of them, and 64 more would be too many.
    expect(summary.requests).toBe(7);
    expect(judgements.get('0')).toMatchObject({
      fault: 'rate-limited',
      reason: 'status 429; the next wait would take 0.064 s, after 0.063 s of waiting',
    });
  });
});

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const holder = createServer();
  await new Promise<void>((ready) => holder.listen(0, '127.0.0.1', ready));
  const { port } = holder.address() as { port: number };
  await new Promise((done) => holder.close(done));
  return port;
}
