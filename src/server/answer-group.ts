import type { Answer, AnswerEvent, WholeAnswer } from '../answers/answer.ts';
import type { Answerer, PreparedAnswer } from '../answers/answerer.ts';
import { nextSeed } from '../math/next-seed.ts';
import type { Admission } from './admission.ts';
import type { Metrics } from './metrics.ts';
import { Refusal, unavailable } from './refusal.ts';

/** An answer of a group that has come to its end. */
export type GroupAnswer = Omit<WholeAnswer, 'warnings'>;

/** Answers to be made together: `each` to every prompt. */
export interface GroupRequest {
  prepared: PreparedAnswer[];
  each: number;
  /** Of the first answer to each prompt; the next ones count up. */
  seed: number;
  /** The client is gone. */
  signal: AbortSignal;
}

/** What all groups share. */
export interface GroupSurroundings {
  answerer: Pick<Answerer, 'start'>;
  admission: Admission;
  metrics: Metrics;
  /** Longest time that a request may take. */
  timeoutMs: number;
}

/** The answers of all requests. */
export class AnswerGroups {
  readonly #surroundings: GroupSurroundings;
  readonly #open = new Set<AnswerGroup>();

  constructor(surroundings: GroupSurroundings) {
    this.#surroundings = surroundings;
  }

  /**
   * Starts the answers of a request.
   *
   * @throws Refusal as `Admission.take`
   */
  start(request: GroupRequest): AnswerGroup {
    const group = new AnswerGroup(request, this.#surroundings, () => this.#open.delete(group));
    this.#open.add(group);
    return group;
  }

  /** Ends all that are running with the same refusal. */
  refuseAll(refusal: Refusal): void {
    for (const group of this.#open) group.refuse(refusal);
  }
}

/**
 * The answers of one request: read as wholes, or event by event as they come.
 *
 * Each gives back its place when it ends. When the client is gone, the time is up or the server stops, all of them end
 * within one step of the engine.
 */
export class AnswerGroup {
  readonly #answers: Answer[];
  readonly #metrics: Metrics;
  readonly #began = performance.now();
  readonly #timer: NodeJS.Timeout;
  readonly #signal: AbortSignal;
  readonly #onEnd: () => void;
  readonly #abort = () => this.cancel();
  readonly #release: () => void;
  #refusal: Refusal | null = null;
  #left: number;

  constructor(
    { prepared, each, seed, signal }: GroupRequest,
    { answerer, admission, metrics, timeoutMs }: GroupSurroundings,
    onEnd: () => void,
  ) {
    this.#release = admission.take(prepared.length * each);
    this.#metrics = metrics;
    this.#signal = signal;
    this.#onEnd = onEnd;
    this.#left = prepared.length * each;
    this.#answers = prepared.flatMap((one) =>
      Array.from({ length: each }, (_, place) => answerer.start(one, nextSeed(seed, place))),
    );
    this.#timer = setTimeout(() => this.refuse(timeoutRefusal(timeoutMs)), timeoutMs);
    signal.addEventListener('abort', this.#abort);
    if (signal.aborted) this.cancel();
  }

  /** Ends every answer. */
  cancel(): void {
    for (const answer of this.#answers) answer.cancel();
  }

  /** Ends every answer, and its reader with an error. */
  refuse(refusal: Refusal): void {
    this.#refusal ??= refusal;
    this.cancel();
  }

  /**
   * All answers, in the order of the prompts.
   *
   * @throws Refusal where the time is up or the server stops; of the answers
   */
  async whole(): Promise<GroupAnswer[]> {
    const wholes = this.#answers.map(async (answer) => {
      const parts: AnswerEvent[] = [];
      for await (const event of this.#watched(answer)) parts.push(event);
      return wholeOf(parts);
    });
    try {
      return await Promise.all(wholes);
    } catch (error) {
      this.cancel();
      await Promise.allSettled(wholes);
      throw error;
    }
  }

  /**
   * Events as they come, each with the index of its answer.
   *
   * @throws as {@link whole}; the other answers are then cancelled
   */
  async *events(): AsyncGenerator<[number, AnswerEvent], void, undefined> {
    const queue: [number, AnswerEvent][] = [];
    let failure: { error: unknown } | null = null;
    let open = this.#answers.length;
    let wake: () => void = () => {};
    for (const [index, answer] of this.#answers.entries()) {
      void (async () => {
        for await (const event of this.#watched(answer)) {
          queue.push([index, event]);
          wake();
        }
      })()
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .finally(() => {
          open--;
          wake();
        });
    }
    try {
      for (;;) {
        const next = queue.shift();
        if (next !== undefined) yield next;
        else if (failure !== null) throw (failure as { error: unknown }).error;
        else if (open === 0) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    } finally {
      this.cancel();
    }
  }

  /** The events of one answer, counted; ends with the refusal where there is one. */
  async *#watched(answer: Answer): AsyncGenerator<AnswerEvent, void, undefined> {
    let first = true;
    let reason = 'failed';
    let steered = false;
    try {
      for await (const event of answer) {
        if (event.kind === 'text' && first) {
          this.#metrics.firstToken(this.#seconds);
          first = false;
        }
        if (event.kind === 'end') {
          reason = event.reason;
          steered = event.appliedSteering.entries.length > 0;
          this.#metrics.tokens(event.usage);
          if (event.reason === 'cancelled') throw this.#refusal ?? clientGone;
        }
        yield event;
      }
    } finally {
      this.#metrics.answer(reason, this.#seconds, steered);
      this.#release();
      if (--this.#left === 0) this.#end();
    }
  }

  get #seconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  #end(): void {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#abort);
    this.#onEnd();
  }
}

/** Nobody reads it. */
const clientGone = unavailable('client_gone', 'the client has gone');

function timeoutRefusal(timeoutMs: number): Refusal {
  return new Refusal(504, `the answer was not finished within ${timeoutMs / 1000} s`, {
    code: 'timeout',
    // The official client would send the same request again, for nothing.
    headers: { 'x-should-retry': 'false' },
  });
}

function wholeOf(events: AnswerEvent[]): GroupAnswer {
  let text = '';
  const tokens: GroupAnswer['tokens'] = [];
  let promptTokens: GroupAnswer['promptTokens'] = null;
  for (const event of events) {
    if (event.kind === 'prompt') promptTokens = event.scored;
    if (event.kind === 'text') {
      text += event.text;
      tokens.push(...event.tokens);
    }
  }
  const end = events.at(-1);
  if (end?.kind !== 'end') throw new Error('the answer ended without an end');
  const { kind: _, ...rest } = end;
  return { text, tokens, promptTokens, ...rest };
}
