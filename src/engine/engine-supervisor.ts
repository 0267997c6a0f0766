import { setTimeout as wait } from 'node:timers/promises';
import type { LoadOptions, ModelFacts } from './engine.ts';
import { RemoteEngine } from './remote-engine.ts';
import type { StreamFacts } from './streams/stream-request.ts';

/** Whether an engine can take requests. */
export type SupervisorState =
  | { kind: 'starting' }
  | { kind: 'ready'; facts: ModelFacts; streams: StreamFacts }
  /** It could not be started, and is tried again after a while. */
  | { kind: 'down'; error: Error };

/** What a supervisor tells. */
export interface SupervisorListeners {
  /** The engine process has ended by itself; every open stream has failed with `engine-crashed`. */
  onCrash?: (error: Error) => void;
  onState?: (state: SupervisorState) => void;
}

const longestWaitMs = 30_000;

/**
 * An engine for a server: loaded with its streams open, started again at once when its process dies, and after a growing
 * while when it cannot be started.
 *
 * Requests go to `engine` at any time; one that comes while the engine starts waits for it.
 *
 * @example
 * const supervisor = new EngineSupervisor({ path, streams: 8 });
 * await supervisor.start();
 * for await (const event of supervisor.engine.stream(request)) …
 */
export class EngineSupervisor {
  readonly engine: RemoteEngine;
  readonly #listeners: SupervisorListeners;
  readonly #abort = new AbortController();
  #state: SupervisorState = { kind: 'starting' };
  #reviving = false;
  #crashes = 0;

  constructor(options: LoadOptions, listeners: SupervisorListeners = {}) {
    this.engine = new RemoteEngine(options);
    this.#listeners = listeners;
    this.engine.observeCrashes((error) => {
      this.#crashes++;
      listeners.onCrash?.(error);
      void this.#revive();
    });
  }

  get state(): SupervisorState {
    return this.#state;
  }

  /** Times the process has ended by itself. */
  get crashes(): number {
    return this.#crashes;
  }

  /**
   * Loads the engine and opens its streams for the first time.
   *
   * @throws SteerbenchError as `loadEngine` and `openStreams`; then nothing is tried again
   */
  async start(): Promise<void> {
    await this.engine.start();
    this.#become({ kind: 'ready', facts: this.engine.facts, streams: await this.engine.openStreams() });
  }

  /** Ends the engine; it is not started again. */
  async dispose(): Promise<void> {
    this.#abort.abort();
    await this.engine.dispose();
  }

  async #revive(): Promise<void> {
    if (this.#reviving || this.#abort.signal.aborted || this.#state.kind === 'starting') return;
    this.#reviving = true;
    this.#become({ kind: 'starting' });
    for (let pauseMs = 500; !this.#abort.signal.aborted; pauseMs = Math.min(2 * pauseMs, longestWaitMs)) {
      try {
        const streams = await this.engine.openStreams();
        this.#become({ kind: 'ready', facts: this.engine.facts, streams });
        break;
      } catch (error) {
        this.#become({ kind: 'down', error: error as Error });
        await wait(pauseMs, undefined, { signal: this.#abort.signal }).catch(() => {});
      }
    }
    this.#reviving = false;
  }

  #become(state: SupervisorState): void {
    if (this.#abort.signal.aborted) return;
    this.#state = state;
    this.#listeners.onState?.(state);
  }
}
