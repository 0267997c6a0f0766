/** A steering state of a row: which interventions act on it. State 0 is none. */
export type State = number;

/**
 * Token trie of a piece of work: every distinct (token, steering state) path occurs once.
 *
 * Two rows are the same node exactly when their tokens and their steering agree at every position up to theirs, which
 * is when the model computes the same numbers for both.
 */
export class TokenTrie {
  readonly token: number[] = [];
  readonly parent: number[] = [];
  readonly depth: number[] = [];
  readonly state: State[] = [];
  /** 1 where the row's output (logits, last block) is wanted. */
  readonly output: number[] = [];
  readonly #firstChild: number[] = [];
  readonly #lastChild: number[] = [];
  readonly #next: number[] = [];
  #firstRoot = -1;
  #lastRoot = -1;

  /** Number of nodes: the distinct tokens that have to be decoded. */
  get size(): number {
    return this.token.length;
  }

  /** The child of `parent` (−1 for the root) with this token and state; added when it is not there yet. */
  child(parent: number, token: number, state: State): number {
    const first = parent < 0 ? this.#firstRoot : this.#firstChild[parent]!;
    for (let node = first; node >= 0; node = this.#next[node]!) {
      if (this.token[node] === token && this.state[node] === state) return node;
    }
    return this.append(parent, token, state);
  }

  /** Children of a node (−1 for the root), in the order in which they were added. */
  *children(parent: number): Generator<number> {
    const first = parent < 0 ? this.#firstRoot : this.#firstChild[parent]!;
    for (let node = first; node >= 0; node = this.#next[node]!) yield node;
  }

  /** All nodes, each after its parent and followed by its whole subtree. */
  preorder(): Int32Array {
    const order = new Int32Array(this.size);
    let count = 0;
    let node = this.#firstRoot;
    while (node >= 0) {
      order[count++] = node;
      let following = this.#firstChild[node]!;
      for (let at = node; following < 0 && at >= 0; at = this.parent[at]!) following = this.#next[at]!;
      node = following;
    }
    return order;
  }

  /** True when the node has no children. */
  isLeaf(node: number): boolean {
    return this.#firstChild[node]! < 0;
  }

  /** True when the node is the last child of its parent. */
  isLastChild(node: number): boolean {
    return this.#next[node]! < 0;
  }

  /** True when the node has exactly one child. */
  hasOnlyChild(node: number): boolean {
    return this.#firstChild[node]! >= 0 && this.#firstChild[node] === this.#lastChild[node];
  }

  /** A new child of `parent`, even where an equal one is there. */
  append(parent: number, token: number, state: State): number {
    const node = this.size;
    this.token.push(token);
    this.parent.push(parent);
    this.depth.push(parent < 0 ? 0 : this.depth[parent]! + 1);
    this.state.push(state);
    this.output.push(0);
    this.#firstChild.push(-1);
    this.#lastChild.push(-1);
    this.#next.push(-1);
    const last = parent < 0 ? this.#lastRoot : this.#lastChild[parent]!;
    if (last >= 0) this.#next[last] = node;
    else if (parent < 0) this.#firstRoot = node;
    else this.#firstChild[parent] = node;
    if (parent < 0) this.#lastRoot = node;
    else this.#lastChild[parent] = node;
    return node;
  }
}
