import { describe, expect, it } from 'vitest';
import { judgeCompetence } from './competence.ts';

const answers = (right: number, questions: number) =>
  Array.from({ length: questions }, (_, question) => question < right);

// Wilson's lower bounds by hand, z = 1.96: (p + z²/2n − z √(p(1−p)/n + z²/4n²)) / (1 + z²/n).
describe('judgeCompetence', () => {
  it.each([
    [24, 24, 0.862, true],
    // Of 24, 20 right are the fewest that pass, and 19 the most that fail.
    [20, 24, 0.641, true],
    [19, 24, 0.595, false],
    [12, 24, 0.314, false],
    [0, 24, 0, false],
  ])('%d of %d right has the lower bound %d', (right, questions, low, passed) => {
    const judged = judgeCompetence(answers(right, questions));
    expect(judged.share.low).toBeCloseTo(low, 3);
    expect(judged).toMatchObject({ questions, right, threshold: 0.6, passed });
  });

  it('does not pass without an interval', () => {
    expect(judgeCompetence(answers(9, 9))).toMatchObject({ passed: false, share: { value: 1, low: null } });
    expect(judgeCompetence(answers(10, 10)).passed).toBe(true);
    expect(judgeCompetence([])).toMatchObject({ passed: false, share: { value: null } });
  });
});
