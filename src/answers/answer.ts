import type { AnswerStream, EndReason, ScoredToken } from '../engine/streams/stream-request.ts';
import { type AppliedSteering, appliedSteering } from '../steering/applied-steering.ts';
import type { PreparedSteering } from './prepare-steering.ts';

/** Tokens of an answer. */
export interface Usage {
  promptTokens: number;
  /** Prompt tokens that the cache held already. */
  cachedTokens: number;
  /** Tokens generated, an end token not counted. */
  answerTokens: number;
}

/** How an answer ended, and what was done to it. */
export interface AnswerEnd {
  reason: EndReason;
  /** The stop text that was met. */
  stop: string | null;
  usage: Usage;
  appliedSteering: AppliedSteering;
}

/** What an answer tells, in this order: one `prompt`, any number of `text`, one `end`. */
export type AnswerEvent =
  | { kind: 'prompt'; tokens: number; cached: number; scored: ScoredToken[] | null }
  /** Whole characters; they lag behind the tokens. */
  | { kind: 'text'; text: string; tokens: ScoredToken[] }
  | ({ kind: 'end' } & AnswerEnd);

/** An answer that has come to its end. */
export interface WholeAnswer extends AnswerEnd {
  text: string;
  /** The tokens chosen, with log-probabilities where they were asked for; those of a stop text included. */
  tokens: ScoredToken[];
  /** Those of the prompt, where they were asked for. */
  promptTokens: ScoredToken[] | null;
  /** What to know of the steering, one sentence each. */
  warnings: string[];
}

/**
 * A running answer. It is read once: event by event, or as a whole.
 *
 * @example
 * for await (const event of answer) if (event.kind === 'text') process.stdout.write(event.text);
 */
export class Answer implements AsyncIterable<AnswerEvent> {
  readonly #started: Promise<{ stream: AnswerStream; steering: PreparedSteering }>;
  #cancelled = false;

  constructor(started: Promise<{ stream: AnswerStream; steering: PreparedSteering }>) {
    this.#started = started;
    // Whoever reads the answer is told; an answer that nobody reads fails in silence.
    started.catch(() => {});
  }

  /** Ends it within one step; the last event is then an `end` with reason `cancelled`. */
  cancel(): void {
    this.#cancelled = true;
    this.#started.then(({ stream }) => stream.cancel()).catch(() => {});
  }

  /**
   * Waits for its end.
   *
   * @throws SteerbenchError `prompt-too-long`, `engine-crashed`, `answer-broken`, `grammar-malformed`; RangeError
   */
  async whole(): Promise<WholeAnswer> {
    let text = '';
    const tokens: ScoredToken[] = [];
    let promptTokens: ScoredToken[] | null = null;
    for await (const event of this) {
      if (event.kind === 'prompt') promptTokens = event.scored;
      else if (event.kind === 'text') {
        text += event.text;
        tokens.push(...event.tokens);
      } else {
        const { kind: _, ...end } = event;
        return { text, tokens, promptTokens, warnings: (await this.#started).steering.warnings, ...end };
      }
    }
    throw new Error('the answer ended without an end');
  }

  /** Event by event; a reader who leaves early cancels it. */
  async *[Symbol.asyncIterator](): AsyncGenerator<AnswerEvent, void, undefined> {
    const { stream, steering } = await this.#started;
    if (this.#cancelled) stream.cancel();
    for await (const event of stream) {
      if (event.kind === 'prompt') yield event;
      else if (event.kind === 'tokens') yield { kind: 'text', text: event.text, tokens: event.tokens };
      else {
        const { reason, stop, promptTokens, cachedTokens, answerTokens } = event;
        yield {
          kind: 'end',
          reason,
          stop,
          usage: { promptTokens, cachedTokens, answerTokens },
          appliedSteering: appliedSteering(steering.resolved, event),
        };
      }
    }
  }
}
