import type { Engine, LoadOptions, ModelFacts, Precision } from '../engine/engine.ts';
import { loadEngine } from '../engine/remote-engine.ts';
import { requantiseRemotely } from '../engine/requantise-remotely.ts';
import { type FindModelOptions, findModel } from '../models/find-model.ts';
import { defaultPrecision, modelAtPrecision } from '../models/precision.ts';

/** How a model is found and loaded; everything else of {@link LoadOptions} has its default. */
export interface LoadModelOptions extends Partial<Omit<LoadOptions, 'path' | 'hash'>> {
  /** Default: `f16` for the default model, `file` for any other. */
  precision?: Precision;
  /** Progress of a download. */
  download?: Pick<FindModelOptions, 'onProgress' | 'onMessage'>;
  signal?: AbortSignal;
}

/** A loaded model: its engine, and what is known of it. */
export interface Model {
  engine: Engine;
  facts: ModelFacts;
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Finds a model, fetches it if need be, and loads it in a process of its own.
 *
 * @param reference Path, alias, `hf:owner/name/file.gguf`, `ollama:name`, `lmstudio:…`. Default: the default model.
 * @throws SteerbenchError of finding (`model-not-found`, `download-failed`, …) and loading (`model-corrupt`,
 * `model-unsupported`, `out-of-memory`, …)
 * @example
 * const model = await loadModel('smollm2-135m-instruct');
 * model.facts.blocks; // 30
 * await model.dispose();
 */
export async function loadModel(reference?: string, options: LoadModelOptions = {}): Promise<Model> {
  const { precision, download, signal, ...load } = options;
  const stop = signal === undefined ? {} : { signal };
  const found = await findModel(reference, { ...download, ...stop });
  const chosen = precision ?? defaultPrecision(found);
  const { path, sha256 } = await modelAtPrecision(found, chosen, requantiseRemotely, stop);
  const engine = await loadEngine({ ...load, path, hash: sha256 });
  const dispose = () => engine.dispose();
  return { engine, facts: engine.facts, dispose, [Symbol.asyncDispose]: dispose };
}
