import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MeasureRequest } from '../../src/engine/engine.ts';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import { type Intervention, operators, type Start, starts } from '../../src/interventions/intervention.ts';
import { largestDifference, randomCases, randomVector } from '../support/cases.ts';
import { expectedAnswer } from '../support/steered-forward.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';

const tolerance = 1e-4;
const cases = randomCases(2, { vocabulary: 259, seed: 11 });
const blocks = [0, 1, 2, 3];
const multipliers = [-1.5, 0, 1];

/** The tiny model with an output matrix of its own, and with its embedding in that place. */
describe.each([{ tied: false }, { tied: true }])('measure against the plain forward pass, %j', ({ tied }) => {
  let tiny: TinyLlama;
  let engine: LlamaEngine;
  // What the output matrix is has no bearing on the operators.
  const tested = tied ? operators.slice(0, 1) : operators;
  beforeAll(async () => {
    tiny = await tinyLlama({ tied, seed: 2 });
    engine = await loadLlama({ path: tiny.path, contextTokens: 512, threads: 1 });
  });
  afterAll(async () => {
    await engine.dispose();
    await tiny.remove();
  });

  /** Measures one branch an entry, and compares every number with the plain forward pass. */
  async function check(branches: Intervention[][], wanted: 'letter' | 'answer', logprobs: boolean) {
    const { measurements, work } = await engine.measure(requestOf(branches, wanted, logprobs));
    cases.forEach((item, index) => {
      branches.forEach((branch, place) => {
        for (const side of ['positive', 'negative'] as const) {
          const found = measurements[index]![place]![side];
          const expected = expectedAnswer(tiny, item[side], branch, wanted);
          expect(largestDifference(found.logits, expected.logits), describeBranch(branch)).toBeLessThan(
            tolerance,
          );
          if (logprobs)
            expect(largestDifference(found.logSumExp!, expected.logSumExp)).toBeLessThan(tolerance);
          else expect(found.logSumExp).toBeNull();
        }
      });
    });
    return work;
  }

  it('takes the short letter path', () => {
    expect(engine.facts.shortLetterPath).toBe(true);
  });

  it.each(tested)('%s: every start, every block, every multiplier; whole answers', async (operator) => {
    const branches = starts.flatMap((start) =>
      blocks.flatMap((layer) =>
        multipliers.map((multiplier) => [
          { layer, vector: randomVector(32, 5, layer), multiplier, operator, start },
        ]),
      ),
    );
    await check([[], ...branches], 'answer', true);
  });

  it.each([
    ['short letter path', false],
    ['whole output matrix', true],
  ])('letters by the %s: every operator, start and block', async (_, logprobs) => {
    const branches = tested.flatMap((operator) =>
      starts.flatMap((start) =>
        blocks.map((layer) => [
          { layer, vector: randomVector(32, 5, layer + 9), multiplier: 0.7, operator, start },
        ]),
      ),
    );
    await check([[], ...branches], 'letter', logprobs);
  });

  it('whole answers by the short path too', async () => {
    await check([[], [add(0, 1, 'all')], [add(3, -1, 'last-prompt-token')]], 'answer', false);
  });

  it('applies several interventions of a branch: at different blocks, with different starts', async () => {
    await check(
      [
        [add(0, 1, 'all'), add(3, -1, 'first-answer-token')],
        [add(3, -1, 'last-prompt-token'), add(1, 1, 'last-prompt-token')],
        blocks.map((layer) => add(layer, 0.5, 'last-prompt-token')),
        [add(2, 0, 'all'), add(2, 1, 'last-prompt-token')],
      ],
      'answer',
      true,
    );
  });

  it('applies interventions at the same block in the order of the branch', async () => {
    const ablate: Intervention = { ...add(1, 1, 'last-prompt-token'), operator: 'ablate' };
    const other: Intervention = { ...add(1, 1, 'last-prompt-token'), vector: randomVector(32, 5, 77) };
    const branches = [
      [other, ablate],
      [ablate, other],
    ];
    await check(branches, 'answer', true);
    // The order matters here, by far more than the tolerance.
    const [first, second] = branches.map((branch) =>
      expectedAnswer(tiny, cases[0]!.positive, branch, 'letter'),
    );
    expect(Math.abs(first!.logits[0]! - second!.logits[0]!)).toBeGreaterThan(0.01);
  });

  it('counts the rows it steered: as many as the tokens that the branches have of their own', async () => {
    const [item] = cases;
    const work = (start: Start, layer: number) =>
      engine
        .measure({ ...requestOf([[add(layer, 1, start)]], 'answer', false), cases: [item!] })
        .then((result) => result.work.steeredRows);
    const { lastPromptToken, answerEnd, answerStart } = item!.positive;
    // Both answers begin with the same token, and the last token of each is predicted, not decoded.
    const own = answerEnd - answerStart - 2 + item!.negative.answerEnd - answerStart - 2;
    expect(await work('all', 1)).toEqual([{ layer: 1, rows: lastPromptToken + 1 + 1 + own }]);
    expect(await work('last-prompt-token', 2)).toEqual([{ layer: 2, rows: 1 + 1 + own }]);
    expect(await work('first-answer-token', 0)).toEqual([{ layer: 0, rows: 1 + own }]);
    // The last block computes nothing but the rows that predict an answer token.
    expect(await work('all', 3)).toEqual([{ layer: 3, rows: 1 + 1 + own }]);
  });
});

function add(layer: number, multiplier: number, start: Start): Intervention {
  return { layer, vector: randomVector(32, 5, layer), multiplier, operator: 'add', start };
}

function requestOf(
  branches: Intervention[][],
  tokens: 'letter' | 'answer',
  logprobs: boolean,
): MeasureRequest {
  const interventions = [...new Set(branches.flat())];
  return {
    cases,
    interventions,
    branches: branches.map((branch) => branch.map((intervention) => interventions.indexOf(intervention))),
    tokens,
    logprobs,
  };
}

function describeBranch(branch: Intervention[]): string {
  return branch
    .map(({ operator, layer, multiplier, start }) => `${operator} ${multiplier} at ${layer} from ${start}`)
    .join(', ');
}
