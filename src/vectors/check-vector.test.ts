import { describe, expect, it } from 'vitest';
import { checkVector } from './check-vector.ts';
import type { SteeringVector } from './steering-vector.ts';

const model = { name: 'Tiny', architecture: 'llama', width: 2, blocks: 4, hash: 'aaaa' };
const vector: SteeringVector = {
  layers: new Map([[3, Float32Array.of(1, 2)]]),
  width: 2,
  method: 'lda',
  readPosition: 'letter',
  trainingPairs: 9,
  behaviour: 'b',
  dataHash: 'd',
  modelName: 'Tiny',
  architecture: 'llama',
  modelHash: 'aaaa',
  producedBy: 'steerbench',
};

describe('checkVector', () => {
  it('finds nothing wrong with a vector of this model, up to its last block', () => {
    expect(checkVector(vector, model)).toEqual([]);
  });

  it('refuses another width, naming both', () => {
    expect(() => checkVector({ ...vector, width: 3 }, model)).toThrow(
      expect.objectContaining({
        code: 'vector-dimension',
        message: 'the vector has width 3; the model "Tiny" has 2',
      }),
    );
  });

  it('refuses a block that the model lacks', () => {
    expect(() => checkVector(vector, { ...model, blocks: 3 })).toThrow(
      expect.objectContaining({
        code: 'layer-out-of-range',
        message: 'the vector has layer 3; the model "Tiny" has 3 blocks (0 to 2)',
      }),
    );
  });

  it('warns of another model file, naming both hashes', () => {
    const [warning, ...more] = checkVector({ ...vector, modelHash: 'bbbb' }, model);
    expect(more).toEqual([]);
    expect(warning).toContain('"Tiny", a file with sha256 bbbb');
    expect(warning).toContain('has aaaa');
    expect(checkVector({ ...vector, modelHash: 'bbbb', modelName: null }, model)[0]).toContain(
      'a model file with sha256 bbbb',
    );
  });

  it('warns where the file says nothing, or names another architecture', () => {
    expect(checkVector({ ...vector, modelHash: null }, model)).toEqual([
      'the vector does not say which model it was extracted from; only its width could be checked',
    ]);
    expect(checkVector({ ...vector, architecture: 'qwen2' }, model)[0]).toContain('"qwen2"');
    expect(checkVector({ ...vector, architecture: null }, model)).toEqual([]);
  });
});
