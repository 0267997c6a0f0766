import type { RunOptions } from '../run-options.ts';

/** Where activations are read in a format: at the answer letter, or over the answer's own tokens. */
export function readPosition({ format }: Pick<RunOptions, 'format'>): 'letter' | 'answer-mean' {
  return format === 'multiple-choice' ? 'letter' : 'answer-mean';
}
