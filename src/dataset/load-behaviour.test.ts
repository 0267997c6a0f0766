import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBehaviour } from './load-behaviour.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-data-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const lines = (rows: unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const risk = (question: string, positive: string, negative: string) => ({
  question,
  answer_matching_behavior: positive,
  answer_not_matching_behavior: negative,
});
const statement = (text: string, positive: string, negative: string) => ({
  ...risk(`Is the following statement something you would say?\n"${text}"`, positive, negative),
  statement: text,
});

describe('own pairs', () => {
  it('come in both formats, two items swapped and two not', async () => {
    const rows = [0, 1, 2, 3, 4].map((i) => ({ prompt: `P${i}`, positive: `yes${i}`, negative: `no${i}` }));
    const content = lines(rows);
    const behaviour = await loadBehaviour(await file('mine.jsonl', content));
    expect(behaviour).toMatchObject({
      name: 'mine',
      source: join(folder, 'mine.jsonl'),
      family: 'pairs',
      hash: createHash('sha256').update(content).digest('hex'),
      notes: [],
      statements: null,
    });
    expect(behaviour.items.map((item) => item.multipleChoice?.positive)).toEqual(['B', 'B', 'A', 'A', 'B']);
    expect(behaviour.items[1]?.multipleChoice).toEqual({
      prompt: 'P1\n\nChoices:\n(A): no1\n(B): yes1',
      positive: 'B',
      word: null,
    });
    expect(behaviour.items[2]).toEqual({
      index: 2,
      multipleChoice: { prompt: 'P2\n\nChoices:\n(A): yes2\n(B): no2', positive: 'A', word: null },
      completion: { prompt: 'P2', positive: 'yes2', negative: 'no2' },
    });
  });

  it('keep line numbers over blank lines, CRLF and a byte order mark, and the fingerprint of the plain file', async () => {
    const [a, b] = [
      { prompt: 'P', positive: 'x', negative: 'y' },
      { prompt: 'Q', positive: 'x', negative: 'y' },
    ].map((row) => JSON.stringify(row));
    const plain = await loadBehaviour(await file('plain.jsonl', `${a}\n${b}`));
    const windows = await loadBehaviour(await file('windows.jsonl', `\ufeff${a}\r\n${b}\r\n\r\n`));
    expect(windows.items).toEqual(plain.items);
    expect(windows.fingerprint).toBe(plain.fingerprint);
    expect(windows.hash).not.toBe(plain.hash);
    const spaced = await loadBehaviour(await file('spaced.jsonl', `${a}\n\n\n${b}`));
    expect(spaced.items.map((item) => item.index)).toEqual([0, 3]);
  });
});

describe('persona files', () => {
  it('follow the swap rule and note what does not alternate', async () => {
    const [yes, no] = [' Yes', ' No'];
    const rows = [
      statement('a', yes, no),
      statement('b', no, yes),
      statement('c', yes, no),
      statement('d', no, yes),
    ];
    const behaviour = await loadBehaviour(await file('persona.jsonl', lines(rows)));
    expect(behaviour.family).toBe('mwe-persona');
    expect(behaviour.items[0]?.multipleChoice).toEqual({
      prompt: 'Is the following statement something you would say?\n"a"\n\nChoices:\n(A):  No\n(B):  Yes',
      positive: 'B',
      word: 'Yes',
    });
    expect(behaviour.balance).toEqual({
      cells: [
        { letter: 'A', word: 'Yes', count: 1 },
        { letter: 'A', word: 'No', count: 1 },
        { letter: 'B', word: 'Yes', count: 1 },
        { letter: 'B', word: 'No', count: 1 },
      ],
      total: 4,
      balanced: true,
    });
    expect(behaviour.notes).toEqual([]);
    expect(behaviour.statements?.get(1)).toEqual({ text: 'b', matching: false });
    const uneven = await loadBehaviour(await file('uneven.jsonl', lines([rows[0], rows[2]])));
    expect(uneven.notes.join(' ')).toContain('do not alternate');
  });
});

describe('files with lettered questions', () => {
  const options = ' (A) Now \n (B) Later';

  it('strip marks, open the options, and leave out other letters and third options', async () => {
    const rows = [
      risk(`When?<META_START>junk<META_END>\n\nChoices:\n${options}`, ' (B)', ' (A)'),
      risk(`When?\n\n**Options:**\n${options}\n (C) Never`, ' (A)', ' (B)'),
      risk('When? Say A or B.', ' (A)', ' (B)'),
      risk(`When?\n\nChoices:\n${options}`, ' (C)', ' (A)'),
    ];
    const path = await file('risk.jsonl', lines(rows));
    const behaviour = await loadBehaviour(path);
    expect(behaviour.family).toBe('mwe-ai-risk');
    expect(behaviour.items).toEqual([
      {
        index: 0,
        multipleChoice: { prompt: `When?\n\nChoices:\n${options}`, positive: 'B', word: null },
        completion: { prompt: 'When?', positive: 'Later', negative: 'Now' },
      },
      {
        index: 2,
        multipleChoice: { prompt: 'When? Say A or B.', positive: 'A', word: null },
        completion: null,
      },
    ]);
    const notes = behaviour.notes.join('\n');
    for (const part of ['1 item', '<META_START>', 'beyond (B)', 'third option', 'completion form']) {
      expect(notes).toContain(part);
    }
    const published = await loadBehaviour(path, { profile: 'paper' });
    expect(published.items.map((item) => item.index)).toEqual([0, 1, 2]);
  });

  it('are CAA where they stand in one array', async () => {
    const rows = [risk('Agree?\n(A) Yes, I do\n(B) No', '(A)', '(B)')];
    const behaviour = await loadBehaviour(await file('caa.json', JSON.stringify(rows, null, 2)));
    expect(behaviour).toMatchObject({
      family: 'caa',
      items: [{ completion: { prompt: 'Agree?', positive: 'Yes, I do', negative: 'No' } }],
    });
  });
});

describe('other shapes', () => {
  it('reads TruthfulQA in both forms, letters alternating from (B)', async () => {
    const row = { question: 'Q?', mc1_targets: { choices: ['f1', 'true', 'f2'], labels: [0, 1, 0] } };
    const behaviour = await loadBehaviour(await file('truth.jsonl', lines([row, row, row])));
    expect(behaviour.items[0]?.completion).toEqual({ prompt: 'Q?', positive: 'true', negative: 'f1' });
    expect(behaviour.items.map(({ multipleChoice }) => multipleChoice)).toEqual([
      { prompt: 'Q?\n\n(A) f1\n(B) true', positive: 'B', word: null },
      { prompt: 'Q?\n\n(A) true\n(B) f1', positive: 'A', word: null },
      { prompt: 'Q?\n\n(A) f1\n(B) true', positive: 'B', word: null },
    ]);
    const asInRepository = [{ question: 'Q?', mc1_targets: { f1: 0, true: 1, f2: 0 } }];
    const repository = await loadBehaviour(await file('mc_task.json', JSON.stringify(asInRepository)));
    expect(repository.items[0]).toEqual(behaviour.items[0]);
  });

  it('leaves out items of TruthfulQA whose choices lost their order', async () => {
    const rows = [
      { question: 'Q?', mc1_targets: { Many: 1, '42': 0, Few: 0 } },
      { question: 'R?', mc1_targets: { Many: 1, Few: 0 } },
    ];
    const { items, notes } = await loadBehaviour(await file('numbers.json', JSON.stringify(rows)));
    expect(items.map(({ index }) => index)).toEqual([1]);
    expect(notes.join('\n')).toContain('Left out 1 with a whole number among the choices.');
  });

  it('reads instructions as "I" against "Sure", and no list that has more than instructions', async () => {
    const rows = [
      { instruction: 'Do it.', category: 'work' },
      { instruction: 'Do that.', category: null },
    ];
    const path = await file('instructions.json', JSON.stringify(rows));
    const { items, notes, family } = await loadBehaviour(path);
    expect(family).toBe('pairs');
    expect(items).toEqual([
      {
        index: 0,
        multipleChoice: null,
        completion: { prompt: 'Do it.', positive: 'I', negative: 'Sure' },
        metadata: { category: 'work' },
      },
      {
        index: 1,
        multipleChoice: null,
        completion: { prompt: 'Do that.', positive: 'I', negative: 'Sure' },
      },
    ]);
    expect(notes.join()).toContain('"Sure"');
    const answered = await file('answered.jsonl', lines([{ instruction: 'Do it.', output: 'Done.' }]));
    await expect(loadBehaviour(answered)).rejects.toThrow('found the fields instruction, output');
  });

  it('reads both processed forms, lettered or free', async () => {
    const prompt = 'Q?\n\nChoices:\n(A):  Yes\n(B):  No';
    const sides = [{ positive: { prompt, response: '(B)' }, negative: { prompt, response: '(A)' } }];
    const lettered = await loadBehaviour(await file('sides.json', JSON.stringify(sides)));
    expect(lettered).toMatchObject({
      family: 'processed',
      items: [{ multipleChoice: { prompt, positive: 'B', word: 'No' }, completion: null }],
    });
    const free = [{ prompt: 'Q?', positive_response: 'I', negative_response: 'Sure' }];
    const pairs = await loadBehaviour(await file('responses.json', JSON.stringify(free)));
    expect(pairs.items[0]?.completion).toEqual({ prompt: 'Q?', positive: 'I', negative: 'Sure' });
  });
});

describe('what a line says besides', () => {
  it('is kept as text where it can divide items, and changes nothing else', async () => {
    const pair = { prompt: 'P', positive: 'x', negative: 'y' };
    const rows = [
      {
        ...pair,
        topic: 'food',
        hard: true,
        level: 3,
        score: 0.93,
        id: 12345,
        note: 'a\nb',
        tags: ['a'],
        gone: null,
      },
      { ...pair, topic: ' ', essay: 'x'.repeat(81) },
      pair,
    ];
    const { items, fingerprint } = await loadBehaviour(await file('tagged.jsonl', lines(rows)));
    expect(items.map(({ metadata }) => metadata)).toEqual([
      { topic: 'food', hard: 'true', level: '3' },
      undefined,
      undefined,
    ]);
    const plain = await loadBehaviour(await file('untagged.jsonl', lines([pair, pair, pair])));
    expect(fingerprint).toBe(plain.fingerprint);
  });

  it('is kept for statements and lettered questions too, without their own fields', async () => {
    const spoken = { ...statement('a', ' Yes', ' No'), label_confidence: 1, topic: 't' };
    const persona = await loadBehaviour(await file('spoken.jsonl', lines([spoken])));
    expect(persona.items[0]?.metadata).toEqual({ topic: 't' });
    const row = { ...risk('Q?\n (A) a\n (B) b', ' (A)', ' (B)'), template: 'short' };
    const asked = await loadBehaviour(await file('asked.jsonl', lines([row])));
    expect(asked.items[0]?.metadata).toEqual({ template: 'short' });
    const sides = {
      positive: { prompt: 'Q', response: 'a' },
      negative: { prompt: 'Q', response: 'b' },
      steering_token_index: -1,
    };
    const processed = await loadBehaviour(await file('processed.json', JSON.stringify([sides])));
    expect(processed.items[0]).not.toHaveProperty('metadata');
  });
});

describe('errors', () => {
  const good = { prompt: 'P', positive: 'x', negative: 'y' };

  it.each([
    [
      'a missing field',
      lines([good, { prompt: 'P', positive: 'x' }]),
      'line 2, field "negative": expected string',
    ],
    [
      'a wrong type',
      lines([good, { ...good, prompt: 7 }]),
      'line 2, field "prompt": expected string, received number',
    ],
    ['an empty answer', lines([{ ...good, positive: '  ' }]), 'line 1, field "positive": expected text'],
    [
      'equal answers',
      lines([good, { ...good, negative: 'x' }]),
      'line 2, field "negative": expected another answer',
    ],
    ['broken JSON', `${lines([good])}{"prompt": \n`, 'line 2: expected one JSON object'],
    ['a bare value', `${lines([good])}[1]\n`, 'line 2: expected a JSON object, found an array'],
    ['unknown fields', lines([{ text: 'P' }]), 'line 1: found the fields text; expected those of one of'],
    ['an empty file', '\n', ': no items'],
    [
      'a wrong word',
      lines([statement('a', ' Maybe', ' No')]),
      'field "answer_matching_behavior": expected " Yes"',
    ],
    [
      'equal letters',
      lines([risk('Q', '(A)', '(A)')]),
      'field "answer_not_matching_behavior": expected another',
    ],
    ['bytes that are not UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), 'expected UTF-8'],
  ])('name file, line and field of %s', async (_, content, message) => {
    const path = await file('bad.jsonl', content);
    await expect(loadBehaviour(path)).rejects.toMatchObject({
      code: 'data-malformed',
      message: expect.stringMatching(new RegExp(`^${path}.*${message.replace(/[[\](){}?+*.^$|]/g, '\\$&')}`)),
    });
  });

  it('counts the further faults', async () => {
    const path = await file('worse.jsonl', lines([good, {}, { prompt: 'P', positive: 1, negative: 2 }]));
    await expect(loadBehaviour(path)).rejects.toThrow(/line 2, field "prompt".*\(and 4 more faults\)/);
  });

  it('suggests the built-in name that was meant', async () => {
    await expect(loadBehaviour('sentimnt')).rejects.toMatchObject({
      code: 'data-not-found',
      message: '"sentimnt" is neither a built-in behaviour nor a file nor a public dataset',
      remedy: expect.stringContaining('did you mean "sentiment"?'),
    });
    await expect(loadBehaviour('./none.jsonl')).rejects.toMatchObject({
      code: 'data-not-found',
      message: 'cannot read "./none.jsonl": there is no such file',
    });
  });
});

const published = resolve('../shared/data');
describe.skipIf(!existsSync(published))('published files', () => {
  it('have exactly 250 items in each cell of letter and word', async () => {
    const { balance } = await loadBehaviour(join(published, 'evals/persona/openness.jsonl'));
    expect(balance.cells.map((cell) => cell.count)).toEqual([250, 250, 250, 250]);
  });

  it('have 933 of 934 items where one has a third option', async () => {
    const path = join(published, 'evals/advanced-ai-risk/self-awareness-training-web-gpt.jsonl');
    expect((await loadBehaviour(path)).items).toHaveLength(933);
    expect((await loadBehaviour(path, { profile: 'paper' })).items).toHaveLength(934);
  });

  it('have 551 items with (A) and 529 with (B) in the sycophancy set', async () => {
    const { balance, notes } = await loadBehaviour(join(published, 'caa/generate_dataset.json'));
    expect(balance.cells.map((cell) => cell.count)).toEqual([551, 529]);
    expect(notes).toEqual(['Positive letters: (A) 551, (B) 529; not balanced.']);
  });

  it('have the bytes that their source lists', async () => {
    const path = join(published, 'evals/persona/openness.jsonl');
    const sources = await readFile(join(published, 'sources.json'), 'utf8');
    expect(sources).toContain((await loadBehaviour(path)).hash);
  });
});
