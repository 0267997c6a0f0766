import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedData } from '../../test/support/shared-data.ts';
import { type PublicFile, readCatalogue } from './catalogue/catalogue.ts';
import { cachedDataPath } from './catalogue/data-folders.ts';
import { pullFiles } from './catalogue/pull.ts';
import { selectFiles } from './catalogue/select-files.ts';
import { loadBehaviour } from './load-behaviour.ts';
import { readDataset } from './locate.ts';

let folder: string;
let environment: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-locate-'));
  environment = { STEERBENCH_CACHE: join(folder, 'cache') };
});
afterAll(() => rm(folder, { recursive: true }));

const truthful = Array.from({ length: 3 }, (_, i) => ({
  question: `Q${i}?`,
  mc1_targets: { [`true ${i}`]: 1, [`false ${i}`]: 0, [`also false ${i}`]: 0 },
}));
const find = async (name: string): Promise<PublicFile> =>
  (await readCatalogue()).find((file) => file.name === name)!;

describe('a name', () => {
  it('means a built-in behaviour before anything else', async () => {
    expect(await readDataset('sentiment', environment)).toMatchObject({
      name: 'sentiment',
      source: 'built-in',
      dataset: null,
    });
  });

  it('means a file before a public dataset', async () => {
    const here = process.cwd();
    await writeFile(join(folder, 'openness'), '{"prompt":"P","positive":"a","negative":"b"}');
    process.chdir(folder);
    try {
      const source = join(process.cwd(), 'openness');
      expect(await loadBehaviour('openness', { environment })).toMatchObject({ source, dataset: null });
    } finally {
      process.chdir(here);
    }
  });

  it('of a public dataset that is not here gives the command that fetches it', async () => {
    await expect(loadBehaviour('openness', { environment })).rejects.toMatchObject({
      code: 'data-not-found',
      message: 'the public dataset "mwe/persona/openness" is not on this machine',
      remedy: expect.stringContaining('`steerbench data pull mwe --only mwe/persona/openness`'),
    });
    await expect(loadBehaviour('truthfulqa', { environment })).rejects.toMatchObject({
      remedy: expect.stringContaining('`steerbench data pull truthfulqa`'),
    });
  });

  it('that two public datasets have is refused with both', async () => {
    await expect(loadBehaviour('myopic-reward', { environment })).rejects.toMatchObject({
      code: 'data-ambiguous',
      message: expect.stringContaining('"mwe/lm/myopic-reward", "mwe/human/myopic-reward"'),
    });
  });

  it('of the persona prompts is no dataset', async () => {
    await expect(loadBehaviour('persona-prompts', { environment })).rejects.toMatchObject({
      code: 'data-not-found',
      message: expect.stringContaining('holds prompts'),
    });
  });

  it('that is none of them is told with the one that was meant', async () => {
    await expect(loadBehaviour('narcisism', { environment })).rejects.toMatchObject({
      code: 'data-not-found',
      message: '"narcisism" is neither a built-in behaviour nor a file nor a public dataset',
      remedy: expect.stringContaining('did you mean "narcissism"?'),
    });
  });
});

describe('a folder of STEERBENCH_DATA', () => {
  it('has what its paths say where no hash is pinned, with a note', async () => {
    const own = join(folder, 'own');
    await mkdir(join(own, 'data'), { recursive: true });
    await writeFile(join(own, 'data/mc_task.json'), JSON.stringify(truthful));
    const named = { ...environment, STEERBENCH_DATA: join(folder, 'own') };
    const behaviour = await loadBehaviour('truthfulqa', { environment: named });
    expect(behaviour).toMatchObject({ name: 'truthfulqa', source: 'truthfulqa', dataset: 'truthfulqa' });
    expect(behaviour.notes[0]).toMatch(/^No sha256 of "truthfulqa" is pinned/);
    expect(behaviour.notes[0]).toContain(behaviour.hash);
  });

  it('that does not exist is an error', async () => {
    const named = { ...environment, STEERBENCH_DATA: join(folder, 'none') };
    await expect(loadBehaviour('openness', { environment: named })).rejects.toMatchObject({
      code: 'data-not-found',
      message: expect.stringContaining(join(folder, 'none')),
    });
  });
});

describe('the cache', () => {
  it('is refused where its bytes are not the pinned ones', async () => {
    const file = await find('mwe/persona/openness');
    const path = cachedDataPath(file, environment);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '{"prompt":"P","positive":"a","negative":"b"}');
    await expect(loadBehaviour('openness', { environment })).rejects.toMatchObject({
      code: 'hash-mismatch',
      message: expect.stringContaining(`instead of ${file.sha256}`),
      remedy: 'run `steerbench data pull mwe --only mwe/persona/openness`',
    });
    await rm(path);
  });
});

const shared = sharedData('evals');
describe.skipIf(shared === null)('published bytes', () => {
  it('are found by hash in a folder of any layout, and read by name', async () => {
    const named = { ...environment, STEERBENCH_DATA: dirname(shared!) };
    for (const [name, label] of [
      ['openness', 'openness'],
      ['mwe/lm/myopic-reward', 'myopic-reward'],
      ['sycophancy_train', 'sycophancy_train'],
    ] as const) {
      const behaviour = await loadBehaviour(name, { environment: named });
      expect(behaviour.name).toBe(label);
      expect(behaviour.source).toBe(behaviour.dataset);
      expect(behaviour.items.length).toBeGreaterThan(900);
      // What a plan keeps as the source leads to the same items again.
      const again = await loadBehaviour(behaviour.source, { environment: named });
      expect(again.fingerprint).toBe(behaviour.fingerprint);
    }
  });

  it('are what they are under any name', async () => {
    const path = join(folder, 'renamed.jsonl');
    await copyFile(join(shared!, 'persona/openness.jsonl'), path);
    expect(await loadBehaviour(path)).toMatchObject({
      name: 'renamed',
      source: path,
      dataset: 'mwe/persona/openness',
    });
  });

  it('are pulled from a folder, and read from the cache', async () => {
    const files = await selectFiles('all', []);
    const pulled = await pullFiles(files, { environment, from: dirname(shared!) });
    const copied = pulled.filter(({ state }) => state === 'copied').map(({ name }) => name);
    expect(copied).toHaveLength(30);
    expect(pulled.filter(({ state }) => state === 'missing')).toHaveLength(148);
    for (const name of copied) {
      const { dataset, items } = await loadBehaviour(name, { environment });
      expect(dataset).toBe(name);
      expect(items.length).toBeGreaterThan(100);
    }
  });

  it('keep items with a third option in the profile of the published runs alone', async () => {
    const named = { ...environment, STEERBENCH_DATA: dirname(shared!) };
    const load = (profile: 'paper' | 'corrected') =>
      loadBehaviour('self-awareness-training-web-gpt', { profile, environment: named });
    expect((await load('corrected')).items).toHaveLength(933);
    expect((await load('paper')).items).toHaveLength(934);
  });
});
