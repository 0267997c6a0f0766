import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashFile } from './hash-file.ts';

test('equals the published digests of FIPS 180-4', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'steerbench-hash-'));
  await writeFile(join(folder, 'abc'), 'abc');
  await writeFile(join(folder, 'million'), 'a'.repeat(1_000_000));
  expect(await hashFile(join(folder, 'abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  expect(await hashFile(join(folder, 'million'))).toBe(
    'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
  );
  await expect(hashFile(join(folder, 'none'), 'model-not-found')).rejects.toMatchObject({
    code: 'model-not-found',
    message: `cannot read "${join(folder, 'none')}": there is no such file`,
  });
  await expect(hashFile(folder, 'model-not-found')).rejects.toMatchObject({ code: 'read-failed' });
  await rm(folder, { recursive: true });
});
