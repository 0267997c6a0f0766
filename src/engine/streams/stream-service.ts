import { LlamaSampler, type SamplerOptions } from '../../llama/sampler.ts';
import type { EngineParts } from '../llama-engine.ts';
import { Answer, type AnswerSink, type TokenisedRequest } from './answer.ts';
import { checkLane } from './check-lane.ts';
import { checkStreamRequest } from './check-request.ts';
import type { Lane } from './lane.ts';
import { openLane } from './open-lane.ts';
import { Scheduler } from './scheduler.ts';
import type { Sampling, StreamFacts, StreamRequest } from './stream-request.ts';

/** Rows of a prompt that running answers wait for between two tokens, at most. */
const promptRowsBeside = 64;

/** The answers of an engine: a lane of its own, opened for the first of them, and steps for as long as there are any. */
export class StreamService {
  readonly #parts: EngineParts;
  readonly #onRows: (rows: number) => void;
  #opening: Promise<{ lane: Lane; scheduler: Scheduler; facts: StreamFacts }> | null = null;
  #loop: Promise<void> | null = null;
  #disposed = false;

  constructor(parts: EngineParts, onRows: (rows: number) => void) {
    this.#parts = parts;
    this.#onRows = onRows;
  }

  /**
   * Opens the streams, unless they are open.
   *
   * @throws SteerbenchError `out-of-memory`, `model-unsupported`
   */
  async open(): Promise<StreamFacts> {
    return (await this.#open()).facts;
  }

  /**
   * Takes a request; its events go to `sink` from the next step on.
   *
   * @returns ends the answer within one step
   */
  submit(request: StreamRequest, sink: AnswerSink): () => void {
    let answer: Answer | null = null;
    let cancelled = false;
    this.#open()
      .then(({ scheduler }) => {
        const tokenised = { ...request, prompt: this.#tokensOf(request.prompt) };
        checkStreamRequest(tokenised, this.#parts.facts, this.#streamTokens);
        answer = createAnswer(tokenised, this.#parts, sink, this.#streamTokens);
        answer.cancelled = cancelled;
        scheduler.add(answer);
        this.#run();
      })
      .catch((error: unknown) => sink.error(error));
    return () => {
      cancelled = true;
      if (answer !== null) answer.cancelled = true;
    };
  }

  /** Ends all answers and frees the streams. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    await this.#loop;
    const opened = await this.#opening?.catch(() => null);
    opened?.scheduler.failAll(new TypeError('the engine was disposed'));
    opened?.lane.dispose();
    this.#opening = null;
  }

  #tokensOf(prompt: StreamRequest['prompt']): Int32Array {
    if (prompt instanceof Int32Array) return prompt;
    return this.#parts.model.tokenize(prompt.text, prompt.addSpecial, prompt.parseSpecial);
  }

  get #streamTokens(): number {
    return this.#parts.streams.tokens;
  }

  #open(): Promise<{ lane: Lane; scheduler: Scheduler; facts: StreamFacts }> {
    if (this.#disposed) return Promise.reject(new TypeError('a stream after dispose'));
    this.#opening ??= this.#openLane().catch((error) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  async #openLane(): Promise<{ lane: Lane; scheduler: Scheduler; facts: StreamFacts }> {
    const { facts, streams } = this.#parts;
    const count = facts.recurrent ? 1 : streams.count;
    const lane = await openLane(this.#parts, count, streams.tokens);
    try {
      const invariant = checkLane(lane, facts);
      const scheduler = new Scheduler(lane, {
        promptRows: facts.batchRows,
        promptRowsBeside: Math.min(promptRowsBeside, facts.batchRows),
      });
      return { lane, scheduler, facts: { streams: count, streamTokens: streams.tokens, invariant } };
    } catch (error) {
      lane.dispose();
      throw error;
    }
  }

  /** Steps until nothing is left; between two steps the process hears of new and of cancelled requests. */
  #run(): void {
    this.#loop ??= (async () => {
      const { lane, scheduler } = await this.#opening!;
      for (let rows = lane.work.rows; !this.#disposed && scheduler.step(); rows = lane.work.rows) {
        this.#onRows(lane.work.rows - rows);
        await new Promise((resolve) => setImmediate(resolve));
      }
    })().finally(async () => {
      this.#loop = null;
      // One may have come between the last step and here.
      const opened = await this.#opening?.catch(() => null);
      if (!this.#disposed && opened && opened.scheduler.load.waiting > 0) this.#run();
    });
  }
}

/**
 * An answer with its samplers.
 *
 * @throws SteerbenchError `grammar-malformed`
 */
export function createAnswer(
  request: TokenisedRequest,
  { functions, model, endTokens }: EngineParts,
  sink: AnswerSink,
  streamTokens: number,
): Answer {
  const forbidden = request.ignoreEnd === true ? endTokens() : [];
  const options = samplerOptions(
    request.sampling ?? {},
    forbidden,
    Math.min(request.maxTokens ?? streamTokens, streamTokens),
  );
  return new Answer(request, model, new LlamaSampler(functions, model, options), sink);
}

function samplerOptions(sampling: Sampling, forbidden: number[], answerTokens: number): SamplerOptions {
  const bias = [
    ...(sampling.logitBias ?? []),
    ...forbidden.map((token) => ({ token, bias: Number.NEGATIVE_INFINITY })),
  ];
  return {
    repetitionPenalty: sampling.repetitionPenalty ?? 1,
    repetitionTokens: sampling.repetitionTokens ?? 64,
    frequencyPenalty: sampling.frequencyPenalty ?? 0,
    presencePenalty: sampling.presencePenalty ?? 0,
    answerTokens,
    topK: sampling.topK ?? 0,
    topP: sampling.topP ?? 1,
    minP: sampling.minP ?? 0,
    temperature: sampling.temperature ?? 1,
    seed: sampling.seed ?? 0,
    grammar: sampling.grammar ?? null,
    logitBias: bias,
  };
}
