import { describe, expect, it } from 'vitest';
import type { SteeringVector } from '../vectors/steering-vector.ts';
import { appliedSteering, appliedSteeringSchema } from './applied-steering.ts';
import { type DamageLimit, damageWarnings, dosesOf } from './dose.ts';
import { parseSteering } from './parse-spec.ts';
import { resolveSteering } from './resolve-steering.ts';
import { fileVectors, type NamedVector } from './vector-source.ts';

const facts = { name: 'tiny', architecture: 'llama', width: 2, blocks: 6, hash: 'f00d' };

/** At layer N the vector is (3, 4)·factor, of norm 5·factor; at layer 5 it is zero. */
function named(name: string, layers: number[], factor = 1, more: Partial<SteeringVector> = {}): NamedVector {
  const values = (layer: number) =>
    layer === 5 ? new Float32Array(2) : Float32Array.of(3 * factor, 4 * factor);
  return {
    name,
    hash: `hash of ${name}`,
    vector: {
      layers: new Map(layers.map((layer) => [layer, values(layer)])),
      width: 2,
      method: 'mean-difference',
      readPosition: null,
      trainingPairs: null,
      behaviour: null,
      dataHash: null,
      modelName: null,
      architecture: null,
      modelHash: 'f00d',
      producedBy: null,
      ...more,
    },
  };
}

const vectors = fileVectors(
  new Map(
    [
      named('s', [1, 2, 3, 5]),
      named('single', [2]),
      named('twin', [2]),
      named('double', [1, 2, 3], 2),
      named('wide', [1], 1, { width: 3 }),
      named('foreign', [2], 1, { modelHash: 'beef', modelName: 'other' }),
    ].map((one) => [one.name, one]),
  ),
);
const resolve = (...texts: string[]) => resolveSteering(texts.flatMap(parseSteering), facts, vectors);

describe('a value resolved against a model', () => {
  it('is one intervention for each entry and layer', async () => {
    const { interventions, entries, gates, warnings } = await resolve('s@1,3:0.5', 'single,scope=first:2');
    expect(interventions).toEqual([
      {
        layer: 1,
        vector: Float32Array.of(3, 4),
        multiplier: 0.5,
        operator: 'add',
        scope: { kind: 'response' },
        gate: null,
      },
      expect.objectContaining({ layer: 3, multiplier: 0.5 }),
      expect.objectContaining({ layer: 2, multiplier: 1, scope: { kind: 'first', tokens: 2 } }),
    ]);
    expect(entries.map((entry) => entry.interventions)).toEqual([[0, 1], [2]]);
    expect(entries[1]!.vector).toEqual({ name: 'single', hash: 'hash of single' });
    expect({ gates, warnings }).toEqual({ gates: [], warnings: [] });
  });

  it('lets equal conditions be one gate', async () => {
    const { gates, interventions, conditions } = await resolve(
      's@2:1,when=cosine(s@1)>0.2',
      's@3:1,when=cosine(s@1)>0.2',
      's@3:1,when=cosine(s@1)<0.2',
    );
    expect(gates).toHaveLength(2);
    expect(interventions.map(({ gate }) => gate)).toEqual([0, 0, 1]);
    expect(conditions[1]!.gate).toMatchObject({ open: 'below', threshold: 0.2, measure: 'cosine' });
  });

  it.each<[string, string, string]>([
    ['s', 'steering-malformed', 'steering[0].layers is not valid: "s" has 4 layers, and none is chosen'],
    ['s@4', 'steering-malformed', '"s" has no layer 4'],
    ['absent@1', 'vector-not-found', 'there is no vector "absent"'],
    ['wide@1', 'vector-dimension', 'width 3'],
    ['s@5:1,operator=ablate', 'steering-malformed', 'it has no direction to "ablate"'],
    ['s@2:1,when=cosine(s@4)>1', 'steering-malformed', 'the condition vector "s" has no layer 4'],
    ['s@2:1,when=cosine(s@5)>1', 'steering-malformed', 'the condition vector "s" is zero at layer 5'],
    [
      's@2:1,scope=all,when=cosine(s@1)>1',
      'steering-malformed',
      'steering[0].when is not valid: the scope "all"',
    ],
    ['s@2:1,scope=prompt,when=cosine(s@1)>1', 'steering-malformed', 'computed before the gate is decided'],
    ['s@2:1,when=cosine(s@3)>1', 'steering-malformed', 'has passed layer 2'],
  ])('%s is refused', async (text, code, message) => {
    await expect(resolve(text)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });

  it('a gate above the layer is fine after the first answer token', async () => {
    expect((await resolve('s@2:1,scope=after:1,when=cosine(s@3)>1')).gates).toHaveLength(1);
  });

  it('passes on what is known of the vector', async () => {
    expect((await resolve('foreign')).warnings).toEqual([
      expect.stringMatching(/^"foreign": the vector was extracted from "other"/),
    ]);
  });
});

describe('the fingerprint', () => {
  const of = async (...texts: string[]) => (await resolve(...texts)).fingerprint;

  it('is the same for the same steering, whatever it is called', async () => {
    expect(await of('single')).toBe(await of('twin@2:1,scope=response'));
    // Layers commute, and what changes nothing is nothing.
    expect(await of('s@1:2', 's@3:1')).toBe(await of('s@3:1', 's@1:2', 's@2:0'));
    expect(await of()).toBe(await of('s@2:0'));
    expect(await of('s@2:1,operator=ablate')).toBe(await of('s@2:7,operator=ablate'));
  });

  it('differs with everything that acts', async () => {
    const texts = [
      ['s@2:1'],
      ['s@3:1'],
      ['s@2:2'],
      ['double@2:1'],
      ['s@2:1,operator=clamp'],
      ['s@2:1,scope=all'],
      ['s@2:1,scope=after:1'],
      ['s@2:1,scope=after:2'],
      ['s@2:1,when=cosine(s@1)>0.2'],
      ['s@2:1,when=cosine(s@1)>0.3'],
      ['s@2:1,when=cosine(s@1)<0.2'],
      ['s@2:1,when=projection(s@1)>0.2'],
      ['s@2:1', 's@2:1'],
      ['s@2:1', 's@2:1,operator=ablate'],
      ['s@2:1,operator=ablate', 's@2:1'],
    ];
    const found = await Promise.all(texts.map((text) => of(...text)));
    expect(new Set(found).size).toBe(texts.length);
  });
});

describe('the dose', () => {
  it('is the length of the step as a share of the stream, by hand', async () => {
    // ‖λv‖ = 0.8 · 5 = 4, and 2 · 10 = 20.
    const steering = await resolve('s@1,2:-0.8', 'double@3:2', 's@2:1,operator=ablate');
    expect(
      dosesOf(
        steering,
        new Map([
          [1, 40],
          [3, 50],
        ]),
      ),
    ).toEqual([
      { entry: 0, layer: 1, share: 0.1, reason: null },
      {
        entry: 0,
        layer: 2,
        share: null,
        reason: 'the norm of the residual stream at layer 2 was not measured',
      },
      { entry: 1, layer: 3, share: 0.4, reason: null },
      { entry: 2, layer: 2, share: null, reason: expect.stringContaining('no step of its own') },
    ]);
  });

  it('warns above the longest step that an audit found harmless', async () => {
    const limit: DamageLimit = { layer: 2, operator: 'add', multiplier: 1.5, norm: 5, behaviour: 'joy' };
    const warnings = async (text: string, more: Partial<DamageLimit> = {}) =>
      damageWarnings(
        await resolve(text),
        new Map(['s', 'double'].map((name) => [name, { ...limit, ...more }])),
      );
    expect(await warnings('s@2:1.5')).toEqual([]);
    expect(await warnings('s@2:-3')).toEqual([
      '"s" at layer 2: the step is 2.00 times as long as the longest that the audit of "joy" tested without damage (multiplier 1.5)',
    ]);
    // Twice as long a vector: 1 · 10 against 1.5 · 5.
    expect(await warnings('double@2:1')).toEqual([expect.stringContaining('1.33 times')]);
    expect(await warnings('double@2:1', { norm: null })).toEqual([]);
    expect(await warnings('s@3:9')).toEqual([]);
    expect(await warnings('s@2:9,operator=clamp')).toEqual([]);
    expect(await warnings('single@2:9')).toEqual([]);
  });
});

describe('the record of what was applied', () => {
  it('names vectors, layers, rows and gates', async () => {
    const steering = await resolve('s@1,3:0.5,scope=all', 'single,when=cosine(s@1)>0.2');
    const record = appliedSteering(steering, {
      positions: [40, 41, 0],
      gates: [{ value: 0.1, open: false }],
    });
    expect(record).toEqual({
      fingerprint: steering.fingerprint,
      entries: [
        {
          vector: 's',
          hash: 'hash of s',
          layers: [1, 3],
          multiplier: 0.5,
          operator: 'add',
          scope: { kind: 'all' },
          positions: [40, 41],
          gate: null,
        },
        {
          vector: 'single',
          hash: 'hash of single',
          layers: [2],
          multiplier: 1,
          operator: 'add',
          scope: { kind: 'response' },
          positions: [0],
          gate: {
            vector: 's',
            hash: 'hash of s',
            layer: 1,
            measure: 'cosine',
            above: 0.2,
            value: 0.1,
            open: false,
          },
        },
      ],
    });
    expect(appliedSteeringSchema.parse(record)).toEqual(record);
  });

  it('of an answer that was cancelled before its gate was decided', async () => {
    const steering = await resolve('single,when=projection(s@1)<0.2');
    const { entries } = appliedSteering(steering, { positions: [0], gates: [null] });
    expect(entries[0]!.gate).toMatchObject({ below: 0.2, value: null, open: false });
  });
});
