import type { LlamaContext } from '../llama/context.ts';
import type { LlamaFunctions, Pointer } from '../llama/functions.ts';
import type { LlamaModel } from '../llama/model.ts';
import type { Case } from '../prompts/case.ts';
import { BatchRunner } from './batch-runner.ts';
import { runCapture } from './capture.ts';
import { checkInterventions, checkLayer } from './check-interventions.ts';
import { runDivergence } from './divergence.ts';
import type {
  CaptureResult,
  DivergenceRequest,
  DivergenceResult,
  Engine,
  GenerateRequest,
  GenerateResult,
  MeasureRequest,
  MeasureResult,
  ModelFacts,
  ReadPosition,
} from './engine.ts';
import type { LetterPath } from './letter-path.ts';
import { runMeasure } from './measure.ts';
import type { AnswerSink } from './streams/answer.ts';
import { EventQueue } from './streams/event-queue.ts';
import { runGenerate } from './streams/run-generate.ts';
import type { AnswerStream, StreamFacts, StreamRequest } from './streams/stream-request.ts';
import { StreamService } from './streams/stream-service.ts';
import type { UpperBlocksSource } from './upper-blocks.ts';

/** What an engine owns: native handles, and what the probe at load found out. */
export interface EngineParts {
  functions: LlamaFunctions;
  facts: ModelFacts;
  /** File of the model. */
  path: string;
  model: LlamaModel;
  context: LlamaContext;
  kvCache: 'f32' | 'f16';
  /** LoRA adapters, for every context that is made. */
  adapters: { pointer: Pointer; scale: number }[];
  /** Answers that may be streamed at the same time, and the tokens each can hold. */
  streams: { count: number; tokens: number };
  /** Tokens that end a generation. */
  endTokens: () => number[];
  /** Sequence numbers the context was made with. */
  sequences: number;
  /** Null where letter logits have to come from the whole output matrix. */
  letterPath: LetterPath | null;
  /** Whether ending a computation early ends all of it. */
  stopsEarly: boolean;
  /** The blocks above a layer as a model of their own; null where the model or the options do not allow it. */
  upperBlocks: UpperBlocksSource | null;
}

/** The engine on llama.cpp, in this process. Calls run one after the other, as they come. */
export class LlamaEngine implements Engine {
  readonly facts: ModelFacts;
  readonly #parts: EngineParts;
  readonly #runner: BatchRunner;
  readonly #streams: StreamService;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(parts: EngineParts) {
    this.facts = parts.facts;
    this.#parts = parts;
    this.#runner = new BatchRunner(parts);
    this.#streams = new StreamService(parts, (rows) => this.#runner.onRows(rows));
  }

  tokenize(text: string, options: { addSpecial: boolean; parseSpecial: boolean }): Promise<Int32Array> {
    return this.#inTurn(() => this.#parts.model.tokenize(text, options.addSpecial, options.parseSpecial));
  }

  detokenize(tokens: Int32Array): Promise<string> {
    return this.#inTurn(() => this.#parts.model.detokenize(tokens));
  }

  capture(cases: Case[], position: ReadPosition, layers: number[]): Promise<CaptureResult> {
    return this.#inTurn(() => {
      for (const layer of layers) checkLayer(layer, this.facts);
      return runCapture(this.#runner, this.#parts, cases, position, layers);
    });
  }

  measure(request: MeasureRequest): Promise<MeasureResult> {
    return this.#inTurn(() => {
      checkInterventions(request.interventions, this.facts);
      return runMeasure(this.#runner, this.#parts, request);
    });
  }

  divergence(request: DivergenceRequest): Promise<DivergenceResult> {
    return this.#inTurn(() => {
      checkInterventions(request.interventions, this.facts);
      return runDivergence(this.#runner, this.#parts, request);
    });
  }

  generate(request: GenerateRequest): Promise<GenerateResult> {
    return this.#inTurn(() => {
      checkInterventions(request.interventions, this.facts);
      return runGenerate(this.#parts, request, (rows) => this.#runner.onRows(rows));
    });
  }

  openStreams(): Promise<StreamFacts> {
    return this.#streams.open();
  }

  stream(request: StreamRequest): AnswerStream {
    const events = new EventQueue(() => cancel());
    const cancel = this.submit(request, {
      event: (event) => events.push(event),
      error: (error) => events.fail(error),
    });
    return events;
  }

  /** As `stream`, for a receiver that takes events as they come; returns what cancels the answer. */
  submit(request: StreamRequest, sink: AnswerSink): () => void {
    return this.#streams.submit(request, sink);
  }

  observe(listener: (rows: number) => void): void {
    this.#runner.onRows = listener;
  }

  async dispose(): Promise<void> {
    await this.#queue.catch(() => {});
    await this.#streams.dispose();
    await this.#parts.letterPath?.close();
    this.#parts.upperBlocks?.dispose();
    this.#parts.context.dispose();
    this.#parts.model.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  #inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }
}
