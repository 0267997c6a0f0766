import { createHash } from 'node:crypto';
import { copyFile, mkdtemp, readFile, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { saveControlVector } from '../vectors/save-control-vector.ts';
import { saveVector } from '../vectors/save-vector.ts';
import type { SteeringVector } from '../vectors/steering-vector.ts';
import { VectorFolder } from './vector-folder.ts';
import { fileVectors, firstOf } from './vector-source.ts';

let path: string;
beforeEach(async () => {
  path = await mkdtemp(join(tmpdir(), 'steerbench-vectors-'));
});
afterEach(() => rm(path, { recursive: true, force: true }));

const vector = (value: number): SteeringVector => ({
  layers: new Map([[2, Float32Array.of(value, 1)]]),
  width: 2,
  method: 'mean-difference',
  readPosition: null,
  trainingPairs: null,
  behaviour: null,
  dataHash: null,
  modelName: null,
  architecture: null,
  modelHash: null,
  producedBy: null,
});
const save = (name: string, value: number) => saveVector(join(path, name), vector(value));
const valueIn = async (folder: VectorFolder, name: string) =>
  (await folder.find(name)).vector.layers.get(2)![0];

describe('a folder of vectors', () => {
  it('gives each file by its name without the extension, with the hash of the file', async () => {
    await save('calm.safetensors', 1);
    await saveControlVector(join(path, 'joy.v2.gguf'), vector(2));
    await writeFile(join(path, 'README.md'), 'notes');
    await writeFile(join(path, '.hidden.gguf'), 'x');
    const folder = new VectorFolder(path);
    expect((await folder.list()).map(({ alias, file }) => [alias, file])).toEqual([
      ['calm', 'calm.safetensors'],
      ['joy.v2', 'joy.v2.gguf'],
    ]);
    const found = await folder.find('joy.v2');
    const bytes = await readFile(join(path, 'joy.v2.gguf'));
    expect(found).toMatchObject({
      name: 'joy.v2',
      hash: createHash('sha256').update(bytes).digest('hex'),
    });
    expect(await valueIn(folder, 'calm.safetensors')).toBe(1);
  });

  it('sees files that are new, changed and gone', async () => {
    const folder = new VectorFolder(path);
    await expect(folder.find('calm')).rejects.toMatchObject({ code: 'vector-not-found' });
    await save('calm.safetensors', 1);
    expect(await valueIn(folder, 'calm')).toBe(1);
    await save('calm.safetensors', 7);
    expect(await valueIn(folder, 'calm')).toBe(7);
    // Another file with the same size and time: its number gives it away.
    const time = new Date(0);
    await utimes(join(path, 'calm.safetensors'), time, time);
    await folder.find('calm');
    await save('other.safetensors', 9);
    await utimes(join(path, 'other.safetensors'), time, time);
    await rename(join(path, 'other.safetensors'), join(path, 'calm.safetensors'));
    expect(await valueIn(folder, 'calm')).toBe(9);
    await rm(join(path, 'calm.safetensors'));
    await expect(folder.find('calm')).rejects.toMatchObject({ code: 'vector-not-found' });
    expect(await folder.list()).toEqual([]);
  });

  it('never gives the hash of one file and the numbers of another, whenever it is replaced', async () => {
    const hashes = new Map<string, number>();
    for (const value of [1, 2]) {
      await save(`.${value}`, value);
      const bytes = await readFile(join(path, `.${value}`));
      hashes.set(createHash('sha256').update(bytes).digest('hex'), value);
    }
    await save('calm.safetensors', 1);
    const folder = new VectorFolder(path);
    let done = false;
    const replacing = (async () => {
      for (let turn = 0; !done; turn++) {
        await copyFile(join(path, `.${1 + (turn % 2)}`), join(path, '.next'));
        await rename(join(path, '.next'), join(path, 'calm.safetensors'));
        await wait(turn % 8);
      }
    })();
    const seen = new Set<number>();
    try {
      for (let tries = 0; tries < 300 || seen.size < 2; tries++) {
        // On a machine that reads slower than this replaces, it says so; that is no wrong answer.
        const found = await folder.find('calm').catch(({ message }: Error) => message);
        if (typeof found === 'string') expect(found).toContain('changes while it is read');
        else {
          const value = found.vector.layers.get(2)![0]!;
          expect(hashes.get(found.hash)).toBe(value);
          seen.add(value);
        }
      }
    } finally {
      done = true;
      await replacing;
    }
    expect(seen.size).toBe(2);
  });

  it('reads an unchanged file once', async () => {
    await save('calm.safetensors', 1);
    const folder = new VectorFolder(path);
    const [a, b] = [await folder.find('calm'), await folder.find('calm')];
    expect(a.vector).toBe(b.vector);
  });

  it('tells of a file that is no vector, and serves the others', async () => {
    await save('calm.safetensors', 1);
    await writeFile(join(path, 'broken.gguf'), 'GGUFxx');
    const folder = new VectorFolder(path);
    await expect(folder.find('broken')).rejects.toMatchObject({ code: 'vector-malformed' });
    expect((await folder.list()).map(({ alias, error }) => [alias, error?.code ?? null])).toEqual([
      ['broken', 'vector-malformed'],
      ['calm', null],
    ]);
    expect(await valueIn(folder, 'calm')).toBe(1);
  });

  it('does not choose between two files of one alias that differ', async () => {
    await save('calm.safetensors', 1);
    await saveControlVector(join(path, 'calm.gguf'), vector(2));
    const folder = new VectorFolder(path);
    await expect(folder.find('calm')).rejects.toMatchObject({
      code: 'vector-not-found',
      message: expect.stringContaining('calm.gguf, calm.safetensors'),
    });
    expect(await valueIn(folder, 'calm.gguf')).toBe(2);
  });

  it('takes two files of one alias with the same numbers as one vector', async () => {
    await save('calm.safetensors', 2);
    await saveControlVector(join(path, 'calm.gguf'), vector(2));
    const folder = new VectorFolder(path);
    const [either, safetensors, gguf] = await Promise.all(
      ['calm', 'calm.safetensors', 'calm.gguf'].map((name) => folder.find(name)),
    );
    expect(either).toEqual({ ...safetensors, name: 'calm' });
    expect(gguf!.hash).not.toBe(safetensors!.hash);
  });

  it('gives nothing from outside', async () => {
    await save('calm.safetensors', 1);
    const folder = new VectorFolder(join(path));
    for (const name of ['../calm', '/etc/passwd', './calm.safetensors', '', '.', '..'])
      await expect(folder.find(name)).rejects.toMatchObject({ code: 'vector-not-found' });
  });

  it('a link that leads nowhere is no vector; a folder that is absent is an error', async () => {
    await symlink(join(path, 'nowhere'), join(path, 'lost.gguf'));
    expect(await new VectorFolder(path).list()).toEqual([]);
    await expect(new VectorFolder(path).find('lost')).rejects.toMatchObject({ code: 'vector-not-found' });
    await expect(new VectorFolder(join(path, 'absent')).list()).rejects.toMatchObject({
      code: 'read-failed',
    });
  });
});

describe('vectors from files', () => {
  it('by path, or by the alias of a folder that comes first', async () => {
    await save('calm.safetensors', 1);
    const both = firstOf(new VectorFolder(path), fileVectors());
    expect((await both.find('calm')).name).toBe('calm');
    expect((await both.find(join(path, 'calm.safetensors'))).name).toBe(join(path, 'calm.safetensors'));
    await expect(both.find('absent')).rejects.toMatchObject({
      code: 'vector-not-found',
      message: expect.stringContaining('has no vector "absent"'),
    });
    await writeFile(join(path, 'broken.gguf'), 'GGUFxx');
    await expect(both.find('broken')).rejects.toMatchObject({ code: 'vector-malformed' });
  });

  it('a file that was absent is looked for again', async () => {
    const files = fileVectors();
    const file = join(path, 'calm.safetensors');
    await expect(files.find(file)).rejects.toMatchObject({ code: 'vector-not-found' });
    await save('calm.safetensors', 1);
    expect((await files.find(file)).vector.width).toBe(2);
  });
});
