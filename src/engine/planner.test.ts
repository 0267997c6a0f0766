import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Intervention } from '../interventions/intervention.ts';
import type { Case, Sequence } from '../prompts/case.ts';
import { buildMeasureTrie } from './measure-trie.ts';
import { type Batch, type Limits, planBatches, planWholeSequences } from './planner.ts';
import type { TokenTrie } from './trie.ts';

/** A cache that does only what llama.cpp promises: cells with a position and the sequences they belong to. */
class SimulatedCache {
  readonly cells: { node: number; position: number; sequences: Set<number> }[] = [];

  apply(batch: Batch, trie: TokenTrie): Map<number, number[]> {
    if (batch.clear) this.cells.length = 0;
    for (const sequence of batch.removals) {
      for (const cell of this.cells) cell.sequences.delete(sequence);
    }
    for (const { from, to, length } of batch.copies) {
      for (const cell of this.cells)
        if (cell.sequences.has(from) && cell.position < length) cell.sequences.add(to);
    }
    for (let i = this.cells.length - 1; i >= 0; i--)
      if (this.cells[i]!.sequences.size === 0) this.cells.splice(i, 1);
    this.checkCoupling(batch);
    batch.nodes.forEach((node, row) => {
      this.cells.push({ node, position: trie.depth[node]!, sequences: new Set(batch.sequences[row]) });
    });
    // What a row attends to: the cells of its first sequence at no later position.
    return new Map(
      [...batch.nodes].map((node, row) => {
        const sequence = batch.sequences[row]![0]!;
        const seen = this.cells.filter(
          (cell) => cell.sequences.has(sequence) && cell.position <= trie.depth[node]!,
        );
        return [node, seen.sort((a, b) => a.position - b.position).map((cell) => cell.node)];
      }),
    );
  }

  /** llama.cpp refuses a batch in which two sequences share a token and differ in what the cache holds of them. */
  checkCoupling(batch: Batch): void {
    const last = (sequence: number) =>
      Math.max(-1, ...this.cells.filter((cell) => cell.sequences.has(sequence)).map((cell) => cell.position));
    for (const [first, ...others] of batch.sequences) {
      for (const other of others) expect(last(other)).toBe(last(first!));
    }
  }
}

function pathOf(trie: TokenTrie, node: number): number[] {
  const path: number[] = [];
  for (let at = node; at >= 0; at = trie.parent[at]!) path.unshift(at);
  return path;
}

function checkPlan(trie: TokenTrie, batches: Batch[], limits: Limits): void {
  const decoded = new Set<number>();
  const cache = new SimulatedCache();
  for (const batch of batches) {
    expect(batch.nodes.length).toBeGreaterThan(0);
    expect(batch.nodes.length).toBeLessThanOrEqual(limits.batchRows);
    for (const list of batch.sequences) {
      expect(new Set(list).size).toBe(list.length);
      for (const sequence of list) expect(sequence).toBeLessThan(limits.sequences);
    }
    const seen = cache.apply(batch, trie);
    expect(cache.cells.length).toBeLessThanOrEqual(limits.contextTokens);
    for (const node of batch.nodes) {
      decoded.add(node);
      // Every row sees exactly the path that leads to it: each parent came before, and nothing else is visible.
      expect(seen.get(node)).toEqual(pathOf(trie, node));
    }
  }
  expect(decoded.size).toBe(trie.size);
}

const tokens = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 2, maxLength: 9 });
const answer = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 4 });
const items = fc.array(fc.record({ prompt: tokens, positive: answer, negative: answer }), {
  minLength: 1,
  maxLength: 5,
});
const branches = fc.array(
  fc.record({
    layer: fc.integer({ min: 0, max: 2 }),
    multiplier: fc.constantFrom(-1, 0, 1),
    start: fc.constantFrom('last-prompt-token' as const, 'all' as const),
  }),
  { minLength: 0, maxLength: 4 },
);

function makeCases(list: { prompt: number[]; positive: number[]; negative: number[] }[]): Case[] {
  const sequence = (prompt: number[], text: number[]): Sequence => ({
    tokens: Int32Array.from([...prompt, ...text]),
    lastPromptToken: prompt.length - 1,
    firstAnswerToken: prompt.length,
    letter: null,
    answerStart: prompt.length,
    answerEnd: prompt.length + text.length,
  });
  return list.map(({ prompt, positive, negative }, item) => ({
    id: `case/${item}`,
    item,
    positive: sequence(prompt, positive),
    negative: sequence(prompt, negative),
    seamMoved: false,
  }));
}

function layTrie(
  list: Parameters<typeof makeCases>[0],
  steps: Pick<Intervention, 'layer' | 'multiplier' | 'start'>[],
) {
  const interventions: Intervention[] = steps.map((step) => ({
    ...step,
    vector: new Float32Array(2),
    operator: 'add',
  }));
  return buildMeasureTrie({
    cases: makeCases(list),
    interventions,
    branches: [[], ...interventions.map((_, index) => [index])],
    tokens: 'answer',
    logprobs: false,
  });
}

describe('planBatches', () => {
  it('decodes every node once, after its parent, seeing its own path only, within the limits', () => {
    fc.assert(
      fc.property(items, branches, fc.integer({ min: 1, max: 40 }), (list, steps, batchRows) => {
        const { trie } = layTrie(list, steps);
        const limits = { batchRows, sequences: 64, contextTokens: 200 };
        const batches = planBatches(trie, limits);
        checkPlan(trie, batches, limits);
        expect(batches.reduce((sum, batch) => sum + batch.nodes.length, 0)).toBe(trie.size);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps tight limits of sequences and context by cutting batches early', () => {
    fc.assert(
      fc.property(items, branches, (list, steps) => {
        const { trie } = layTrie(list, steps);
        const limits = { batchRows: 30, sequences: 14, contextTokens: 40 };
        checkPlan(trie, planBatches(trie, limits), limits);
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same batches for the same cell', () => {
    fc.assert(
      fc.property(items, branches, (list, steps) => {
        const limits = { batchRows: 16, sequences: 64, contextTokens: 200 };
        expect(planBatches(layTrie(list, steps).trie, limits)).toEqual(
          planBatches(layTrie(list, steps).trie, limits),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('evaluates multiplier 0 once for all layers and shares what branches have in common', () => {
    const list = [{ prompt: [0, 1, 2, 0], positive: [1, 1], negative: [1, 2] }];
    const zero = (layer: number) => ({ layer, multiplier: 0, start: 'last-prompt-token' as const });
    const one = (layer: number) => ({ layer, multiplier: 1, start: 'last-prompt-token' as const });
    // Unsteered: 4 prompt tokens and the shared first answer token; the last answer tokens are predicted, not decoded.
    expect(layTrie(list, [zero(0), zero(1), zero(2)]).trie.size).toBe(5);
    // Each steered branch: its own last prompt token and first answer token.
    expect(layTrie(list, [one(0), one(1)]).trie.size).toBe(5 + 2 * 2);
  });

  it('says how much context a path needs when it does not fit', () => {
    const { trie } = layTrie([{ prompt: [0, 1, 2, 0, 1, 2], positive: [1, 1], negative: [1, 2] }], []);
    expect(() => planBatches(trie, { batchRows: 8, sequences: 8, contextTokens: 4 })).toThrow(
      /context holds 4 tokens/,
    );
  });
});

describe('planWholeSequences', () => {
  it('gives every leaf its whole path, one sequence after the other', () => {
    fc.assert(
      fc.property(items, branches, (list, steps) => {
        const { trie } = layTrie(list, steps);
        const limits = { batchRows: 5, sequences: 1, contextTokens: 40 };
        checkPlan(trie, planWholeSequences(trie, limits), limits);
      }),
      { numRuns: 50 },
    );
  });
});
