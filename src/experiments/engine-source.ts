import type { Engine, LoadOptions } from '../engine/engine.ts';
import { loadEngine, type RemoteEngine } from '../engine/remote-engine.ts';

/** An engine that is loaded when it is first asked for, and once only, unless loading fails. */
export class EngineSource {
  readonly #options: () => Promise<LoadOptions>;
  /** Told of the rows decoded. */
  onRows: (rows: number) => void;
  #engine: Promise<RemoteEngine> | null = null;

  /** `options` are asked for when the engine is loaded: they may convert the model file first. */
  constructor(options: () => Promise<LoadOptions>, onRows: (rows: number) => void) {
    this.#options = options;
    this.onRows = onRows;
  }

  readonly load = (): Promise<Engine> => {
    this.#engine ??= this.#start().catch((error) => {
      // The next call starts afresh: an engine that died while it loaded may live the second time.
      this.#engine = null;
      throw error;
    });
    return this.#engine;
  };

  /** Ends the engine's process at once, if there is one. */
  async dispose(): Promise<void> {
    const engine = await this.#engine?.catch(() => null);
    this.#engine = null;
    await engine?.dispose();
  }

  async #start(): Promise<RemoteEngine> {
    const engine = await loadEngine(await this.#options());
    engine.observe((rows) => this.onRows(rows));
    return engine;
  }
}
