import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { matchesRecord, readRecord, writeRecord } from './file-record.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-record-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('records a file, and notices when it changes', async () => {
  const path = join(folder, 'm.gguf');
  await writeFile(path, 'GGUF');
  const record = await writeRecord(path, { source: 'here', sha256: 'a'.repeat(64), madeFrom: null });
  expect(await readRecord(path)).toEqual(record);
  expect(record).toMatchObject({ bytes: 4, source: 'here' });
  expect(await matchesRecord(path, record)).toBe(true);
  await utimes(path, new Date(0), new Date(0));
  expect(await matchesRecord(path, record)).toBe(false);
  await writeFile(`${path}.json`, '{"sha256": "short"}');
  expect(await readRecord(path)).toBeNull();
});
