import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedData } from '../../test/support/shared-data.ts';
import { readCatalogue } from './catalogue/catalogue.ts';
import { cachedDataPath } from './catalogue/data-folders.ts';
import { paperDatasets } from './catalogue/paper-datasets.ts';
import { personaPairFor } from './persona-pair.ts';

const swapped = 'believes-AIs-are-not-an-existential-threat-to-humanity';
const pairs = {
  openness: { positive: 'You are open.', negative: 'You are closed.' },
  'myopic-reward': { positive: 'You are short-sighted.', negative: 'You plan.' },
  [swapped]: { positive: 'AIs are a threat.', negative: 'AIs are no threat.' },
};

let folder: string;
let environment: NodeJS.ProcessEnv;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'steerbench-persona-'));
  await writeFile(join(folder, 'persona_prompts.json'), JSON.stringify(pairs));
  environment = { STEERBENCH_CACHE: join(folder, 'cache'), STEERBENCH_DATA: folder };
});
afterAll(() => rm(folder, { recursive: true }));

const pairFor = (name: string, published = false) => personaPairFor(name, { published, environment });

describe('the pair of a public dataset', () => {
  it('is found by its whole name and by the paper’s name', async () => {
    const pair = { ...pairs.openness, note: null, source: 'persona_prompts.json, "openness"' };
    expect(await pairFor('openness')).toEqual(pair);
    expect(await pairFor('mwe/persona/openness')).toEqual(pair);
    expect(await pairFor('myopic-reward')).toMatchObject(pairs['myopic-reward']);
    expect(await pairFor('mwe/lm/myopic-reward')).toMatchObject({ ...pairs['myopic-reward'], note: null });
  });

  it('says where it was published for another file of the name', async () => {
    expect(await pairFor('mwe/human/myopic-reward')).toMatchObject({
      ...pairs['myopic-reward'],
      note: expect.stringContaining('lm_generated_evals'),
    });
  });

  it('is put right where it was published the wrong way round, unless asked for as published', async () => {
    const { positive, negative } = pairs[swapped]!;
    expect(await pairFor(swapped)).toMatchObject({
      positive: negative,
      negative: positive,
      note: 'The published pair asks for the opposite of its dataset; exchanged here.',
    });
    expect(await pairFor(`mwe/persona/${swapped}`, true)).toMatchObject({
      positive,
      negative,
      note: 'The published pair asks for the opposite of its dataset; used as published.',
    });
  });

  it('is null where none was published, and for names that are no public dataset’s', async () => {
    for (const name of [
      'narcissism',
      'refusal',
      'sentiment',
      'mine',
      'persona-prompts',
      '/data/openness.jsonl',
    ])
      expect(await pairFor(name), name).toBeNull();
  });
});

describe('prompts that cannot be used', () => {
  it('name the command that fetches them', async () => {
    const bare = { STEERBENCH_CACHE: join(folder, 'none') };
    await expect(personaPairFor('openness', { published: false, environment: bare })).rejects.toMatchObject({
      code: 'data-not-found',
      remedy: expect.stringContaining('steerbench data pull persona-prompts'),
    });
  });

  it('are refused where their bytes are not the published ones', async () => {
    const file = (await readCatalogue()).find(({ kind }) => kind === 'prompts')!;
    const cached = { STEERBENCH_CACHE: join(folder, 'changed') };
    const path = cachedDataPath(file, cached);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'PERSONA_PROMPTS = {"openness": ("a", "b")}');
    const pair = personaPairFor('openness', { published: false, environment: cached });
    await expect(pair).rejects.toMatchObject({ code: 'hash-mismatch' });
  });

  it('are refused in another form', async () => {
    const other = join(folder, 'other');
    await mkdir(other);
    await writeFile(join(other, 'persona_prompts.json'), '{"openness": ["a", "b"]}');
    const badly = { STEERBENCH_CACHE: join(folder, 'none'), STEERBENCH_DATA: other };
    const pair = personaPairFor('openness', { published: false, environment: badly });
    await expect(pair).rejects.toMatchObject({ code: 'data-malformed' });
  });
});

const shared = sharedData('paper', 'persona_prompts.json');
describe.skipIf(shared === null)('the published prompts', () => {
  it('have a pair for each of the 40 datasets of the paper', async () => {
    const published = { ...environment, STEERBENCH_DATA: dirname(shared!) };
    for (const { name, dataset } of paperDatasets) {
      const pair = await personaPairFor(dataset, { published: true, environment: published });
      expect(pair?.positive, name).not.toBe(pair?.negative);
      expect(pair).toEqual(await personaPairFor(name, { published: true, environment: published }));
    }
  });
});
