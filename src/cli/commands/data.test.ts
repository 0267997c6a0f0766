import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { dataCommand } from './data.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-cli-data-'));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => {
  process.exitCode = 0;
});

/** Runs the command and gives what it printed. */
async function run(...args: string[]): Promise<string> {
  const written: string[] = [];
  const spy = vi
    .spyOn(process.stdout, 'write')
    .mockImplementation((chunk) => written.push(String(chunk)) > 0);
  try {
    await dataCommand().exitOverride().parseAsync(args, { from: 'user' });
  } finally {
    spy.mockRestore();
  }
  return written.join('');
}

describe('data list', () => {
  it('prints a line for each built-in behaviour', async () => {
    const lines = (await run('list')).trimEnd().split('\n');
    expect(lines).toHaveLength(12);
    expect(lines[0]).toMatch(/^sentiment +completion +pleased/);
    expect(JSON.parse(await run('list', '--json'))[10]).toMatchObject({
      name: 'introversion',
      defaultFormat: 'multiple-choice',
      file: expect.stringMatching(/introversion\.jsonl$/),
    });
  });
});

describe('data show', () => {
  it('prints an item of a file in the format asked for', async () => {
    const path = join(folder, 'mine.jsonl');
    const rows = ['one', 'two'].map((prompt) => JSON.stringify({ prompt, positive: 'yes', negative: 'no' }));
    await writeFile(path, rows.join('\n'));
    expect(await run('show', path, '--item', '1')).toBe(
      'mine, item 1, completion\n\n--- prompt ---\ntwo\n\n--- positive answer ---\nyes\n\n--- negative answer ---\nno\n',
    );
    expect(JSON.parse(await run('show', path, '--format', 'multiple-choice', '--json'))).toEqual({
      behaviour: 'mine',
      format: 'multiple-choice',
      item: 0,
      prompt: 'one\n\nChoices:\n(A): no\n(B): yes',
      positive: '(B)',
      negative: '(A)',
      notes: [],
      tokens: null,
    });
    await expect(run('show', path, '--item', '2')).rejects.toThrow('they go from 0 to 1');
  });

  it('takes the usual format of a built-in set, and pairs statements on request', async () => {
    expect(await run('show', 'introversion')).toMatch(/^introversion, item 0, multiple-choice\n/);
    expect(await run('show', 'introversion', '--format', 'completion')).toContain('unmatched');
  });
});

describe('data check', () => {
  it('prints faults and warnings with their lines and sets the exit code', async () => {
    const path = join(folder, 'bad.jsonl');
    await writeFile(path, '{"prompt":"a","positive":"x"}\n{"prompt":"b","positive":"x","negative":"y"}\n');
    expect(await run('check', path)).toContain(`fault: ${path} line 1, field "negative": expected string`);
    expect(process.exitCode).toBe(1);
    process.exitCode = 0;
    expect(await run('check', 'risk')).toMatch(/120 items \(pairs\), 0 faults, 0 warnings\n$/);
    expect(process.exitCode).toBe(0);
    expect(JSON.parse(await run('check', path, '--json'))).toMatchObject({
      items: 1,
      faults: [{ field: 'negative' }],
    });
  });
});
