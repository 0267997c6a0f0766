import fc from 'fast-check';
import { expect, it } from 'vitest';
import { logSumExp } from './log-sum-exp.ts';

it('equals the sum of Math.exp to 1e-11', () => {
  fc.assert(
    fc.property(
      fc.float32Array({ minLength: 1, maxLength: 300, noNaN: true, min: -80, max: 80 }),
      (logits) => {
        const largest = Math.max(...logits);
        const plain = largest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
        expect(Math.abs(logSumExp(logits) - plain)).toBeLessThan(1e-11 * Math.max(1, Math.abs(plain)));
      },
    ),
  );
});
