import type { SteerbenchError } from '../errors.ts';
import type { Case } from '../prompts/case.ts';
import type {
  CaptureResult,
  DivergenceRequest,
  DivergenceResult,
  Engine,
  GenerateRequest,
  GenerateResult,
  LoadOptions,
  MeasureRequest,
  MeasureResult,
  ModelFacts,
  ReadPosition,
} from './engine.ts';
import { EngineProcess } from './engine-process.ts';
import type { RemoteMethod } from './protocol.ts';
import { EventQueue } from './streams/event-queue.ts';
import type { AnswerStream, StreamFacts, StreamRequest } from './streams/stream-request.ts';

/**
 * Loads a model in a process of its own, so that a native crash ends a call and not the program.
 *
 * After a crash the open call is rejected with `engine-crashed`; the next call starts a fresh process.
 *
 * @throws SteerbenchError as `loadLlama`, and `engine-crashed`
 * @example
 * const engine = await loadEngine({ path: 'model.gguf' });
 * const tokens = await engine.tokenize('Hello', { addSpecial: true, parseSpecial: false });
 * await engine.dispose();
 */
export async function loadEngine(options: LoadOptions): Promise<RemoteEngine> {
  const engine = new RemoteEngine(options);
  await engine.start();
  return engine;
}

/** An engine behind a process border. */
export class RemoteEngine implements Engine {
  readonly #options: LoadOptions;
  #process: EngineProcess | null = null;
  /** The start that is under way; calls that come meanwhile wait for it instead of starting another process. */
  #starting: Promise<void> | null = null;
  #facts: ModelFacts | null = null;
  #onRows: (rows: number) => void = () => {};
  #onCrash: (error: SteerbenchError) => void = () => {};
  #disposed = false;

  constructor(options: LoadOptions) {
    this.#options = options;
  }

  get facts(): ModelFacts {
    if (this.#facts === null) throw new TypeError('the engine has not been started');
    return this.#facts;
  }

  /** Process number of the engine, for tests that kill it. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts the process and loads the model; the hash of the file is not computed a second time. */
  async start(): Promise<void> {
    const { onLog, ...options } = this.#options;
    const process = new EngineProcess({
      onRows: (rows) => this.#onRows(rows),
      onLog: (line) => onLog?.(line),
    });
    process.onEnd = (error) => this.#onCrash(error);
    this.#process = process;
    try {
      const hash = this.#facts?.fileHash ?? options.hash;
      this.#facts = await process.call<ModelFacts>('load', [
        hash === undefined ? options : { ...options, hash },
      ]);
    } catch (error) {
      process.kill();
      throw error;
    }
  }

  tokenize(text: string, options: { addSpecial: boolean; parseSpecial: boolean }): Promise<Int32Array> {
    return this.#call('tokenize', [text, options]);
  }

  detokenize(tokens: Int32Array): Promise<string> {
    return this.#call('detokenize', [tokens]);
  }

  capture(cases: Case[], position: ReadPosition, layers: number[]): Promise<CaptureResult> {
    return this.#call('capture', [cases, position, layers]);
  }

  measure(request: MeasureRequest): Promise<MeasureResult> {
    return this.#call('measure', [request]);
  }

  divergence(request: DivergenceRequest): Promise<DivergenceResult> {
    return this.#call('divergence', [request]);
  }

  generate(request: GenerateRequest): Promise<GenerateResult> {
    return this.#call('generate', [request]);
  }

  openStreams(): Promise<StreamFacts> {
    return this.#call('openStreams', []);
  }

  stream(request: StreamRequest): AnswerStream {
    let cancelled = false;
    let cancel: (() => void) | null = null;
    const events = new EventQueue(() => {
      cancelled = true;
      cancel?.();
    });
    this.#ready('stream')
      .then((process) => {
        cancel = process.stream(
          request,
          (event) => events.push(event),
          (error) => events.fail(error),
        );
        if (cancelled) cancel();
      })
      .catch((error: unknown) => events.fail(error));
    return events;
  }

  observe(listener: (rows: number) => void): void {
    this.#onRows = listener;
  }

  /** Lets `listener` be told when the process ends by itself; its open calls and streams have failed by then. */
  observeCrashes(listener: (error: SteerbenchError) => void): void {
    this.#onCrash = listener;
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#process?.kill();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  async #call<T>(method: RemoteMethod, args: unknown[]): Promise<T> {
    return (await this.#ready(method)).call<T>(method, args);
  }

  /** The process, started afresh where it has ended. */
  async #ready(method: string): Promise<EngineProcess> {
    if (this.#disposed) throw new TypeError(`"${method}" after dispose`);
    if (this.#process === null || this.#process.ended) {
      this.#starting ??= this.start().finally(() => {
        this.#starting = null;
      });
    }
    await this.#starting;
    return this.#process!;
  }
}
