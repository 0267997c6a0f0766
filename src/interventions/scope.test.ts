import { describe, expect, it } from 'vitest';
import { gateConflict, measureGate } from './gate.ts';
import { rowsOfScope, type Scope, scopeOfStart } from './scope.ts';

const infinity = Number.POSITIVE_INFINITY;

describe('rows of a scope', () => {
  // Five prompt tokens: rows 0 to 3 predict prompt tokens, row 4 the first answer token.
  it.each<[Scope, number, number]>([
    [{ kind: 'prompt' }, 0, 4],
    [{ kind: 'response' }, 4, infinity],
    [{ kind: 'all' }, 0, infinity],
    [{ kind: 'first', tokens: 2 }, 4, 6],
    [{ kind: 'first', tokens: 0 }, 4, 4],
    [{ kind: 'after', tokens: 2 }, 6, infinity],
    [{ kind: 'after', tokens: 0 }, 4, infinity],
  ])('%j', (scope, from, to) => {
    expect(rowsOfScope(scope, 5)).toEqual({ from, to });
  });

  it('prompt and response, first n and after n: each row once', () => {
    const rows = (scope: Scope) => rowsOfScope(scope, 5);
    expect(rows({ kind: 'prompt' }).to).toBe(rows({ kind: 'response' }).from);
    expect(rows({ kind: 'first', tokens: 3 }).to).toBe(rows({ kind: 'after', tokens: 3 }).from);
  });

  it('one prompt token: no prompt row', () => {
    expect(rowsOfScope({ kind: 'prompt' }, 1)).toEqual({ from: 0, to: 0 });
  });

  it.each([-1, 1.5, Number.NaN])('refuses %d tokens', (tokens) => {
    expect(() => rowsOfScope({ kind: 'first', tokens }, 5)).toThrow(RangeError);
  });

  it('the starts of a measurement', () => {
    expect(rowsOfScope(scopeOfStart('all'), 5)).toEqual({ from: 0, to: infinity });
    expect(rowsOfScope(scopeOfStart('last-prompt-token'), 5)).toEqual({ from: 4, to: infinity });
    expect(rowsOfScope(scopeOfStart('first-answer-token'), 5)).toEqual({ from: 5, to: infinity });
  });
});

describe('a gate', () => {
  const vector = Float32Array.of(3, 4);
  const gate = { layer: 2, vector, threshold: 10 } as const;

  // h = (10, 5): h·w/‖w‖ = (30 + 20)/5 = 10; ‖h‖ = √125.
  it('projection, by hand; the threshold itself is open on either side', () => {
    const h = Float32Array.of(10, 5);
    expect(measureGate({ ...gate, measure: 'projection', open: 'above' }, h)).toEqual({
      value: 10,
      open: true,
    });
    expect(measureGate({ ...gate, measure: 'projection', open: 'below' }, h)).toEqual({
      value: 10,
      open: true,
    });
    const above = { ...gate, measure: 'projection', open: 'above', threshold: 10.01 } as const;
    expect(measureGate(above, h).open).toBe(false);
  });

  it('cosine, by hand', () => {
    const { value, open } = measureGate(
      { ...gate, measure: 'cosine', open: 'below', threshold: 0.9 },
      Float32Array.of(10, 5),
    );
    expect(value).toBeCloseTo(10 / Math.sqrt(125), 12);
    expect(open).toBe(true);
  });

  it('is closed, without a value, where the stream has no length or is not finite', () => {
    const cosine = { ...gate, measure: 'cosine', open: 'above', threshold: -1 } as const;
    expect(measureGate(cosine, Float32Array.of(0, 0))).toEqual({ value: null, open: false });
    expect(measureGate(cosine, Float32Array.of(Number.NaN, 1))).toEqual({ value: null, open: false });
  });

  it('refuses a zero vector', () => {
    expect(() =>
      measureGate(
        { ...gate, vector: new Float32Array(2), measure: 'cosine', open: 'above' },
        Float32Array.of(1, 1),
      ),
    ).toThrow(new RangeError('the zero vector has no direction; gate at layer 2'));
  });
});

describe('what a gate at layer 10 can act on', () => {
  const conflict = (scope: Scope, layer: number) => gateConflict(scope, layer, { layer: 10 });

  it.each<[Scope]>([[{ kind: 'prompt' }], [{ kind: 'all' }]])('not %j, at any layer', (scope) => {
    for (const layer of [0, 10, 29]) expect(conflict(scope, layer)).toContain('before the prompt');
  });

  it.each<[Scope]>([[{ kind: 'response' }], [{ kind: 'first', tokens: 3 }], [{ kind: 'after', tokens: 0 }]])(
    '%j at its layer and above, where the last prompt row has not been yet',
    (scope) => {
      expect(conflict(scope, 9)).toContain('has passed layer 9');
      expect(conflict(scope, 10)).toBeNull();
      expect(conflict(scope, 29)).toBeNull();
    },
  );

  it('`after` 1 and `first` 0 at any layer', () => {
    expect(conflict({ kind: 'after', tokens: 1 }, 0)).toBeNull();
    expect(conflict({ kind: 'first', tokens: 0 }, 0)).toBeNull();
  });
});
