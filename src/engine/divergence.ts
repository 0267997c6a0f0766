import { prepareIntervention } from '../interventions/apply.ts';
import { isIdentity } from '../interventions/intervention.ts';
import type { Sequence } from '../prompts/case.ts';
import type { BatchRunner } from './batch-runner.ts';
import type { DivergenceRequest, DivergenceResult, TextDivergence, Work } from './engine.ts';
import type { EngineParts } from './llama-engine.ts';
import { logSumExp } from './log-sum-exp.ts';
import { startPosition } from './measure-trie.ts';
import { openSplit } from './split-measure.ts';
import { TokenTrie } from './trie.ts';

/**
 * How far each branch's next-token distribution is from the unsteered model's, at every token of some replies.
 *
 * One text at a time: the unsteered distributions of all its positions are kept while its branches are decoded, which
 * is two floats a position and vocabulary entry. In the trie's preorder the unsteered path comes before the others, so
 * that a distribution is there when it is compared with.
 */
export async function runDivergence(
  runner: BatchRunner,
  parts: EngineParts,
  request: DivergenceRequest,
): Promise<DivergenceResult> {
  const prepared = request.interventions.map(prepareIntervention);
  const texts: TextDivergence[] = [];
  const works: Work[] = [];
  for (const text of request.texts) {
    if (text.answerEnd <= text.answerStart)
      throw new RangeError('a text without a reply has nothing to compare');
    const laid = layText(text, request);
    const reader = new DivergenceReader(laid, text);
    const upper = await openSplit(runner, parts, request.interventions, laid.trie);
    const work = await runner.run({
      trie: laid.trie,
      states: laid.states.map((active) => active.map((index) => prepared[index]!)),
      ...(upper === null ? {} : { upper: upper.input }),
      receiveLogits: (node, logits) => reader.receive(node, logits),
    });
    if (!reader.allFinite()) {
      parts.context.scrub();
      upper?.input.context.scrub();
    }
    texts.push(reader.result());
    works.push(upper === null ? work : upper.account(work));
  }
  return { texts, work: addWorks(works) };
}

interface LaidText {
  trie: TokenTrie;
  /** Interventions that act in each state; state 0 is empty. */
  states: number[][];
  /** Nodes that predict the reply's tokens: of the unsteered path, then of each branch. */
  paths: number[][];
}

function layText(text: Sequence, { interventions, branches }: DivergenceRequest): LaidText {
  const trie = new TokenTrie();
  const states: number[][] = [[]];
  const stateIds = new Map<string, number>([['', 0]]);
  const stateOf = (active: number[]): number => {
    const key = active.join(',');
    const known = stateIds.get(key);
    if (known !== undefined) return known;
    stateIds.set(key, states.length);
    states.push(active);
    return states.length - 1;
  };
  const lay = (branch: number[]): number[] => {
    const acting = branch
      .filter((index) => !isIdentity(interventions[index]!))
      .map((index) => ({ index, start: startPosition(interventions[index]!, text) }));
    const nodes: number[] = [];
    let node = -1;
    for (let position = 0; position < text.answerEnd - 1; position++) {
      const active = acting.filter(({ start }) => start <= position).map(({ index }) => index);
      node = trie.child(node, text.tokens[position]!, stateOf(active));
      if (position < text.answerStart - 1) continue;
      trie.output[node] = 1;
      nodes.push(node);
    }
    return nodes;
  };
  return { trie, states, paths: [[], ...branches].map(lay) };
}

/** The unsteered distribution at one position. */
interface Reference {
  logits: Float32Array;
  probabilities: Float32Array;
  logSumExp: number;
}

/** Compares the rows of one text as they come. */
class DivergenceReader {
  readonly #paths: number[][];
  /** Place in the reply of each output node. */
  readonly #place = new Map<number, number>();
  /** Tokens of the reply. */
  readonly #reply: Int32Array;
  readonly #unsteered: Set<number>;
  readonly #references: (Reference | undefined)[];
  readonly #kl = new Map<number, number>();
  readonly #nll = new Map<number, number>();

  constructor({ paths }: LaidText, text: Sequence) {
    this.#paths = paths;
    this.#reply = text.tokens.subarray(text.answerStart, text.answerEnd);
    this.#unsteered = new Set(paths[0]);
    this.#references = new Array<Reference | undefined>(this.#reply.length);
    for (const nodes of paths) for (const [place, node] of nodes.entries()) this.#place.set(node, place);
  }

  receive(node: number, logits: Float32Array): void {
    const place = this.#place.get(node)!;
    const sum = logSumExp(logits);
    this.#nll.set(node, sum - logits[this.#reply[place]!]!);
    if (this.#unsteered.has(node)) {
      const own = logits.slice();
      this.#references[place] = {
        logits: own,
        probabilities: own.map((logit) => Math.exp(logit - sum)),
        logSumExp: sum,
      };
      this.#kl.set(node, 0);
    } else {
      this.#kl.set(node, divergence(this.#references[place]!, logits, sum));
    }
  }

  allFinite(): boolean {
    return [...this.#kl.values(), ...this.#nll.values()].every(Number.isFinite);
  }

  result(): TextDivergence {
    const [unsteered, ...branches] = this.#paths;
    const pick = (values: Map<number, number>, nodes: number[]) =>
      Float64Array.from(nodes, (node) => values.get(node)!);
    return {
      unsteeredNll: pick(this.#nll, unsteered!),
      branches: branches.map((nodes) => ({ kl: pick(this.#kl, nodes), nll: pick(this.#nll, nodes) })),
    };
  }
}

/** KL(unsteered ‖ steered) = Σ p (l − l′) + log Σ exp l′ − log Σ exp l, in nats; never below 0. */
function divergence(reference: Reference, logits: Float32Array, sum: number): number {
  const { logits: own, probabilities } = reference;
  let moved = 0;
  for (let i = 0; i < own.length; i++) moved += probabilities[i]! * (own[i]! - logits[i]!);
  return Math.max(0, moved + sum - reference.logSumExp);
}

function addWorks(works: Work[]): Work {
  const rows = new Map<number, number>();
  const total: Work = {
    decodedTokens: 0,
    distinctTokens: 0,
    batches: 0,
    blockRows: 0,
    steeredRows: [],
    decodeSeconds: 0,
    otherSeconds: 0,
  };
  for (const { steeredRows, ...counts } of works) {
    for (const key of Object.keys(counts) as (keyof typeof counts)[]) total[key] += counts[key];
    for (const { layer, rows: count } of steeredRows) rows.set(layer, (rows.get(layer) ?? 0) + count);
  }
  total.steeredRows = [...rows].sort(([a], [b]) => a - b).map(([layer, count]) => ({ layer, rows: count }));
  return total;
}
