import { SteerbenchError } from '../errors.ts';
import type { Intervention } from '../interventions/intervention.ts';
import type { LlamaContext } from '../llama/context.ts';
import type { LlamaModel } from '../llama/model.ts';
import type { Case } from '../prompts/case.ts';
import { BatchRunner } from './batch-runner.ts';
import { runCapture } from './capture.ts';
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
import { runGenerate } from './generate.ts';
import type { LetterPath } from './letter-path.ts';
import { runMeasure } from './measure.ts';
import type { UpperBlocksSource } from './upper-blocks.ts';

/** What an engine owns: native handles, and what the probe at load found out. */
export interface EngineParts {
  facts: ModelFacts;
  model: LlamaModel;
  context: LlamaContext;
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
  #queue: Promise<unknown> = Promise.resolve();

  constructor(parts: EngineParts) {
    this.facts = parts.facts;
    this.#parts = parts;
    this.#runner = new BatchRunner(parts);
  }

  tokenize(text: string, options: { addSpecial: boolean; parseSpecial: boolean }): Promise<Int32Array> {
    return this.#inTurn(() => this.#parts.model.tokenize(text, options.addSpecial, options.parseSpecial));
  }

  detokenize(tokens: Int32Array): Promise<string> {
    return this.#inTurn(() => this.#parts.model.detokenize(tokens));
  }

  capture(cases: Case[], position: ReadPosition, layers: number[]): Promise<CaptureResult> {
    return this.#inTurn(() => {
      for (const layer of layers) this.#checkLayer(layer);
      return runCapture(this.#runner, this.#parts, cases, position, layers);
    });
  }

  measure(request: MeasureRequest): Promise<MeasureResult> {
    return this.#inTurn(() => {
      this.#checkInterventions(request.interventions);
      return runMeasure(this.#runner, this.#parts, request);
    });
  }

  divergence(request: DivergenceRequest): Promise<DivergenceResult> {
    return this.#inTurn(() => {
      this.#checkInterventions(request.interventions);
      return runDivergence(this.#runner, this.#parts, request);
    });
  }

  generate(request: GenerateRequest): Promise<GenerateResult> {
    return this.#inTurn(() => {
      this.#checkInterventions(request.interventions);
      return runGenerate(this.#runner, this.#parts, request);
    });
  }

  observe(listener: (rows: number) => void): void {
    this.#runner.onRows = listener;
  }

  async dispose(): Promise<void> {
    await this.#queue.catch(() => {});
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

  #checkInterventions(interventions: Intervention[]): void {
    for (const { layer, vector, multiplier } of interventions) {
      this.#checkLayer(layer);
      if (!Number.isFinite(multiplier))
        throw new RangeError(`the multiplier for layer ${layer} is not a finite number: ${multiplier}`);
      if (vector.length !== this.facts.width) {
        throw new SteerbenchError(
          'vector-dimension',
          `the vector has ${vector.length} values, the residual stream of "${this.facts.name}" has ${this.facts.width}`,
          { remedy: 'use a vector that was extracted from this model' },
        );
      }
      if (!vector.every(Number.isFinite))
        throw new RangeError(`the vector for layer ${layer} holds values that are not finite`);
    }
  }

  #checkLayer(layer: number): void {
    if (Number.isInteger(layer) && layer >= 0 && layer < this.facts.blocks) return;
    throw new SteerbenchError(
      'layer-out-of-range',
      `layer ${layer} does not exist: "${this.facts.name}" has ${this.facts.blocks} blocks, 0 to ${this.facts.blocks - 1}`,
      { remedy: `give layers between 0 and ${this.facts.blocks - 1}` },
    );
  }
}
