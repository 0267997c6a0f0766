import { describe, expect, it } from 'vitest';
import { endpointOf, type JudgeOptions, resolveJudge } from './judge-options.ts';

const rubric = { positive: 'a pleased view', negative: 'a displeased view' };
const options: JudgeOptions = { url: 'http://127.0.0.1:8080/v1', model: 'judge', rubric };

describe('endpointOf', () => {
  it.each([
    ['http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080/v1/chat/completions'],
    ['http://127.0.0.1:8080/v1/', 'http://127.0.0.1:8080/v1/chat/completions'],
    ['https://host.example', 'https://host.example/chat/completions'],
    ['https://host.example/v1/chat/completions', 'https://host.example/v1/chat/completions'],
    ['https://host.example/a?api-version=2024#b', 'https://host.example/a/chat/completions?api-version=2024'],
  ])('of %s is %s', (url, expected) => {
    expect(endpointOf(url).href).toBe(expected);
  });

  it.each([
    ['judge', /no URL: "judge"/],
    ['ftp://host.example', /not HTTP: "ftp:"/],
    ['https://name:hunter2@host.example/v1', /holds a secret before the host/],
    ['https://host.example/v1?api-key=hunter2', /holds a secret in "api-key"/],
  ])('refuses %s', (url, message) => {
    const refusal = catchError(() => endpointOf(url));
    expect(refusal).toMatchObject({ code: 'judge-unusable', message: expect.stringMatching(message) });
    expect(JSON.stringify(refusal) + refusal.message).not.toContain('hunter2');
  });
});

describe('resolveJudge', () => {
  it('has defaults, and answers for its own model', () => {
    expect(resolveJudge(options, {})).toMatchObject({ answersAs: 'judge', attempts: 3, concurrency: 4 });
    expect(resolveJudge({ ...options, answersAs: null }, {}).answersAs).toBeNull();
  });

  it('holds the key where JSON does not show it', () => {
    const judge = resolveJudge({ ...options, apiKeyVariable: 'JUDGE_KEY' }, { JUDGE_KEY: 'hunter2\n' });
    expect(judge.apiKey()).toBe('hunter2');
    expect(JSON.stringify(judge)).not.toContain('hunter2');
  });

  it.each([
    [{ apiKeyVariable: 'JUDGE_KEY' }, {}, '"JUDGE_KEY" is not set'],
    [{ apiKeyVariable: 'JUDGE_KEY' }, { JUDGE_KEY: '  ' }, '"JUDGE_KEY" is not set'],
    [{ apiKeyVariable: 'JUDGE_KEY' }, { JUDGE_KEY: 'hunter2 hunter2' }, 'characters that no key has'],
    [{ apiKeyVariable: 'sk-hunter2' }, {}, 'is no name'],
    [{ model: ' ' }, {}, 'no model'],
  ])('refuses %j with %j', (changes, environment, message) => {
    const refusal = catchError(() => resolveJudge({ ...options, ...changes }, environment));
    expect(refusal).toMatchObject({ code: 'judge-unusable', message: expect.stringContaining(message) });
    expect(refusal.message).not.toContain('hunter2');
  });

  it.each([
    { concurrency: 0 },
    { concurrency: 65 },
    { timeoutMs: 300_001 },
    { attempts: 0 },
    { attempts: 1.5 },
    { maxTokens: 0 },
    { retryDelayMs: -1 },
    { longestWaitMs: Number.NaN },
    { giveUpAfter: 0 },
  ])('refuses %j', (changes) => {
    expect(() => resolveJudge({ ...options, ...changes }, {})).toThrow(RangeError);
  });
});

function catchError(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}
