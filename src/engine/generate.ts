import { SteerbenchError } from '../errors.ts';
import { type PreparedIntervention, prepareIntervention } from '../interventions/apply.ts';
import { type Intervention, isIdentity } from '../interventions/intervention.ts';
import { Xoshiro } from '../math/xoshiro.ts';
import type { BatchRunner, BatchWork } from './batch-runner.ts';
import type { GenerateRequest, GenerateResult, Work } from './engine.ts';
import type { EngineParts } from './llama-engine.ts';
import type { Batch } from './planner.ts';
import { TokenTrie } from './trie.ts';

/** One text in the making. */
interface Stream {
  prompt: Int32Array;
  promptIndex: number;
  /** Interventions that change anything, and the position each starts at. */
  acting: { index: number; start: number }[];
  /** First position that is steered: what lies before is shared by all streams of the prompt. */
  firstSteered: number;
  sequence: number;
  /** Last decoded node. */
  node: number;
  tokens: number[];
  finished: boolean;
  random: Xoshiro;
}

/**
 * Continues every prompt under every branch; new tokens are steered as the prompt's last ones are.
 *
 * Streams are decoded together, one row each a step, as many as the cache holds; the others follow.
 *
 * @throws SteerbenchError `out-of-memory` when a prompt with its new tokens exceeds the context
 * @throws RangeError for a prompt without tokens
 */
export async function runGenerate(
  runner: BatchRunner,
  parts: EngineParts,
  request: GenerateRequest,
): Promise<GenerateResult> {
  const streams = makeStreams(request);
  const work: Work = {
    decodedTokens: 0,
    distinctTokens: 0,
    batches: 0,
    blockRows: 0,
    steeredRows: [],
    decodeSeconds: 0,
    otherSeconds: 0,
  };
  const changed = new Map<number, number>();
  const prepared = request.interventions.map(prepareIntervention);
  for (const group of groups(streams, parts, request.maxTokens)) {
    const session = new Session(runner, parts, request, prepared, work, changed);
    session.prefill(group);
    for (let step = 0; step < request.maxTokens && group.some(({ finished }) => !finished); step++) {
      await session.step(group);
    }
  }
  work.steeredRows = [...changed].sort(([a], [b]) => a - b).map(([layer, rows]) => ({ layer, rows }));
  return collect(streams, parts, request, work);
}

function makeStreams(request: GenerateRequest): Stream[] {
  request.prompts.forEach((prompt, index) => {
    if (prompt.length === 0) throw new RangeError(`prompt ${index} has no token to continue from`);
  });
  return request.prompts.flatMap((prompt, promptIndex) =>
    request.branches.map((branch, place) => {
      const acting = branch
        .filter((index) => !isIdentity(request.interventions[index]!))
        .map((index) => ({ index, start: startOf(request.interventions[index]!, prompt.length) }));
      const stream = promptIndex * request.branches.length + place;
      return {
        prompt,
        promptIndex,
        acting,
        // The last prompt token is always a stream's own row: its logits choose the first new token.
        firstSteered: Math.min(prompt.length - 1, ...acting.map(({ start }) => start)),
        sequence: 0,
        node: -1,
        tokens: [],
        finished: false,
        random: new Xoshiro(request.seed + stream),
      };
    }),
  );
}

function startOf({ start }: Intervention, promptLength: number): number {
  if (start === 'all') return 0;
  return start === 'last-prompt-token' ? promptLength - 1 : promptLength;
}

/** Streams that fit the cache together. A recurrent model takes one at a time. */
function groups(streams: Stream[], parts: EngineParts, maxTokens: number): Stream[][] {
  const { contextTokens } = parts.context;
  const longest = Math.max(0, ...streams.map(({ prompt }) => prompt.length)) + maxTokens;
  if (longest > contextTokens) {
    throw new SteerbenchError(
      'out-of-memory',
      `a prompt and ${maxTokens} new tokens are ${longest} tokens; the context holds ${contextTokens}`,
      { remedy: 'give a larger context (--context), a shorter prompt or fewer tokens' },
    );
  }
  const fitting = Math.floor(contextTokens / Math.max(1, longest));
  const size = parts.facts.recurrent
    ? 1
    : Math.max(1, Math.min(parts.sequences, parts.facts.batchRows, fitting));
  const made: Stream[][] = [];
  for (let first = 0; first < streams.length; first += size) made.push(streams.slice(first, first + size));
  return made;
}

/** One group of streams, from an empty cache on. */
class Session {
  readonly #runner: BatchRunner;
  readonly #parts: EngineParts;
  readonly #request: GenerateRequest;
  readonly #prepared: PreparedIntervention[];
  readonly #done: Work;
  readonly #changed: Map<number, number>;
  readonly #trie = new TokenTrie();
  readonly #states: PreparedIntervention[][] = [[]];
  readonly #stateIds = new Map<string, number>([['', 0]]);
  /** Chosen next token by node. */
  readonly #chosen = new Map<number, number>();
  readonly #streamOfNode = new Map<number, Stream>();

  constructor(
    runner: BatchRunner,
    parts: EngineParts,
    request: GenerateRequest,
    prepared: PreparedIntervention[],
    done: Work,
    changed: Map<number, number>,
  ) {
    this.#runner = runner;
    this.#parts = parts;
    this.#request = request;
    this.#prepared = prepared;
    this.#done = done;
    this.#changed = changed;
    parts.context.clear();
  }

  /** Decodes the prompts: what is unsteered once a prompt, for all its streams; the rest once a stream. */
  prefill(group: Stream[]): void {
    group.forEach((stream, index) => {
      stream.sequence = index;
    });
    const rows: { node: number; sequences: number[] }[] = [];
    for (const promptIndex of new Set(group.map((stream) => stream.promptIndex))) {
      const siblings = group.filter((stream) => stream.promptIndex === promptIndex);
      const shared = Math.min(...siblings.map(({ firstSteered }) => firstSteered));
      let trunk = -1;
      for (let position = 0; position < shared; position++) {
        trunk = this.#trie.append(trunk, siblings[0]!.prompt[position]!, 0);
        rows.push({ node: trunk, sequences: siblings.map(({ sequence }) => sequence) });
      }
      for (const stream of siblings) {
        stream.node = trunk;
        for (let position = shared; position < stream.prompt.length; position++) {
          rows.push({
            node: this.#extend(stream, stream.prompt[position]!, position),
            sequences: [stream.sequence],
          });
        }
        this.#trie.output[stream.node] = 1;
      }
    }
    for (let first = 0; first < rows.length; first += this.#parts.facts.batchRows) {
      this.#decode(rows.slice(first, first + this.#parts.facts.batchRows));
    }
  }

  /** Takes the next token of every stream that goes on, and decodes them together. */
  async step(group: Stream[]): Promise<void> {
    const rows: { node: number; sequences: number[] }[] = [];
    for (const stream of group) {
      if (stream.finished) continue;
      const token = this.#chosen.get(stream.node)!;
      if (this.#parts.model.endsGeneration(token)) {
        stream.finished = true;
        continue;
      }
      stream.tokens.push(token);
      stream.finished = stream.tokens.length === this.#request.maxTokens;
      if (stream.finished) continue;
      const node = this.#extend(stream, token, stream.prompt.length + stream.tokens.length - 1);
      this.#trie.output[node] = 1;
      rows.push({ node, sequences: [stream.sequence] });
    }
    if (rows.length > 0) this.#decode(rows);
    this.#runner.onRows(rows.length);
    await new Promise((resolve) => setImmediate(resolve));
  }

  #decode(rows: { node: number; sequences: number[] }[]): void {
    const batch: Batch = {
      clear: false,
      removals: [],
      copies: [],
      nodes: Int32Array.from(rows, ({ node }) => node),
      sequences: rows.map(({ sequences }) => sequences),
    };
    const work: BatchWork = {
      trie: this.#trie,
      states: this.#states,
      receiveLogits: (node, logits) => {
        const { random } = this.#streamOfNode.get(node)!;
        this.#chosen.set(node, chooseToken(logits, this.#request.temperature, random));
      },
    };
    this.#runner.runBatch(work, batch, this.#done, this.#changed);
    this.#done.batches++;
    this.#done.distinctTokens += rows.length;
  }

  #extend(stream: Stream, token: number, position: number): number {
    const active = stream.acting.filter(({ start }) => start <= position).map(({ index }) => index);
    // Equal streams stay apart, each with rows of its own.
    stream.node = this.#trie.append(stream.node, token, this.#state(active));
    this.#streamOfNode.set(stream.node, stream);
    return stream.node;
  }

  #state(active: number[]): number {
    const key = active.join(',');
    const known = this.#stateIds.get(key);
    if (known !== undefined) return known;
    this.#stateIds.set(key, this.#states.length);
    this.#states.push(active.map((index) => this.#prepared[index]!));
    return this.#states.length - 1;
  }
}

/** The likeliest token at temperature 0, else one drawn from softmax(logits / temperature). */
function chooseToken(logits: Float32Array, temperature: number, random: Xoshiro): number {
  let best = 0;
  for (let token = 1; token < logits.length; token++) if (logits[token]! > logits[best]!) best = token;
  if (temperature === 0) return best;
  const weights = Float64Array.from(logits, (logit) => Math.exp((logit - logits[best]!) / temperature));
  let rest = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  for (let token = 0; token < weights.length; token++) {
    rest -= weights[token]!;
    if (rest < 0) return token;
  }
  return best;
}

function collect(
  streams: Stream[],
  parts: EngineParts,
  request: GenerateRequest,
  work: Work,
): GenerateResult {
  const width = request.branches.length;
  const tokens = request.prompts.map((_, prompt) =>
    streams.slice(prompt * width, (prompt + 1) * width).map((stream) => Int32Array.from(stream.tokens)),
  );
  return { texts: tokens.map((row) => row.map((list) => parts.model.detokenize(list))), tokens, work };
}
