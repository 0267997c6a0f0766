import { describe, expect, it } from 'vitest';
import { exampleResult } from '../../test/support/example-result.ts';
import { parseResult, resultVersion } from './schema.ts';

describe('parseResult', () => {
  it('reads a document of version 1, with what it lacks as not measured', () => {
    const { dPrime, rocAuc, ...vector } = exampleResult().vector!;
    const now = exampleResult();
    const old = {
      ...now,
      version: 1,
      vector: { ...vector, dPrime: 2.61, rocAuc: 0.965 },
      generations: now.generations.map((generation) => ({
        ...generation,
        continuations: generation.continuations.map(({ multiplier, text }) => ({ multiplier, text })),
      })),
    };
    const read = parseResult(JSON.parse(JSON.stringify(old)));
    expect(read.version).toBe(resultVersion);
    expect(read.vector).toMatchObject({ dPrime: { value: 2.61, low: null }, overlap: null });
    expect(read.vector!.dPrime!.reason).not.toBeNull();
    expect(read.generations[0]!.continuations[0]!.score).toBeNull();
    expect(read).toMatchObject({ ood: null, bias: null, ranges: [], settings: [] });
    expect([dPrime, rocAuc]).toHaveLength(2);
  });

  it('refuses a document of a later version by its number', () => {
    const later = { ...exampleResult(), version: resultVersion + 1 };
    expect(() => parseResult(later)).toThrow(`version ${resultVersion + 1}`);
  });
});
