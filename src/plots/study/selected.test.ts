import { describe, expect, it } from 'vitest';
import type { Study } from '../../result/study.ts';
import { selectedBehaviours } from './selected.ts';

/** A study of which only what the rule looks at is there: a model, and behaviours by falling median slope. */
function studyOf(names: string[]): Study {
  const runs = names.map((behaviour, k) => ({
    ...{ model: 'm', behaviour, leftOut: null },
    result: { steerability: { median: { value: names.length - k } } },
  }));
  return { models: [{ id: 'm' }], behaviours: names.map((name) => ({ name })), runs } as unknown as Study;
}

const numbered = (count: number) => Array.from({ length: count }, (_, k) => `rank-${k + 1}`);

describe('selectedBehaviours', () => {
  it('takes the ends, ranks 10, 17, 23 and 30 of 38, and myopic-reward', () => {
    const names = numbered(38).map((name) => (name === 'rank-33' ? 'myopic-reward' : name));
    expect([...selectedBehaviours(studyOf(names))].sort()).toEqual(
      [
        ...['rank-1', 'rank-2', 'rank-3', 'rank-4', 'rank-10', 'rank-17', 'rank-23', 'rank-30'],
        ...['rank-35', 'rank-36', 'rank-37', 'rank-38', 'myopic-reward'],
      ].sort(),
    );
  });

  it('takes all of up to 13', () => {
    expect(selectedBehaviours(studyOf(numbered(13))).size).toBe(13);
    expect(selectedBehaviours(studyOf(numbered(14))).size).toBe(12);
  });

  it('ranks by the mean place over models, and what was never counted last', () => {
    const study = studyOf(numbered(38));
    const last = study.runs[0]!;
    study.runs[0] = { ...last, leftOut: 'failed' };
    expect(selectedBehaviours(study).has('rank-5')).toBe(true);
    expect(selectedBehaviours(study).has('rank-1')).toBe(true);
    expect(selectedBehaviours(study).has('rank-35')).toBe(false);
  });
});
