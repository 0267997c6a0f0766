import type { Case, Sequence } from '../prompts/case.ts';
import type { ReadPosition } from './engine.ts';
import { TokenTrie } from './trie.ts';

/** Where one sequence is read: nodes in order of position, summed up or kept apart. */
export interface SequenceReads {
  nodes: number[];
}

/** The trie of a capture. */
export interface CaptureTrie {
  trie: TokenTrie;
  /** Per case: reads of the positive and of the negative sequence. */
  reads: { positive: SequenceReads; negative: SequenceReads }[];
}

/**
 * Lays the unsteered sequences of some cases into one trie, up to the last position that is read.
 *
 * @param wantOutputs whether the read rows must be outputs, as the last block's are
 * @throws RangeError when the letter is asked of a case that has none
 */
export function buildCaptureTrie(cases: Case[], position: ReadPosition, wantOutputs: boolean): CaptureTrie {
  const trie = new TokenTrie();
  const lay = (item: Case, sequence: Sequence): SequenceReads => {
    const positions = readPositions(item, sequence, position);
    const path: number[] = [];
    for (let at = 0; at <= positions.at(-1)!; at++)
      path.push(trie.child(path[at - 1] ?? -1, sequence.tokens[at]!, 0));
    const nodes = positions.map((at) => path[at]!);
    if (wantOutputs) for (const node of nodes) trie.output[node] = 1;
    return { nodes };
  };
  const reads = cases.map((item) => ({
    positive: lay(item, item.positive),
    negative: lay(item, item.negative),
  }));
  return { trie, reads };
}

function readPositions(item: Case, sequence: Sequence, position: ReadPosition): number[] {
  switch (position) {
    case 'letter':
      if (sequence.letter === null) throw new RangeError(`case "${item.id}" has no answer letter to read`);
      return [sequence.letter];
    case 'answer-mean':
      return range(sequence.answerStart, sequence.answerEnd);
    case 'answer-last':
      return [sequence.answerEnd - 1];
    case 'last-prompt-token':
      return [sequence.lastPromptToken];
    case 'all':
      return range(0, sequence.tokens.length);
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
