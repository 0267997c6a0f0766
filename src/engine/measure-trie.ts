import { type Intervention, isIdentity } from '../interventions/intervention.ts';
import type { Case, Sequence } from '../prompts/case.ts';
import type { MeasureRequest } from './engine.ts';
import { type State, TokenTrie } from './trie.ts';

/** The trie of a measurement, and where each answer's numbers are read. */
export interface MeasureTrie {
  trie: TokenTrie;
  /** Interventions that act in each state, by index into the request's; state 0 is empty. */
  states: number[][];
  /** Logits to read: a node, and the token whose logit at this node's row is wanted. Each pair occurs once. */
  wants: { node: number; token: number }[];
  /** Per case, branch and answer (positive, negative): indexes into `wants`, one per wanted token. */
  answers: { positive: Int32Array; negative: Int32Array }[][];
}

/**
 * Lays the cases of a request, under all its branches, into one trie.
 *
 * A row needs only the tokens before the last one that is predicted, so the last wanted token is not in the trie.
 *
 * @throws RangeError when the letter is wanted of a case that has none
 */
export function buildMeasureTrie(request: MeasureRequest): MeasureTrie {
  const builder = new Builder(request);
  const answers = request.cases.map((item) => {
    const ends = {
      positive: wantedTokens(item, 'positive', request),
      negative: wantedTokens(item, 'negative', request),
    };
    return request.branches.map((branch) => ({
      positive: builder.add(item.positive, ends.positive, branch),
      negative: builder.add(item.negative, ends.negative, branch),
    }));
  });
  return { trie: builder.trie, states: builder.states, wants: builder.wants, answers };
}

function wantedTokens(
  item: Case,
  answer: 'positive' | 'negative',
  request: MeasureRequest,
): [number, number] {
  const sequence = item[answer];
  if (request.tokens === 'answer') return [sequence.answerStart, sequence.answerEnd];
  if (sequence.letter === null) throw new RangeError(`case "${item.id}" has no answer letter to measure`);
  return [sequence.letter, sequence.letter + 1];
}

/** First position that an intervention steers in a sequence. */
export function startPosition(intervention: Intervention, sequence: Sequence): number {
  switch (intervention.start) {
    case 'all':
      return 0;
    case 'last-prompt-token':
      return sequence.lastPromptToken;
    case 'first-answer-token':
      return sequence.firstAnswerToken;
  }
}

class Builder {
  readonly trie = new TokenTrie();
  readonly states: number[][] = [[]];
  readonly wants: { node: number; token: number }[] = [];
  readonly #request: MeasureRequest;
  readonly #stateIds = new Map<string, State>([['', 0]]);
  readonly #wantIds = new Map<string, number>();
  /** Nodes of each sequence's unsteered path, as far as it has been laid. */
  readonly #unsteered = new Map<Sequence, number[]>();

  constructor(request: MeasureRequest) {
    this.#request = request;
  }

  add(sequence: Sequence, [from, to]: [number, number], branch: number[]): Int32Array {
    const acting = branch
      .filter((index) => !isIdentity(this.#request.interventions[index]!))
      .map((index) => ({ index, start: startPosition(this.#request.interventions[index]!, sequence) }));
    const firstSteered = Math.min(to - 1, ...acting.map(({ start }) => start));
    const path = this.#unsteeredPath(sequence, firstSteered);
    let node = firstSteered > 0 ? path[firstSteered - 1]! : -1;
    const read = new Int32Array(to - from);
    for (let position = Math.min(firstSteered, from - 1); position < to - 1; position++) {
      if (position < firstSteered) node = path[position]!;
      else {
        const active = acting.filter(({ start }) => start <= position).map(({ index }) => index);
        node = this.trie.child(node, sequence.tokens[position]!, this.#state(active));
      }
      if (position >= from - 1) read[position - from + 1] = this.#want(node, sequence.tokens[position + 1]!);
    }
    return read;
  }

  #unsteeredPath(sequence: Sequence, length: number): number[] {
    let path = this.#unsteered.get(sequence);
    if (path === undefined) {
      path = [];
      this.#unsteered.set(sequence, path);
    }
    for (let position = path.length; position < length; position++) {
      path.push(this.trie.child(path[position - 1] ?? -1, sequence.tokens[position]!, 0));
    }
    return path;
  }

  #state(active: number[]): State {
    const key = active.join(',');
    const known = this.#stateIds.get(key);
    if (known !== undefined) return known;
    this.#stateIds.set(key, this.states.length);
    this.states.push(active);
    return this.states.length - 1;
  }

  #want(node: number, token: number): number {
    this.trie.output[node] = 1;
    const key = `${node}:${token}`;
    const known = this.#wantIds.get(key);
    if (known !== undefined) return known;
    this.#wantIds.set(key, this.wants.length);
    this.wants.push({ node, token });
    return this.wants.length - 1;
  }
}
