import type { LoadOptions } from '../engine/engine.ts';
import { EngineSource } from './engine-source.ts';

/**
 * Keeps the engine of one run for the next, where both use the same model in the same way: a study's runs follow one
 * another on one model, and loading it takes longer than many a cell.
 */
export class EnginePool {
  #key: string | null = null;
  #source: EngineSource | null = null;

  /** The engine for these options: the one at hand, or a new one, for which the other is ended. */
  async source(options: LoadOptions, onRows: (rows: number) => void): Promise<EngineSource> {
    const key = JSON.stringify({ ...options, onLog: undefined });
    if (this.#source === null || this.#key !== key) {
      await this.#source?.dispose();
      this.#source = new EngineSource(async () => options, onRows);
      this.#key = key;
    }
    this.#source.onRows = onRows;
    return this.#source;
  }

  /** Ends the engine. */
  async dispose(): Promise<void> {
    await this.#source?.dispose();
    this.#source = null;
  }
}
