import { SteerbenchError } from '../../errors.ts';
import type { LlamaContext } from '../../llama/context.ts';
import type { LlamaModel } from '../../llama/model.ts';
import type { LlamaSampler } from '../../llama/sampler.ts';
import { AnswerText } from './answer-text.ts';
import { RowSteering } from './row-steering.ts';
import type { Slot } from './slot-table.ts';
import type { EndReason, ScoredToken, StreamEvent, StreamRequest } from './stream-request.ts';
import { topLogprobs } from './top-logprobs.ts';

/** Who is told what an answer comes to. */
export interface AnswerSink {
  event: (event: StreamEvent) => void;
  /** The answer could not be finished. */
  error: (error: unknown) => void;
}

/** A request whose prompt is tokens. */
export type TokenisedRequest = StreamRequest & { prompt: Int32Array };

/** One answer in the making. */
export class Answer {
  readonly request: StreamRequest;
  readonly prompt: Int32Array;
  readonly steering: RowSteering;
  readonly sink: AnswerSink;
  readonly sampler: LlamaSampler;
  /** Where it is computed; null while it waits. */
  slot: Slot | null = null;
  /** Chosen token that has not been decoded yet; null while the prompt is computed. */
  pending: number | null = null;
  cachedTokens = 0;
  cancelled = false;
  ended = false;
  readonly #model: LlamaModel;
  readonly #text: AnswerText;
  readonly #scored: ScoredToken[] = [];
  #planned: { tokens: number[]; keys: string[] } | null = null;
  #answerTokens = 0;

  constructor(request: TokenisedRequest, model: LlamaModel, sampler: LlamaSampler, sink: AnswerSink) {
    this.request = request;
    this.prompt = request.prompt;
    this.steering = new RowSteering(request.interventions ?? [], request.gates ?? [], request.prompt.length);
    this.sampler = sampler;
    this.sink = sink;
    this.#model = model;
    this.#text = new AnswerText(request.stop ?? []);
  }

  /** What its slot will hold of the prompt, but for the last row, whose name is known only when its gates are decided. */
  get planned(): { tokens: number[]; keys: string[] } {
    if (this.#planned === null) {
      const tokens = Array.from(this.prompt.subarray(0, -1));
      this.#planned = { tokens, keys: tokens.map((_, row) => this.steering.keyAt(row)) };
    }
    return this.#planned;
  }

  /** Prompt tokens that are not in the cache yet. */
  get promptLeft(): number {
    return this.prompt.length - this.slot!.tokens.length;
  }

  /** Whether every row of the prompt must give logits. */
  get scoresPrompt(): boolean {
    return (this.request.promptLogprobs ?? null) !== null;
  }

  /** Reads the log-probabilities of prompt tokens from rows of the last decode: `position` is that of the first row. */
  scorePrompt(context: LlamaContext, firstRow: number, position: number, rows: number): void {
    if (position === 0) this.#scored.push(this.#scoredToken(this.prompt[0]!, null, null));
    for (let i = 0; i < rows; i++) {
      const token = this.prompt[position + i + 1];
      if (token === undefined) continue;
      const logits = context.logits(firstRow + i);
      this.#scored.push(this.#scoredToken(token, logits, this.request.promptLogprobs!));
    }
  }

  /** Tells that the prompt is computed. */
  promptDone(): void {
    this.sampler.seePrompt(this.prompt);
    const scored = this.scoresPrompt ? this.#scored : null;
    this.sink.event({ kind: 'prompt', tokens: this.prompt.length, cached: this.cachedTokens, scored });
    if (this.request.maxTokens === 0) this.end('max-tokens');
  }

  /**
   * Takes the next token from a row of the last decode; ends the answer where it ends.
   *
   * @param room tokens that the context of the answer holds
   * @returns false where the logits are not finite
   */
  advance(context: LlamaContext, row: number, room: number): boolean {
    const logits = context.logits(row);
    if (!looksFinite(logits)) return false;
    const token = this.sampler.next(context, row);
    if (token === null) {
      this.fail(
        new SteerbenchError('answer-broken', 'the grammar allows no token of the vocabulary here', {
          remedy: 'give a grammar that every beginning it allows can be continued in',
        }),
      );
      return true;
    }
    if (this.#model.endsGeneration(token)) {
      this.end('end-token');
      return true;
    }
    const scored = this.#scoredToken(token, logits, this.request.logprobs ?? null);
    this.#answerTokens++;
    const { text, stop } = this.#text.push(scored.bytes);
    this.sink.event({ kind: 'tokens', text, tokens: [scored] });
    this.pending = token;
    if (stop !== null) this.end('stop-string', stop);
    else if (this.#answerTokens === this.request.maxTokens) this.end('max-tokens');
    // The token's own row would lie beyond the end of the context.
    else if (this.prompt.length + this.#answerTokens > room) this.end('context');
    return true;
  }

  /** Ends the answer, what was held back of its text being given first. */
  end(reason: EndReason, stop: string | null = null): void {
    if (this.ended) return;
    this.ended = true;
    const rest = reason === 'stop-string' || reason === 'cancelled' ? '' : this.#text.end();
    if (rest !== '') this.sink.event({ kind: 'tokens', text: rest, tokens: [] });
    this.sink.event({
      kind: 'end',
      reason,
      stop,
      promptTokens: this.prompt.length,
      cachedTokens: this.cachedTokens,
      answerTokens: this.#answerTokens,
      positions: this.steering.positions,
      gates: this.steering.gateStates,
    });
  }

  /** Ends the answer with an error. */
  fail(error: unknown): void {
    if (this.ended) return;
    this.ended = true;
    this.sink.error(error);
  }

  #scoredToken(token: number, logits: Float32Array | null, count: number | null): ScoredToken {
    const named = this.#named(token);
    if (logits === null || count === null) return { ...named, logprob: null, top: [] };
    const { logprob, top } = topLogprobs(logits, token, count);
    return { ...named, logprob, top: top.map((one) => ({ ...one, ...this.#named(one.token) })) };
  }

  #named(token: number): Pick<ScoredToken, 'token' | 'bytes' | 'name'> {
    const bytes = this.#model.pieceOf(token);
    return { token, bytes, name: bytes.length === 0 ? this.#model.nameOf(token) : null };
  }
}

/** A NaN anywhere in the residual stream of a row makes every logit of it NaN; three are looked at. */
function looksFinite(logits: Float32Array): boolean {
  return (
    Number.isFinite(logits[0]) &&
    Number.isFinite(logits[logits.length >> 1]) &&
    Number.isFinite(logits[logits.length - 1])
  );
}
