import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { plantedItems } from '../src/experiments/planted/planted-items.ts';
import { writePlantedModel } from '../src/experiments/planted/planted-model.ts';
import { redraw, runExperiment } from '../src/experiments/run.ts';
import type { RunOptions } from '../src/experiments/run-options.ts';
import { completion, type JudgeServer, judgedText, send, startJudgeServer } from './support/judge-server.ts';

let folder: string;
let server: JudgeServer | null = null;
const at = (name: string) => join(folder, name);

const small: Partial<RunOptions> = {
  measureAnyway: true,
  threads: 1,
  layers: '2',
  multipliers: [-1, 0, 1],
  shuffle: false,
  train: '0:16',
  validation: '16:28',
  test: '28:48',
  randomVectors: 0,
  shuffledVectors: 0,
  noiseItems: 0,
  replicates: 0,
  damageTexts: 0,
  continuedItems: 0,
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-faults-'));
  const planted = await writePlantedModel(at('planted.gguf'));
  const items = plantedItems(planted, 48);
  const lines = (rows: object[]) => `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;
  await writeFile(at('letters.jsonl'), lines(items.map(({ completion: pair }) => pair!)));
  const lettered = (letter: (index: number) => 'A' | 'B', words = false) =>
    items.map(({ multipleChoice }, index) => ({
      question: multipleChoice!.prompt
        .replace('this', words ? ' Yes' : 'this')
        .replace('that', words ? ' No' : 'that'),
      answer_matching_behavior: ` (${letter(index)})`,
      answer_not_matching_behavior: letter(index) === 'A' ? ' (B)' : ' (A)',
    }));
  await writeFile(at('one-letter.jsonl'), lines(lettered(() => 'A')));
  await writeFile(
    at('topics.jsonl'),
    lines(
      lettered((i) => (i % 2 === 0 ? 'A' : 'B')).map((row, i) => ({
        ...row,
        topic: ['tea', 'rain', 'rain'][i % 3],
      })),
    ),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(async () => {
  await server?.close();
  server = null;
});

async function audit(name: string, file: string, options: Partial<RunOptions>) {
  return runExperiment(
    {
      experiment: 'audit',
      behaviour: at(file),
      model: at('planted.gguf'),
      options: { ...small, ...options },
      out: at(name),
      vector: null,
    },
    { onProgress: () => {}, signal: new AbortController().signal, download: {} },
  );
}

describe('data that cannot answer a question', () => {
  it('with one letter only have no letter factor, and say so', async () => {
    const { result } = await audit('one-letter', 'one-letter.jsonl', {});
    expect(result.bias!.sequential).toEqual([]);
    expect(result.bias!.absent.map(({ name }) => name)).toEqual(['word', 'letter']);
    expect(result.bias!.absent[1]!.reason).toMatch(/same/);
    expect(result.bias!.adjustedR2.value).toBeNull();
    const rule = result.verdict!.rules.find(({ rule: name }) => name === 'mostly letter or Yes/No bias');
    expect(rule?.outcome ?? 'not measured').toBe('not measured');
    // Exchanged within items, the letter varies after all.
    expect(result.orders!.items).toBe(20);
  });

  it('take any field as a factor, and name one that is not there', async () => {
    const { result } = await audit('topics', 'topics.jsonl', { factors: ['topic', 'mood'] });
    expect(result.bias!.factors.map(({ name, levels }) => [name, levels])).toEqual([
      ['letter', ['A', 'B']],
      ['topic', ['rain', 'tea']],
    ]);
    expect(result.bias!.absent).toContainEqual({ name: 'mood', reason: 'no item has a field "mood"' });
    const shares = result.bias!.sequential.reduce((sum, { share }) => sum + share, 0);
    expect(shares + result.bias!.unexplained!).toBeCloseTo(1, 10);
  });

  it('without letters have no bias of them, and no letters both ways', async () => {
    const { result } = await audit('letters', 'letters.jsonl', {});
    expect([result.bias, result.orders]).toEqual([null, null]);
    expect(result.notMeasured.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['letters both ways', 'letter and Yes/No bias', 'other prompts', 'damage']),
    );
  });
});

describe('a judge', () => {
  const judged = { continuedItems: 12, continuedTokens: 6, scorer: 'judge' as const, judgeModel: 'judge' };

  it('that answers is asked once for every text, and its scores stand beside the slopes', async () => {
    server = await startJudgeServer((question, response) => {
      const text = judgedText(question);
      // The planted answers are single letters: those before "i" are called positive.
      const score = text.trim() === '' ? 5 : text.trim().charCodeAt(0) % 11;
      send(response, completion(String(score)));
    });
    const { result } = await audit('judged', 'letters.jsonl', { ...judged, judgeUrl: server.url });
    const check = result.generationCheck!;
    expect(check.scorer).toMatchObject({ kind: 'judge', unit: 'points' });
    expect(check.scorer.description).toContain('"judge"');
    expect(check.scorer.accuracy!.n).toBe(24);
    const asked = server.questions.length;
    expect(asked).toBeGreaterThan(0);
    await rm(at('judged/result.json'));
    await audit('judged', 'letters.jsonl', { ...judged, judgeUrl: server.url });
    expect(server.questions.length).toBe(asked);
    // Nor is a network needed to compute the result again.
    const before = await readFile(at('judged/result.json'), 'utf8');
    await server.close();
    server = null;
    await redraw(at('judged'), { recompute: true });
    expect(await readFile(at('judged/result.json'), 'utf8')).toBe(before);
  });

  it.each([
    ['refuses', 401, '{"error":{"message":"no"}}', /401/],
    ['answers nonsense', 200, completion('I would say so'), /integer|number|score/],
    ['is not what it says', 200, '<html>sign in</html>', /JSON|chat completion/],
  ])('that %s leaves null with a reason, and the run goes on', async (_, status, body, reason) => {
    server = await startJudgeServer((_question, response) => send(response, body, { status }));
    const { result } = await audit(`judge-${status}-${body.length}`, 'letters.jsonl', {
      ...judged,
      judgeUrl: server.url,
    });
    const check = result.generationCheck!;
    expect(check.scorer.usable).toBe(false);
    expect(check.scorer.reason).toMatch(reason);
    expect(check.samplings[0]).toMatchObject({ effect: null, correlation: null, sameSign: null });
    expect(check.rows.every(({ effect }) => effect === null)).toBe(true);
    expect(check.samplings[0]!.points[0]!.repetition.value).not.toBeUndefined();
    expect(result.steerability!.mean.value).not.toBeNull();
    expect(result.verdict).not.toBeNull();
  });

  it('that cannot be asked is known before anything is computed', async () => {
    await expect(audit('no-url', 'letters.jsonl', { ...judged })).rejects.toThrow('--judge-url');
    await expect(
      audit('no-key', 'letters.jsonl', {
        ...judged,
        judgeUrl: 'http://127.0.0.1:9/v1',
        judgeKeyVariable: 'STEERBENCH_TEST_NO_SUCH_KEY',
      }),
    ).rejects.toThrow('STEERBENCH_TEST_NO_SUCH_KEY');
  });
});
