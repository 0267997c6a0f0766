import type { AnswerStream, StreamEvent } from './stream-request.ts';

/** Events on their way to a reader who takes them at leisure: nothing waits for the reader. */
export class EventQueue implements AnswerStream {
  readonly #cancel: () => void;
  readonly #events: StreamEvent[] = [];
  #failure: { error: unknown } | null = null;
  #done = false;
  #wake: (() => void) | null = null;

  constructor(cancel: () => void) {
    this.#cancel = cancel;
  }

  cancel(): void {
    if (!this.#done) this.#cancel();
  }

  /** Takes an event; an `end` is the last. */
  push(event: StreamEvent): void {
    if (this.#done) return;
    this.#events.push(event);
    if (event.kind === 'end') this.#done = true;
    this.#wake?.();
  }

  /** Ends the events with an error, which the reader gets after those that came before. */
  fail(error: unknown): void {
    if (this.#done) return;
    this.#failure = { error };
    this.#done = true;
    this.#wake?.();
  }

  /** A reader who leaves early cancels the answer. */
  async *[Symbol.asyncIterator](): AsyncGenerator<StreamEvent, void, undefined> {
    try {
      for (;;) {
        const event = this.#events.shift();
        if (event !== undefined) {
          yield event;
          continue;
        }
        if (this.#failure !== null) throw this.#failure.error;
        if (this.#done) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = null;
      }
    } finally {
      this.cancel();
    }
  }
}
