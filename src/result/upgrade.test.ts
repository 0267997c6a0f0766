import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exampleResult } from '../../test/support/example-result.ts';
import { parseResult, resultVersion } from './schema.ts';

const version1 = JSON.parse(
  readFileSync(new URL('../../test/support/result-v1.json', import.meta.url), 'utf8'),
);

describe('parseResult', () => {
  it('reads a document of version 1, with what it lacks as not measured', () => {
    expect(version1.version).toBe(1);
    const read = parseResult(version1);
    expect(read.version).toBe(resultVersion);
    expect(read.vector).toMatchObject({
      dPrime: { value: 2.61, low: null },
      rocAuc: { value: 0.965, low: null },
      overlap: null,
    });
    expect(read.vector!.dPrime!.reason).not.toBeNull();
    expect(read.steerability!.kurtosis).toMatchObject({ value: null, reason: expect.any(String) });
    expect(read.generations[0]!.continuations.map(({ score }) => score)).toEqual([null, null, null]);
    expect(read.items.map(({ swappedSlope }) => swappedSlope)).toEqual([null, null, null]);
    expect(read).toMatchObject({ ood: null, bias: null, ranges: [], settings: [], profile: 'corrected' });
    expect(read).toMatchObject({ split: { leaked: 0 }, randomNull: { tailP: null }, damage: null });
  });

  it('keeps every value that version 1 held', () => {
    const read = parseResult(version1) as unknown as Record<string, unknown>;
    for (const name of ['behaviour', 'model', 'competence', 'layers', 'curve', 'lexical', 'dose', 'work']) {
      expect(read[name]).toMatchObject(version1[name]);
    }
  });

  it('refuses a document of a later version by its number', () => {
    const later = { ...exampleResult(), version: resultVersion + 1 };
    expect(() => parseResult(later)).toThrow(`version ${resultVersion + 1}`);
  });
});
