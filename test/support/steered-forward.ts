import type { Intervention } from '../../src/interventions/intervention.ts';
import type { Sequence } from '../../src/prompts/case.ts';
import { type PlainForward, plainForward } from './plain-forward.ts';
import type { TinyLlama } from './tiny-llama.ts';

/** The plain forward pass of a sequence under interventions, in double precision, from the formulas of the operators. */
export function steeredForward(
  { shape, weights }: Pick<TinyLlama, 'shape' | 'weights'>,
  sequence: Sequence,
  interventions: Intervention[] = [],
): PlainForward {
  return plainForward(shape, weights, sequence.tokens, (block, position, h) =>
    interventions
      .filter(({ layer, start }) => layer === block && position >= firstPosition(start, sequence))
      .reduce((stream, intervention) => steered(intervention, stream), h),
  );
}

/** What `measure` must give for a sequence: logits of the wanted tokens and the log of Σ exp over their rows. */
export function expectedAnswer(
  model: Pick<TinyLlama, 'shape' | 'weights'>,
  sequence: Sequence,
  interventions: Intervention[],
  wanted: 'letter' | 'answer',
): { logits: number[]; logSumExp: number[] } {
  const { logits } = steeredForward(model, sequence, interventions);
  const { letter, answerStart, answerEnd, tokens } = sequence;
  const [from, to] = wanted === 'letter' ? [letter!, letter! + 1] : [answerStart, answerEnd];
  const positions = Array.from({ length: to - from }, (_, index) => from + index);
  return {
    logits: positions.map((position) => logits[position - 1]![tokens[position]!]!),
    logSumExp: positions.map((position) =>
      Math.log(logits[position - 1]!.reduce((sum, logit) => sum + Math.exp(logit), 0)),
    ),
  };
}

function firstPosition(start: Intervention['start'], sequence: Sequence): number {
  return {
    all: 0,
    'last-prompt-token': sequence.lastPromptToken,
    'first-answer-token': sequence.firstAnswerToken,
  }[start];
}

function steered(
  { operator, vector, multiplier }: Pick<Intervention, 'operator' | 'vector' | 'multiplier'>,
  h: Float64Array,
): Float64Array {
  const v = Float64Array.from(vector);
  const length = (x: Float64Array) => Math.hypot(...x);
  const unit = v.map((value) => value / length(v));
  const along = h.reduce((sum, value, i) => sum + value * unit[i]!, 0);
  switch (operator) {
    case 'add':
      return h.map((value, i) => value + multiplier * v[i]!);
    case 'ablate':
      return h.map((value, i) => value - along * unit[i]!);
    case 'ablate-then-add':
      return h.map((value, i) => value - along * unit[i]! + multiplier * v[i]!);
    case 'norm-preserving-add': {
      const sum = h.map((value, i) => value + multiplier * v[i]!);
      return sum.map((value) => (value * length(h)) / length(sum));
    }
    case 'clamp':
      return h.map((value, i) => value + (multiplier * length(v) - along) * unit[i]!);
  }
}

/** An intervention on stated rows. */
export interface RowIntervention extends Pick<Intervention, 'layer' | 'vector' | 'multiplier' | 'operator'> {
  from: number;
  to: number;
}

/** The plain forward pass of a whole text, the interventions acting on rows from `from` up to, not including, `to`. */
export function rowSteeredForward(
  { shape, weights }: Pick<TinyLlama, 'shape' | 'weights'>,
  tokens: ArrayLike<number>,
  interventions: RowIntervention[],
): PlainForward {
  return plainForward(shape, weights, tokens, (block, position, h) =>
    interventions
      .filter(({ layer, from, to }) => layer === block && position >= from && position < to)
      .reduce((stream, intervention) => steered(intervention, stream), h),
  );
}
