import { Refusal, unavailable } from './refusal.ts';

/** Longest wait that is advised. */
const longestRetrySeconds = 30;

/** Answers that are being made or wait, and how many there may be. */
export class Admission {
  readonly #streams: number;
  readonly #queue: number;
  #taken = 0;
  #draining = false;
  #onEmpty: (() => void) | null = null;
  /** Moving mean of the time that an answer holds its place. */
  #answerSeconds = 1;

  /** `queue`: answers that may wait for one of `streams`. */
  constructor({ streams, queue }: { streams: number; queue: number }) {
    this.#streams = streams;
    this.#queue = queue;
  }

  /** Most answers of one request. */
  get most(): number {
    return this.#streams + this.#queue;
  }

  /** Answers in the making, and those that wait. */
  get load(): { running: number; waiting: number } {
    const running = Math.min(this.#taken, this.#streams);
    return { running, waiting: this.#taken - running };
  }

  /** Whether the server is on its way to its end. */
  get draining(): boolean {
    return this.#draining;
  }

  /**
   * Takes places for the answers of a request.
   *
   * @returns gives back one place
   * @throws Refusal 429 with Retry-After while there is no room, 400 for more answers than there ever is, 503 while the
   * server is stopping
   */
  take(answers: number): () => void {
    if (this.#draining) throw unavailable('stopping', 'the server is stopping');
    if (answers > this.most) {
      throw new Refusal(
        400,
        `the request asks for ${answers} answers; the server takes ${this.most} at a time`,
        {
          code: 'too_many_answers',
        },
      );
    }
    if (this.#taken + answers > this.most) {
      const { running, waiting } = this.load;
      throw new Refusal(
        429,
        `the server is full: ${running} answers are being made and ${waiting} wait; it takes ${this.most} in all`,
        { code: 'server_full', headers: { 'retry-after': String(this.#retrySeconds) } },
      );
    }
    this.#taken += answers;
    const began = performance.now();
    return () => {
      this.#taken--;
      this.#answerSeconds += 0.1 * ((performance.now() - began) / 1000 - this.#answerSeconds);
      if (this.#taken === 0) this.#onEmpty?.();
    };
  }

  /** Takes no more; resolves when all places are free. */
  drain(): Promise<void> {
    this.#draining = true;
    if (this.#taken === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  get #retrySeconds(): number {
    return Math.min(longestRetrySeconds, Math.max(1, Math.ceil(this.#answerSeconds)));
  }
}
