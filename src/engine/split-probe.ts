import type { EngineParts } from './llama-engine.ts';
import { probeRows } from './probe.ts';
import type { UpperBlocks } from './upper-blocks.ts';

/** Largest absolute difference of the logits of a short text, computed whole and split at a layer. */
export function largestSplitDifference(
  { facts, context }: EngineParts,
  { layer, context: upper }: UpperBlocks,
): number {
  const rows = probeRows(facts.vocabulary);
  const stream = rows.map(() => new Float32Array(facts.width));
  context.clear();
  context.decode(rows, {
    asks: (name) => name === `l_out-${layer}`,
    visits: (_name, tensor) => {
      for (const [row, h] of stream.entries()) tensor.readRows(row, h);
      return true;
    },
  });
  const whole = context.logits(rows.length - 1).slice();
  context.clear();
  upper.clear();
  upper.decode(
    rows.map((row, index) => ({ ...row, embedding: stream[index]! })),
    null,
  );
  const split = upper.logits(rows.length - 1);
  upper.clear();
  let largest = 0;
  for (let token = 0; token < whole.length; token++) {
    const difference = Math.abs(whole[token]! - split[token]!);
    // A NaN must not pass.
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}
