import { SteerbenchError } from '../errors.ts';
import type { TokenTrie } from './trie.ts';

/** What a batch may not exceed. */
export interface Limits {
  /** Rows decoded at once. */
  batchRows: number;
  /** Sequence numbers the engine has; llama.cpp allows at most 256. */
  sequences: number;
  /** Tokens the KV cache holds. */
  contextTokens: number;
}

/** Rows that are decoded together, and what is done to the KV cache before. */
export interface Batch {
  /** Forget everything first. Only for models that cannot share a prefix. */
  clear: boolean;
  /** Sequences that are finished. */
  removals: number[];
  /** Sequence `to` takes over the first `length` tokens of `from`; costs nothing in a unified cache. */
  copies: { from: number; to: number; length: number }[];
  /** Trie nodes, one a row. */
  nodes: Int32Array;
  /** Sequences that each row belongs to: its own first, then those of its descendants in this batch. */
  sequences: number[][];
}

/**
 * Turns a token trie into batches in which every node is decoded exactly once, after or beside its parent.
 *
 * The nodes are taken in preorder and cut into pieces of equal width, so that the batches depend on the trie and the
 * limits alone. A stretch of nodes without a fork is a segment with one sequence number; where the path forks, every
 * child but the last gets a new number and a copy of the path, and the last one goes on with its parent's. A number is
 * free again when its last row has been decoded, so that few are in use at any time.
 *
 * @throws SteerbenchError `out-of-memory` when one path alone exceeds the context
 */
export function planBatches(trie: TokenTrie, limits: Limits): Batch[] {
  const order = trie.preorder();
  const pieces = Math.ceil(order.length / limits.batchRows);
  const width = Math.ceil(order.length / Math.max(1, pieces));
  const planner = new Planner(trie, limits, order, width);
  const batches: Batch[] = [];
  for (let next = 0; next < order.length; next += batches.at(-1)!.nodes.length)
    batches.push(planner.batchFrom(next));
  return batches;
}

/** Plans whole sequences, one after the other: for recurrent models, whose state cannot be shared or rolled back. */
export function planWholeSequences(trie: TokenTrie, limits: Limits): Batch[] {
  const batches: Batch[] = [];
  for (const leaf of trie.preorder()) {
    if (!trie.isLeaf(leaf)) continue;
    const path: number[] = [];
    for (let node = leaf; node >= 0; node = trie.parent[node]!) path.unshift(node);
    if (path.length > limits.contextTokens) throw tooLong(path.length, limits);
    for (let start = 0; start < path.length; start += limits.batchRows) {
      const nodes = Int32Array.from(path.slice(start, start + limits.batchRows));
      batches.push({
        clear: start === 0,
        removals: [],
        copies: [],
        nodes,
        sequences: Array.from(nodes, () => [0]),
      });
    }
  }
  return batches;
}

/** State of the cache as the plan proceeds. */
class Planner {
  readonly #trie: TokenTrie;
  readonly #limits: Limits;
  readonly #order: Int32Array;
  readonly #width: number;
  readonly #free: number[];
  /** Place of each node in the order. */
  readonly #place: Int32Array;
  /** First node of the segment that a node belongs to. */
  readonly #segment: Int32Array;
  /** Sequence number of a segment, by its first node. */
  readonly #sequence = new Map<number, number>();
  /** Children of a segment's last node whose subtrees are not complete yet, by the segment's first node. */
  readonly #open = new Map<number, number>();
  #usedTokens = 0;
  #finished: number[] = [];
  #freedTokens = 0;

  constructor(trie: TokenTrie, limits: Limits, order: Int32Array, width: number) {
    this.#trie = trie;
    this.#limits = limits;
    this.#order = order;
    this.#width = width;
    this.#free = Array.from({ length: limits.sequences }, (_, index) => limits.sequences - 1 - index);
    this.#place = new Int32Array(trie.size);
    this.#segment = new Int32Array(trie.size);
    for (let i = 0; i < order.length; i++) {
      const node = order[i]!;
      this.#place[node] = i;
      const parent = trie.parent[node]!;
      const goesOn = parent >= 0 && trie.hasOnlyChild(parent);
      this.#segment[node] = goesOn ? this.#segment[parent]! : node;
    }
  }

  /** The batch that starts at `start` in the order. */
  batchFrom(start: number): Batch {
    const batch: Batch = {
      clear: false,
      removals: this.#release(),
      copies: [],
      nodes: new Int32Array(0),
      sequences: [],
    };
    let end = start;
    while (end < this.#order.length && end - start < this.#width && this.#fits(end)) {
      this.#add(batch, end, start);
      end++;
    }
    if (end === start) throw tooLong(this.#trie.depth[this.#order[start]!]! + 1, this.#limits);
    batch.nodes = this.#order.slice(start, end);
    for (const node of batch.nodes) if (this.#trie.isLeaf(node)) this.#finish(node);
    return batch;
  }

  /** Frees what the batch before has finished, and names its sequences. */
  #release(): number[] {
    const removals = this.#finished;
    this.#finished = [];
    for (const sequence of removals) this.#free.push(sequence);
    this.#free.sort((a, b) => b - a);
    this.#usedTokens -= this.#freedTokens;
    this.#freedTokens = 0;
    return removals;
  }

  #fits(place: number): boolean {
    const node = this.#order[place]!;
    const needsSequence = this.#segment[node] === node && !this.#inherits(node);
    return this.#usedTokens < this.#limits.contextTokens && (!needsSequence || this.#free.length > 0);
  }

  /** The last child goes on with its parent's sequence: nothing else will need it. */
  #inherits(first: number): boolean {
    return this.#trie.parent[first]! >= 0 && this.#trie.isLastChild(first);
  }

  #add(batch: Batch, place: number, start: number): void {
    const node = this.#order[place]!;
    const segment = this.#segment[node]!;
    if (segment === node) this.#openSegment(batch, node, start);
    batch.sequences.push([this.#sequence.get(segment)!]);
    this.#usedTokens++;
  }

  #openSegment(batch: Batch, first: number, start: number): void {
    const parent = this.#trie.parent[first]!;
    const parentSegment = parent < 0 ? -1 : this.#segment[parent]!;
    this.#open.set(first, this.#childrenOfSegment(first));
    if (this.#inherits(first)) {
      this.#sequence.set(first, this.#sequence.get(parentSegment)!);
      return;
    }
    const sequence = this.#free.pop()!;
    this.#sequence.set(first, sequence);
    if (parent < 0) return;
    // Of the path above, what was decoded in earlier batches is copied in the cache ...
    let split = first;
    for (let node = parent; node >= 0 && this.#place[node]! >= start; node = this.#trie.parent[node]!) {
      split = node;
      // ... and what is decoded in this one carries the new number too.
      batch.sequences[this.#place[node]! - start]!.push(sequence);
    }
    const length = this.#trie.depth[split]!;
    if (length > 0) batch.copies.push({ from: this.#sequence.get(parentSegment)!, to: sequence, length });
  }

  #childrenOfSegment(first: number): number {
    let last = first;
    while (this.#trie.hasOnlyChild(last)) last = this.#trie.children(last).next().value as number;
    return [...this.#trie.children(last)].length;
  }

  /** Marks a leaf as decoded: its sequence, and the tokens of every path that is complete with it, become free. */
  #finish(leaf: number): void {
    let segment = this.#segment[leaf]!;
    this.#finished.push(this.#sequence.get(segment)!);
    let last = leaf;
    for (;;) {
      this.#freedTokens += this.#trie.depth[last]! - this.#trie.depth[segment]! + 1;
      const parent = this.#trie.parent[segment]!;
      if (parent < 0) return;
      segment = this.#segment[parent]!;
      last = parent;
      const open = this.#open.get(segment)! - 1;
      this.#open.set(segment, open);
      if (open > 0) {
        // Children but the last hold a number of their own; it is free although the path above is not.
        return;
      }
    }
  }
}

function tooLong(tokens: number, limits: Limits): SteerbenchError {
  return new SteerbenchError(
    'out-of-memory',
    `a path of ${tokens} tokens does not fit: the context holds ${limits.contextTokens} tokens and ${limits.sequences} sequences`,
    { remedy: 'give a larger context (--context), or leave the longest items out' },
  );
}
