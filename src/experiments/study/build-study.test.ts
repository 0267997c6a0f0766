import { describe, expect, it } from 'vitest';
import { exampleResult } from '../../../test/support/example-result.ts';
import { readPublished } from '../../published/index.ts';
import { studySchema } from '../../result/study.ts';
import { buildStudy, type FinishedRun, type StudyParts } from './build-study.ts';

const versions = { steerbench: '0', llamaCpp: '0', node: '0', platform: '0' };
const parts = async (more: Partial<StudyParts>): Promise<StudyParts> => ({
  name: 'study',
  experiment: 'compare',
  runs: [],
  transfers: [],
  publishedModels: [],
  published: await readPublished(),
  versions,
  missing: [],
  ...more,
});

describe('the published values alone', () => {
  // PAPER 7.4: printed in the paper's figures 7 and 21, and recomputed from its figures 5, 6 and 22.
  it.each([
    ['7/BASE->BASE/published:llama~published:qwen', 0.769],
    ['7/SYS_POS->USER_NEG/published:llama~published:qwen', 0.586],
    ['21/BASE->BASE/published:llama~published:qwen', 0.465],
    ['21/SYS_POS->USER_NEG/published:llama~published:qwen', 0.491],
    ['5/BASE->USER_NEG/published:llama', 0.902],
    ['5/BASE->USER_POS/published:llama', 0.958],
    ['5/SYS_POS->USER_NEG/published:llama', 0.916],
    ['5/SYS_NEG->USER_POS/published:llama', 0.951],
    ['5/BASE->USER_NEG/published:qwen', 0.814],
    ['5/BASE->USER_POS/published:qwen', 0.643],
    ['5/SYS_POS->USER_NEG/published:qwen', 0.662],
    ['5/SYS_NEG->USER_POS/published:qwen', 0.484],
    ['6/SYS_POS->USER_NEG/published:llama', 0.536],
    ['6/SYS_POS->USER_NEG/published:qwen', 0.341],
  ])('%s has the published Spearman correlation %f', async (id, rho) => {
    const study = buildStudy(await parts({ publishedModels: ['llama', 'qwen'] }));
    const { spearman } = study.relations.find((relation) => relation.id === id)!;
    expect(Math.abs(spearman.value! - rho)).toBeLessThan(0.002);
    expect(spearman.low!).toBeLessThan(rho);
    expect(spearman.high!).toBeGreaterThan(rho);
  });

  it('make a whole document', async () => {
    const study = buildStudy(await parts({ publishedModels: ['llama', 'qwen'] }));
    expect(studySchema.parse(JSON.parse(JSON.stringify(study)))).toEqual(study);
    expect(study.models.map(({ id }) => id)).toEqual(['published:llama', 'published:qwen']);
    expect(study.behaviours).toHaveLength(40);
  });
});

describe('runs of one study', () => {
  const run = (name: string, model: string, more: Partial<FinishedRun['result']> = {}): FinishedRun => {
    const result = exampleResult();
    return {
      model,
      folder: `runs/${model}/${name}`,
      resultHash: '0'.repeat(64),
      result: {
        ...result,
        behaviour: {
          ...result.behaviour,
          name,
          source: name === 'myopic-reward' ? 'mwe/lm/myopic-reward' : name,
        },
        ...more,
      },
    };
  };

  it('hold no text of items, and leave out what is not measurable', async () => {
    const failed = { ...exampleResult().competence!, passed: false, right: 3 };
    const study = buildStudy(await parts({ runs: [run('a', 'm'), run('b', 'm', { competence: failed })] }));
    expect(study.runs.map(({ leftOut }) => leftOut)).toEqual([
      null,
      'not measurable: 3 of 24 control questions right in the completion format',
    ]);
    expect(study.runs[0]!.result.items.every(({ prompt }) => prompt === null)).toBe(true);
    const medians = study.relations.find(({ id }) => id === 'median-anti/m')!;
    expect(medians.points.map(({ behaviour }) => behaviour)).toEqual(['a']);
  });

  it("set the paper's values beside those of a model that it measured, and do not count them", async () => {
    const { model } = exampleResult();
    const llama = { model: { ...model, reference: 'llama-2-7b-chat' } };
    const study = buildStudy(
      await parts({
        runs: [run('myopic-reward', 'llama-2-7b-chat', llama), run('own', 'llama-2-7b-chat', llama)],
      }),
    );
    expect(study.published).toContainEqual({
      model: 'llama-2-7b-chat',
      behaviour: 'myopic-reward',
      quantity: 'id_mean',
      value: 0.989,
    });
    const means = study.relations.find(({ id }) => id === '22/BASE->BASE/llama-2-7b-chat')!;
    expect(means.points.map(({ published }) => published)).toEqual([false, false, true]);
    expect(means.spearman.n).toBe(2);
    const beside = study.relations.find(({ id }) => id === 'published/mean BASE->BASE/llama-2-7b-chat')!;
    expect(beside.points.map(({ x }) => x)).toEqual([0.989]);
  });

  it('adjust the null tests over the runs of a model', async () => {
    const tail = (tailP: number) => ({ randomNull: { ...exampleResult().randomNull!, tailP } });
    const study = buildStudy(
      await parts({
        runs: [
          run('a', 'm', tail(0.01)),
          run('b', 'm', tail(0.04)),
          run('c', 'm', tail(0.03)),
          run('a', 'n', tail(0.5)),
        ],
      }),
    );
    expect(study.runs.map(({ adjustedP }) => adjustedP)).toEqual([0.03, 0.04, 0.04, 0.5]);
  });
});
