import { describe, expect, it } from 'vitest';
import { chooseLayer, shortlistLayers } from './layer-choice.ts';

const profile = (...separabilities: (number | null)[]) =>
  separabilities.map((separability, layer) => ({ layer, separability }));

describe('shortlistLayers', () => {
  it('takes the six most separable layers, in ascending order', () => {
    expect(shortlistLayers(profile(1, 9, 2, 8, 3, 7, 4, 6, 5))).toEqual([1, 3, 5, 6, 7, 8]);
  });

  it('prefers the earlier of equal layers, and any layer to one without a separability', () => {
    expect(shortlistLayers(profile(1, 5, 1, 5, 1, 5, 1, 1))).toEqual([0, 1, 2, 3, 4, 5]);
    expect(shortlistLayers(profile(null, 1, null, 1, 1, -2, 1, 1, 1))).toEqual([1, 3, 4, 6, 7, 8]);
    expect(shortlistLayers(profile(null, null, 0.1))).toEqual([0, 1, 2]);
    expect(shortlistLayers([])).toEqual([]);
  });

  it('keeps the layers of a model that were looked at, whatever their order', () => {
    expect(
      shortlistLayers([
        { layer: 20, separability: 1 },
        { layer: 10, separability: 2 },
      ]),
    ).toEqual([10, 20]);
  });
});

describe('chooseLayer', () => {
  it('takes the highest mean minus standard error, and says so in one sentence with the numbers', () => {
    // Layer 9: mean 3, sd √2, standard error 1, so 2. Layer 12: mean 3.5, sd √12.5, standard error 2.5, so 1.
    const choice = chooseLayer([
      { layer: 12, slopes: [1, 6] },
      { layer: 9, slopes: [2, 4] },
    ]);
    expect(choice).toEqual({
      layer: 9,
      reason:
        'Layer 9: its mean slope less the standard error, 3 - 1 = 2, is the highest of the 2 layers tried (9, 12), on 2 validation items.',
    });
  });

  it('gives a tie to the earlier layer', () => {
    const equal = [14, 8, 11].map((layer) => ({ layer, slopes: [1, 2, 3] }));
    expect(chooseLayer(equal).layer).toBe(8);
  });

  it('chooses the least bad layer where all steer the wrong way', () => {
    expect(
      chooseLayer([
        { layer: 1, slopes: [-3, -3] },
        { layer: 2, slopes: [-1, -1] },
      ]).layer,
    ).toBe(2);
  });

  it('leaves out layers without two slopes', () => {
    const choice = chooseLayer([
      { layer: 1, slopes: [100] },
      { layer: 2, slopes: [1, 2] },
    ]);
    expect(choice.layer).toBe(2);
    expect(choice.reason).toContain('the only layer tried');
    expect(chooseLayer([{ layer: 1, slopes: [1] }])).toEqual({
      layer: null,
      reason: 'No layer has the two validation slopes that a standard error needs.',
    });
  });
});
