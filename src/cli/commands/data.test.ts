import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { sharedData } from '../../../test/support/shared-data.ts';
import { builtInBehaviours } from '../../behaviours/index.ts';
import { dataCommand } from './data.ts';

let folder: string;
const given = { ...process.env };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-cli-data-'));
  process.env['STEERBENCH_CACHE'] = join(folder, 'cache');
  delete process.env['STEERBENCH_DATA'];
});
afterAll(async () => {
  process.env = given;
  await rm(folder, { recursive: true });
});
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
  it('prints a line for each built-in behaviour and each public source', async () => {
    const lines = (await run('list')).trimEnd().split('\n');
    expect(lines[0]).toMatch(/^sentiment +completion +pleased/);
    expect(lines[builtInBehaviours.length]).toBe('');
    expect(lines).toContainEqual(
      expect.stringMatching(/^mwe +0 of 168 +58\.9 MB +CC-BY-4\.0 +Model-Written/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^truthfulqa +0 of 1 +\? +Apache-2\.0/));
    const { builtIn, public: files } = JSON.parse(await run('list', '--json'));
    expect(builtIn[10]).toMatchObject({
      name: 'introversion',
      defaultFormat: 'multiple-choice',
      file: expect.stringMatching(/introversion\.jsonl$/),
    });
    expect(files).toHaveLength(178);
    expect(files[0]).toMatchObject({ kind: 'dataset', items: expect.any(Number), localPath: null });
  });

  it('prints every dataset of a source', async () => {
    const lines = (await run('list', 'caa')).trimEnd().split('\n');
    expect(lines[0]).toContain('licence MIT');
    expect(lines[2]).toMatch(/^caa\/sycophancy_train +1080 +804 kB +pinned +not pulled$/);
  });
});

describe('data pull', () => {
  it('says which files a server lacks, and ends with code 1', async () => {
    const server = createServer((_, response) => response.writeHead(404).end());
    await new Promise<void>((ready) => server.listen(0, ready));
    process.env['STEERBENCH_DATA_URL'] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const { files, licences } = JSON.parse(await run('pull', 'caa', '--json', '--quiet'));
      expect(licences).toEqual({ caa: expect.stringContaining('MIT') });
      expect(files.map(({ state }: { state: string }) => state)).toEqual(['failed', 'failed']);
      expect(process.exitCode).toBe(1);
      expect(await run('pull', 'mwe', '--only', 'openness', '--quiet')).toMatch(
        /^failed: mwe\/persona\/openness: .*\(404\)\n1 failed; the cache is /,
      );
    } finally {
      server.closeAllConnections();
      server.close();
      delete process.env['STEERBENCH_DATA_URL'];
    }
  });

  it('refuses a folder that has nothing of what was asked for', async () => {
    await expect(run('pull', 'caa', '--from', folder, '--quiet')).rejects.toMatchObject({
      code: 'data-not-found',
      message: expect.stringContaining('has no file of the 2 that were asked for'),
    });
  });

  const shared = sharedData('caa');
  it.skipIf(shared === null)('says the licence first, copies, and lists what is there', async () => {
    const said: string[] = [];
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
    const printed = await run('pull', 'all', '--from', shared!);
    spy.mockRestore();
    expect(said[1]).toMatch(/^caa: sycophancy.*; licence: MIT .*; 2 files, 896 kB\n$/);
    expect(printed).toMatch(
      /not in the folder: .*, and 164 more\n2 copied, 176 not in the folder; the cache/,
    );
    expect(await run('list', 'caa')).toMatch(
      /sycophancy_test +120 .*raw_datasets\/caa\/test_dataset\.json\n$/,
    );
    expect(await run('show', 'sycophancy_test')).toMatch(/^sycophancy_test, item 0, completion\n/);
    expect(await run('check', 'sycophancy_test')).toContain('120 items (caa), 0 faults');
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
