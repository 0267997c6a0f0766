import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LlamaEngine } from '../../src/engine/llama-engine.ts';
import { loadLlama } from '../../src/engine/load-llama.ts';
import type { Intervention } from '../../src/interventions/intervention.ts';
import { randomCases, randomVector } from '../support/cases.ts';
import { steeredForward } from '../support/steered-forward.ts';
import { type TinyLlama, tinyLlama } from '../support/tiny-llama.ts';

const texts = randomCases(3, { vocabulary: 259, seed: 21 }).map(({ positive }) => positive);
const at = (layer: number, multiplier: number, start: Intervention['start'] = 'last-prompt-token') => ({
  layer,
  vector: randomVector(32, 3, layer),
  multiplier,
  operator: 'add' as const,
  start,
});

let tiny: TinyLlama;
let engine: LlamaEngine;
beforeAll(async () => {
  tiny = await tinyLlama({ tied: false, seed: 4 });
  engine = await loadLlama({ path: tiny.path, contextTokens: 512, threads: 1 });
});
afterAll(async () => {
  await engine.dispose();
  await tiny.remove();
});

/** KL and negative log-likelihood of a reply, from two plain forward passes in double precision. */
function expected(text: (typeof texts)[number], branch: Intervention[]) {
  const logProbabilities = (interventions: Intervention[]) =>
    steeredForward(tiny, text, interventions).logits.map((row) => {
      const sum = Math.log(row.reduce((total, logit) => total + Math.exp(logit), 0));
      return row.map((logit) => logit - sum);
    });
  const [own, steered] = [logProbabilities([]), logProbabilities(branch)];
  const rows = Array.from({ length: text.answerEnd - text.answerStart }, (_, i) => text.answerStart - 1 + i);
  return {
    kl: rows.map((row) =>
      own[row]!.reduce((sum, p, token) => sum + Math.exp(p) * (p - steered[row]![token]!), 0),
    ),
    nll: rows.map((row) => -steered[row]![text.tokens[row + 1]!]!),
  };
}

function closeTo(found: Float64Array, wanted: number[]): void {
  expect(found).toHaveLength(wanted.length);
  wanted.forEach((value, i) => {
    expect(Math.abs(found[i]! - value)).toBeLessThan(1e-4);
  });
}

describe('divergence against two plain forward passes', () => {
  it.each([
    ['one layer, whose lower blocks are computed once', [[at(1, 1)], [at(1, -1.5)]]],
    ['several layers', [[at(0, 1)], [at(3, 1)], [at(1, 0.5), at(2, -1)]]],
    ['every position', [[at(1, 1, 'all')]]],
    ['from the first answer token on', [[at(2, 1, 'first-answer-token')]]],
  ])('%s', async (_name, branches) => {
    const interventions = branches.flat();
    let next = 0;
    const { texts: found, work } = await engine.divergence({
      texts,
      interventions,
      branches: branches.map((branch) => branch.map(() => next++)),
    });
    texts.forEach((text, place) => {
      closeTo(found[place]!.unsteeredNll, expected(text, []).nll);
      branches.forEach((branch, index) => {
        const wanted = expected(text, branch);
        closeTo(found[place]!.branches[index]!.kl, wanted.kl);
        closeTo(found[place]!.branches[index]!.nll, wanted.nll);
      });
    });
    expect(work.steeredRows.reduce((sum, { rows }) => sum + rows, 0)).toBeGreaterThan(0);
  });

  it('is exactly nothing where nothing is added, and never negative', async () => {
    const { texts: found } = await engine.divergence({
      texts,
      interventions: [at(1, 0), at(1, 1e-6)],
      branches: [[], [0], [1]],
    });
    for (const { unsteeredNll, branches } of found) {
      expect([...branches[0]!.kl, ...branches[1]!.kl].every((kl) => kl === 0)).toBe(true);
      expect(branches[1]!.nll).toEqual(unsteeredNll);
      expect([...branches[2]!.kl].every((kl) => kl >= 0 && kl < 1e-6)).toBe(true);
    }
  });

  it('refuses a text without a reply', async () => {
    const [text] = texts;
    const empty = { ...text!, answerEnd: text!.answerStart };
    await expect(engine.divergence({ texts: [empty], interventions: [], branches: [[]] })).rejects.toThrow(
      'without a reply',
    );
  });
});
