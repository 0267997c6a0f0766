import { describe, expect, it } from 'vitest';
import { randomVector } from '../../test/support/cases.ts';
import type { Reading } from './import/readings.ts';
import { weighReadings } from './weigh-readings.ts';

const readings: Reading[] = [
  { producers: [], measured: 0, because: null },
  { producers: [], measured: -1, because: null },
];
/** Vectors of ten blocks, of which neighbours are alike (cosine about 0.9). */
const blocks = Array.from({ length: 10 }, (_, block) => {
  const common = randomVector(200, 3, 1);
  const own = randomVector(200, 1, 100 + block);
  return common.map((value, i) => value + own[i]!);
});
const extracted = new Map(blocks.map((values, block) => [block, values]));

/** A file whose number N holds a noisy vector of block N + shift. */
function file(shift: number, from = 1, sign = 1) {
  return Array.from({ length: 9 - from }, (_, place) => {
    const index = from + place;
    const noise = randomVector(200, 2, 500 + index);
    const values = blocks[index + shift]!.map((value, i) => sign * (value + noise[i]!));
    return { name: `direction.${index}`, index, values };
  });
}

describe('weighReadings', () => {
  it.each([
    ['the block itself', 0, 1, 0],
    ['the block before', -1, 1, 1],
    ['the block before, with the sign turned round', -1, -1, 1],
  ])('points to %s', (_, shift, sign, expected) => {
    const weighed = weighReadings(file(shift, 1, sign), readings, extracted);
    expect(weighed).toMatchObject({ pointsTo: expected, compared: 8 });
    expect(weighed.closest[expected]).toBe(8);
  });

  it('computes the cosines of each reading, and their means over what all readings have', () => {
    const layers = new Map([
      [1, Float32Array.of(1, 0)],
      [2, Float32Array.of(0, 1)],
    ]);
    const entries = [1, 2, 3].map((index) => ({ name: `${index}`, index, values: Float32Array.of(0, 2) }));
    expect(weighReadings(entries, readings, layers)).toEqual({
      entries: [
        { stored: '1', cosines: [0, null] },
        { stored: '2', cosines: [1, 0] },
        { stored: '3', cosines: [null, 1] },
      ],
      meanCosines: [1, 0],
      closest: [1, 0],
      compared: 1,
      // One entry is no evidence; eight of eight are (p = 0.0078), seven of seven are not (0.0156).
      pointsTo: null,
    });
  });

  it('asks for eight entries at least', () => {
    expect(weighReadings(file(-1, 1), readings, extracted).pointsTo).toBe(1);
    expect(weighReadings(file(-1, 2), readings, extracted)).toMatchObject({
      pointsTo: null,
      closest: [0, 7],
    });
  });

  it('does not tell where the vectors have nothing to do with the model, or with each other', () => {
    const unrelated = file(0).map((entry, i) => ({ ...entry, values: randomVector(200, 1, 900 + i) }));
    expect(weighReadings(unrelated, readings, extracted).pointsTo).toBeNull();
    const same = new Map(blocks.map((_, block) => [block, blocks[0]!]));
    expect(weighReadings(file(0), readings, same)).toMatchObject({ pointsTo: null, closest: [0, 0] });
  });
});
