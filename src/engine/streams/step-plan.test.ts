import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planPromptPiece, planRuns } from './step-plan.ts';

describe('the piece of prompt that comes next', () => {
  it('is the oldest prompt, whole where it fits', () => {
    expect(planPromptPiece([{ slot: 3, left: 40 }], 64, 2)).toEqual({ slots: [3], rowsEach: 40 });
    expect(planPromptPiece([{ slot: 3, left: 100 }], 64, 2)).toEqual({ slots: [3], rowsEach: 64 });
  });

  it('leaves no single row', () => {
    expect(planPromptPiece([{ slot: 0, left: 65 }], 64, 2).rowsEach).toBe(63);
    expect(planPromptPiece([{ slot: 0, left: 66 }], 64, 4).rowsEach).toBe(62);
  });

  it('is short only where the prompt is', () => {
    expect(planPromptPiece([{ slot: 0, left: 1 }], 64, 2).rowsEach).toBe(1);
  });

  it('takes neighbours along that have about as many rows left', () => {
    const prompts = [2, 3, 1, 7].map((slot) => ({ slot, left: 2 }));
    expect(planPromptPiece(prompts, 64, 2)).toEqual({ slots: [1, 2, 3], rowsEach: 2 });
    const uneven = [
      { slot: 2, left: 20 },
      { slot: 3, left: 25 },
      { slot: 4, left: 3 },
    ];
    expect(planPromptPiece(uneven, 64, 2)).toEqual({ slots: [2, 3], rowsEach: 20 });
  });

  it('always keeps its limits', () => {
    const prompt = fc.record({ slot: fc.nat(12), left: fc.integer({ min: 1, max: 300 }) });
    const prompts = fc.uniqueArray(prompt, { selector: ({ slot }) => slot, minLength: 1 });
    fc.assert(
      fc.property(
        prompts,
        fc.integer({ min: 16, max: 128 }),
        fc.integer({ min: 1, max: 8 }),
        (list, most, least) => {
          const { slots, rowsEach } = planPromptPiece(list, most, least);
          expect(slots).toContain(list[0]!.slot);
          expect(slots.length * rowsEach).toBeLessThanOrEqual(Math.max(most, rowsEach));
          expect(rowsEach).toBeLessThanOrEqual(most);
          slots.forEach((slot, place) => {
            if (place > 0) expect(slot).toBe(slots[place - 1]! + 1);
            const { left } = list.find((one) => one.slot === slot)!;
            expect(rowsEach === left || (rowsEach >= least && left - rowsEach >= least)).toBe(true);
          });
        },
      ),
    );
  });
});

describe('runs of rows', () => {
  it('bridge narrow gaps', () => {
    expect(planRuns([0, 1, 2])).toEqual([[0, 1, 2]]);
    expect(planRuns([0, 5, 6])).toEqual([[0, 5, 6]]);
    expect(planRuns([0, 6, 7, 20])).toEqual([[0], [6, 7], [20]]);
    expect(planRuns([])).toEqual([]);
  });
});
