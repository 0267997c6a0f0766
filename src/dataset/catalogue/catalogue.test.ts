import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { sharedData } from '../../../test/support/shared-data.ts';
import { readCatalogue } from './catalogue.ts';
import { matchName } from './match-name.ts';
import { paperDatasets } from './paper-datasets.ts';
import { selectFiles } from './select-files.ts';

describe('the catalogue', () => {
  it('has every file once', async () => {
    const files = await readCatalogue();
    const count = (start: string) => files.filter(({ name }) => name.startsWith(start)).length;
    // 133 persona files have persona prompts; high- and low-discount-factor are published without.
    expect(count('mwe/persona/')).toBe(135);
    expect([count('mwe/lm/'), count('mwe/human/')]).toEqual([17, 16]);
    expect([count('caa/'), count('truthfulqa'), count('refusal/'), count('persona-prompts')]).toEqual([
      2, 1, 6, 1,
    ]);
    expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
    expect(new Set(files.map(({ label }) => label)).size).toBe(files.length);
    for (const { label, commit, path } of files) {
      expect(label).toMatch(/^[\w-]+$/);
      expect(commit).toMatch(/^[0-9a-f]{40}$/);
      expect(path).not.toMatch(/^\/|\.\./);
    }
  });

  it('leaves open only the hashes of bytes that were never seen', async () => {
    const open = (await readCatalogue()).filter(({ sha256 }) => sha256 === null);
    expect([...new Set(open.map(({ source }) => source.name))]).toEqual(['truthfulqa', 'refusal']);
  });

  const sources = sharedData('sources.json');
  it.skipIf(sources === null)('has the hashes, sizes and commits of the list of sources', async () => {
    const listed = JSON.parse(await readFile(sources!, 'utf8')).sources;
    for (const { source, path, commit, sha256, bytes, items } of await readCatalogue()) {
      if (source.name !== 'mwe' && source.name !== 'persona-prompts') continue;
      const entry = listed[source.name].files[path];
      expect({ sha256, bytes, commit }, path).toEqual({
        sha256: entry.sha256,
        bytes: entry.bytes,
        commit: listed[source.name].commit,
      });
      expect(items).toBe(entry.lines ?? null);
    }
    const caa = Object.values<{ sha256: string }>(listed.caa.files).map((entry) => entry.sha256);
    const own = (await selectFiles('caa', [])).map(({ sha256 }) => sha256);
    expect(own).toEqual(caa);
  });
});

describe('names', () => {
  it('may be whole, the last part, or an alias', async () => {
    const files = await readCatalogue();
    expect(matchName('openness', files)?.name).toBe('mwe/persona/openness');
    expect(matchName('mwe/human/myopic-reward', files)?.path).toMatch(/human_generated_evals/);
    expect(matchName('sycophancy_train', files)?.name).toBe('caa/sycophancy_train');
    expect(matchName('refusal', files)?.name).toBe('refusal/harmful-train');
    expect(matchName('truthfulqa', files)?.label).toBe('truthfulqa');
    expect(matchName('persona/openness', files)).toBeNull();
  });

  it('that two files have are refused with both', async () => {
    const files = await readCatalogue();
    expect(() => matchName('survival-instinct', files)).toThrow(
      '"survival-instinct" is the name of 2 datasets: "mwe/lm/survival-instinct", "mwe/human/survival-instinct"',
    );
    const twice = files.filter(
      ({ names }) => files.filter((file) => file.names.includes(names[1]!)).length > 1,
    );
    // 15 of the 16 files written by people have the name of a generated one.
    expect(twice).toHaveLength(30);
  });

  it('choose the files of a pull', async () => {
    expect(await selectFiles('all', [])).toHaveLength(178);
    expect(await selectFiles('paper', [])).toHaveLength(41);
    expect((await selectFiles('mwe', ['narcissism', 'openness'])).map(({ name }) => name)).toEqual([
      'mwe/persona/narcissism',
      'mwe/persona/openness',
    ]);
    await expect(selectFiles('mwe', ['opennes'])).rejects.toMatchObject({
      code: 'data-not-found',
      remedy: expect.stringContaining('did you mean "openness"?'),
    });
    await expect(selectFiles('mwe', ['myopic-reward'])).rejects.toMatchObject({ code: 'data-ambiguous' });
    // The paper used one of the two.
    expect((await selectFiles('paper', ['myopic-reward']))[0]?.name).toBe('mwe/lm/myopic-reward');
    await expect(selectFiles('evals', [])).rejects.toThrow(RangeError);
  });
});

describe('the paper', () => {
  it('used 40 datasets, all of them in the catalogue', async () => {
    const files = await readCatalogue();
    expect(paperDatasets).toHaveLength(40);
    expect(new Set(paperDatasets.map(({ name }) => name)).size).toBe(40);
    expect(paperDatasets.map(({ dataset }) => files.find(({ name }) => name === dataset)?.label)).toEqual(
      paperDatasets.map(({ name }) => name),
    );
    // Places that the paper's code fixes: `random.sample` with seed 0 over each category, then the risk files.
    const place = (name: string) => paperDatasets.findIndex((each) => each.name === name);
    expect(['openness', 'corrigible-more-HHH', 'myopic-reward', 'truthfulqa'].map(place)).toEqual([
      12, 21, 27, 39,
    ]);
  });

  const values = sharedData('paper', 'published_values.json');
  it.skipIf(values === null)('shows in its figures what the list says', async () => {
    const published: Record<string, Record<string, object>> = JSON.parse(await readFile(values!, 'utf8'));
    for (const { name, figures } of paperDatasets) {
      const shown = Object.entries(published[name]!).filter(([, entry]) => 'id_mean' in entry);
      expect(shown.map(([model]) => model).sort(), name).toEqual([...figures]);
    }
    const count = (model: 'llama' | 'qwen') =>
      paperDatasets.filter(({ figures }) => figures.includes(model)).length;
    expect([count('llama'), count('qwen')]).toEqual([39, 39]);
  });
});
