import type { Case, Sequence } from '../../prompts/case.ts';

/** A sequence as a cell holds it: tokens as plain numbers. */
export interface StoredSequence extends Omit<Sequence, 'tokens'> {
  tokens: number[];
}

/** A case as a cell holds it. */
export interface StoredCase extends Omit<Case, 'positive' | 'negative'> {
  positive: StoredSequence;
  negative: StoredSequence;
}

/** A sequence in the form that JSON keeps. */
export function storeSequence(sequence: Sequence): StoredSequence {
  return { ...sequence, tokens: [...sequence.tokens] };
}

/** A sequence as the engine takes it. */
export function reviveSequence(sequence: StoredSequence): Sequence {
  return { ...sequence, tokens: Int32Array.from(sequence.tokens) };
}

/** A case in the form that JSON keeps. */
export function storeCase(item: Case): StoredCase {
  return { ...item, positive: storeSequence(item.positive), negative: storeSequence(item.negative) };
}

/** A case as the engine takes it. */
export function reviveCase(item: StoredCase): Case {
  return { ...item, positive: reviveSequence(item.positive), negative: reviveSequence(item.negative) };
}
