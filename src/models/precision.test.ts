import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { encodeGguf } from '../files/gguf-write.ts';
import type { FoundModel } from './find-model.ts';
import { defaultPrecision, modelAtPrecision, type PrecisionOptions } from './precision.ts';

let folder: string;
let options: PrecisionOptions;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-precision-'));
  options = { cacheFolder: join(folder, 'cache'), lockPollMs: 2 };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const requantise = (input: string, output: string, type: string): Promise<void> =>
  writeFile(output, `${type} of ${input}`);

it('is F16 for the default model, and as the file is for any other', () => {
  expect(defaultPrecision({ alias: 'smollm2-135m-instruct' })).toBe('f16');
  expect(defaultPrecision({ alias: 'gemma-2-2b-it' })).toBe('file');
  expect(defaultPrecision({ alias: null })).toBe('file');
});

it('"file" and a file of that type already stay as they are', async () => {
  const refuse = vi.fn();
  const found = await model('m.gguf', 'F16');
  for (const precision of ['file', 'f16'] as const) {
    expect(await modelAtPrecision(found, precision, refuse, options)).toEqual({
      path: found.path,
      sha256: found.sha256,
      converted: false,
    });
  }
  expect(refuse).not.toHaveBeenCalled();
});

it('converts a cached model once, beside it, and gives the hash of the result', async () => {
  const convert = vi.fn(requantise);
  const found = await model('cache/models/o/n/m.gguf', 'Q8_0');
  const first = await modelAtPrecision(found, 'f16', convert, options);
  expect(first.path).toBe(join(folder, 'cache/models/o/n/m.f16.gguf'));
  const content = `f16 of ${found.path}`;
  expect(await readFile(first.path, 'utf8')).toBe(content);
  expect(first.sha256).toBe(createHash('sha256').update(content).digest('hex'));
  expect(await modelAtPrecision(found, 'f16', convert, options)).toEqual(first);
  expect(convert).toHaveBeenCalledTimes(1);
  expect((await readdir(dirname(first.path))).sort()).toEqual(['m.f16.gguf', 'm.f16.gguf.json', 'm.gguf']);
});

it('keeps the conversion of a file elsewhere in the cache, apart from others of its name', async () => {
  const paths = [];
  for (const name of ['a/m.gguf', 'b/m.gguf']) {
    const { path } = await modelAtPrecision(await model(name, 'Q8_0'), 'bf16', requantise, options);
    expect(path).toMatch(/cache\/models\/local\/[0-9a-f]{16}\/m\.bf16\.gguf$/);
    paths.push(path);
  }
  expect(new Set(paths).size).toBe(2);
});

it('converts anew when the source or the conversion has changed', async () => {
  const convert = vi.fn(requantise);
  const found = await model('m.gguf', 'Q8_0');
  const { path } = await modelAtPrecision(found, 'f32', convert, options);
  await modelAtPrecision({ ...found, sha256: 'b'.repeat(64) }, 'f32', convert, options);
  expect(convert).toHaveBeenCalledTimes(2);
  await writeFile(path, 'damaged');
  await modelAtPrecision({ ...found, sha256: 'b'.repeat(64) }, 'f32', convert, options);
  expect(convert).toHaveBeenCalledTimes(3);
});

it('converts once for two callers at the same time', async () => {
  const convert = vi.fn(async (input: string, output: string, type: string) => {
    await new Promise((done) => setTimeout(done, 20));
    await requantise(input, output, type);
  });
  const found = await model('m.gguf', 'Q8_0');
  const lines: string[] = [];
  const both = { ...options, onMessage: (line: string) => lines.push(line) };
  const results = await Promise.all([1, 2].map(() => modelAtPrecision(found, 'f16', convert, both)));
  expect(results[0]).toEqual(results[1]);
  expect(convert).toHaveBeenCalledTimes(1);
  expect(lines).toEqual(
    expect.arrayContaining([
      'converting the weights to F16, once',
      expect.stringMatching(/is converting "m\.gguf": waiting/),
    ]),
  );
});

it('leaves nothing behind when the conversion fails', async () => {
  const found = await model('cache/models/o/n/m.gguf', 'Q8_0');
  const failing = async (_: string, output: string): Promise<void> => {
    await writeFile(output, 'half');
    throw new Error('no memory');
  };
  await expect(modelAtPrecision(found, 'f16', failing, options)).rejects.toThrow('no memory');
  expect(await readdir(dirname(found.path))).toEqual(['m.gguf']);
});

it('asks for the space before it begins', async () => {
  vi.resetModules();
  vi.doMock('node:fs/promises', async (original) => ({
    ...(await original<typeof import('node:fs/promises')>()),
    statfs: async () => ({ blocks: 1000, bavail: 1, bsize: 512 }),
  }));
  const fresh = await import('./precision.ts');
  const found = await model('m.gguf', 'Q8_0');
  const convert = vi.fn();
  await expect(fresh.modelAtPrecision(found, 'f16', convert, options)).rejects.toMatchObject({
    code: 'write-failed',
    // 64 x 4 values of 2 bytes, a vector of 64 of 4 bytes, and the header.
    message: expect.stringMatching(/needs (8|9)\d\d B, free are 512 B/),
  });
  expect(convert).not.toHaveBeenCalled();
  vi.doUnmock('node:fs/promises');
});

/** A model of one matrix, 4 rows of 64, and a vector in F32, as norms are in every file. */
async function model(name: string, type: 'F16' | 'Q8_0'): Promise<FoundModel> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  const bytes = type === 'F16' ? 512 : 8 * 34;
  const tensors = [
    { name: 'matrix', shape: [64, 4], type, data: new Uint8Array(bytes) },
    { name: 'norm', shape: [64], type: 'F32', data: new Float32Array(64) },
  ] as const;
  await writeFile(path, Buffer.concat(encodeGguf({ metadata: [], tensors })));
  return { path, reference: name, sha256: 'a'.repeat(64), source: path, alias: null };
}
