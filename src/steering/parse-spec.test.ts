import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSteering } from './parse-spec.ts';
import { checkSteering, steeringJsonSchema, steeringSchema } from './steering-value.ts';

const defaults = { multiplier: 1, operator: 'add', scope: { kind: 'response' }, when: null };

describe('the short form', () => {
  it.each<[string, object]>([
    ['sentiment', { vector: 'sentiment' }],
    ['sentiment@14', { vector: 'sentiment', layers: 14 }],
    ['sentiment@14:0.8', { vector: 'sentiment', layers: 14, multiplier: 0.8 }],
    ['sentiment:-2', { vector: 'sentiment', multiplier: -2 }],
    ['s@10-12:1e-1', { vector: 's', layers: [10, 11, 12], multiplier: 0.1 }],
    ['s@3,10-11:+.5', { vector: 's', layers: [3, 10, 11], multiplier: 0.5 }],
    ['s@all', { vector: 's', layers: 'all' }],
    ['a/b.c/sentiment.gguf@14:1', { vector: 'a/b.c/sentiment.gguf', layers: 14, multiplier: 1 }],
    ['C:\\vectors\\s.gguf@14:1', { vector: 'C:\\vectors\\s.gguf', layers: 14, multiplier: 1 }],
    ['user@host@14:1', { vector: 'user@host', layers: 14, multiplier: 1 }],
    ['s@14:1,operator=clamp', { vector: 's', layers: 14, operator: 'clamp' }],
    ['s@14,scope=prompt', { vector: 's', layers: 14, scope: { kind: 'prompt' } }],
    [
      's@14:1,scope=after:3,operator=ablate',
      { vector: 's', layers: 14, operator: 'ablate', scope: { kind: 'after', tokens: 3 } },
    ],
    [
      's@14:1,when=cosine(anger@12)>-0.2',
      { vector: 's', layers: 14, when: { vector: 'anger', layer: 12, measure: 'cosine', above: -0.2 } },
    ],
    [
      's@14:1,scope=first:2,when=projection(a@b@12)<1.5',
      {
        vector: 's',
        layers: 14,
        scope: { kind: 'first', tokens: 2 },
        when: { vector: 'a@b', layer: 12, measure: 'projection', below: 1.5 },
      },
    ],
  ])('%s', (text, entry) => {
    expect(parseSteering(text)).toEqual([{ ...defaults, ...entry }]);
  });

  it.each<[string, string]>([
    ['', 'VECTOR@LAYERS:MULTIPLIER'],
    ['s@14:1,size=3', 'there is no option "size"'],
    ['s@14:1,operator=add,operator=clamp', '"operator" is given twice'],
    ['s@14:1,operator=remove', 'operator is not valid'],
    ['s@14:1,scope=most', 'expected "prompt", "response", "all"'],
    ['s@14:1,when=anger>1', 'does not have the form cosine(VECTOR@LAYER)>NUMBER'],
    ['s@12-10', 'no range'],
    ['{"vector": ', 'not JSON'],
  ])('"%s" is refused', (text, reason) => {
    expect(() => parseSteering(text)).toThrow(
      expect.objectContaining({ code: 'steering-malformed', message: expect.stringContaining(reason) }),
    );
  });

  it('what it can say, it reads back as it was meant', () => {
    const number = fc.double({ min: -10, max: 10, noNaN: true }).map((value) => Math.fround(value) + 0);
    const name = fc.stringMatching(/^[a-z][a-z./_-]{0,10}[a-z]$/);
    fc.assert(
      fc.property(name, fc.nat(99), number, fc.nat(9), (vector, layer, multiplier, tokens) => {
        const [entry] = parseSteering(`${vector}@${layer}:${multiplier},scope=first:${tokens}`);
        expect(entry).toEqual({
          ...defaults,
          vector,
          layers: layer,
          multiplier,
          scope: { kind: 'first', tokens },
        });
      }),
    );
  });
});

describe('JSON', () => {
  it('one entry or a list; short forms of scopes', () => {
    expect(parseSteering('{"vector": "s,@:", "layers": [3, 4], "scope": "all"}')).toEqual([
      { ...defaults, vector: 's,@:', layers: [3, 4], scope: { kind: 'all' } },
    ]);
    expect(parseSteering('[]')).toEqual([]);
  });

  it.each<[unknown, string]>([
    [{ vector: 's' }, 'steering is not valid'],
    [[{ layers: 3 }], 'steering[0].vector'],
    [[{ vector: 's' }, { vector: 's', layers: -1 }], 'steering[1].layers'],
    [[{ vector: 's', layers: [] }], 'steering[0].layers'],
    [[{ vector: 's', multiplier: Number.NaN }], 'steering[0].multiplier'],
    [[{ vector: 's', multiplier: '1' }], 'steering[0].multiplier'],
    [[{ vector: 's', scope: { kind: 'first' } }], 'steering[0].scope'],
    [[{ vector: 's', strength: 1 }], 'Unrecognized key: "strength"'],
    [[{ vector: 's', when: { vector: 'w', layer: 1 } }], 'steering[0].when'],
    [[{ vector: 's', when: { vector: 'w', layer: 1, above: 1, below: 2 } }], 'above: number} or'],
    [Array(65).fill({ vector: 's' }), 'steering is not valid'],
  ])('%j is refused, naming the field', (value, reason) => {
    expect(() => checkSteering(value)).toThrow(
      expect.objectContaining({ code: 'steering-malformed', message: expect.stringContaining(reason) }),
    );
  });

  it('what is checked once passes again, unchanged', () => {
    const value = parseSteering('s@14:1,scope=after:3,when=cosine(anger@12)>0.2');
    expect(checkSteering(value)).toEqual(value);
    expect(steeringSchema.parse(JSON.parse(JSON.stringify(value)))).toEqual(value);
  });

  it('has a JSON Schema of what is given', () => {
    const schema = steeringJsonSchema() as {
      type: string;
      items: { required: string[]; properties: object };
    };
    expect(schema.type).toBe('array');
    expect(schema.items.required).toEqual(['vector']);
    expect(Object.keys(schema.items.properties)).toEqual([
      'vector',
      'layers',
      'multiplier',
      'operator',
      'scope',
      'when',
    ]);
  });
});
