import type { Intervention } from '../interventions/intervention.ts';
import type { Case, Sequence } from '../prompts/case.ts';
import type { AnswerStream, StreamFacts, StreamRequest } from './streams/stream-request.ts';

/** Weight precisions: as the file is, or requantised once into the cache. */
export const precisions = ['file', 'f32', 'f16', 'bf16', 'q8_0', 'q4_0'] as const;

/** Weight precision. */
export type Precision = (typeof precisions)[number];

/** A LoRA adapter and how strongly it acts. */
export interface Lora {
  /** GGUF as llama.cpp's convert_lora_to_gguf.py writes it. */
  path: string;
  /** 1 is as it was trained. */
  scale: number;
}

/** How to load a model. */
export interface LoadOptions {
  /** Path of the GGUF that is loaded, after any requantisation. */
  path: string;
  /** Sha256 of the file where it is known already; it is computed otherwise. */
  hash?: string;
  /** Threads of the decoder. Default: the physical cores. */
  threads?: number;
  /** Tokens the KV cache holds. Default 4096, at most what the model was trained for times 4. */
  contextTokens?: number;
  /** Blocks on the GPU. Default 0. */
  gpuLayers?: number;
  /** Type of the KV cache. Default `f32`; `f16` halves it and costs about 1e-2 of a logit. */
  kvCache?: 'f32' | 'f16';
  /** Rows decoded at once. Default 128. */
  batchRows?: number;
  /**
   * Whether work that steers at one layer only computes the blocks up to that layer once a token path, and the blocks
   * above once a branch. Default true. It needs disk and memory for a copy of the upper blocks.
   */
  splitBlocks?: boolean;
  /** LoRA adapters (GGUF), applied to everything that is computed, each with its scale. Default none. */
  loras?: Lora[];
  /** Answers that `stream` generates at the same time, at most 256. Default 1. */
  streams?: number;
  /** Tokens of prompt and answer that each of these can hold. Default `contextTokens`. Each has a cache of its own. */
  streamTokens?: number;
  /** Receives llama.cpp's own log lines. */
  onLog?: (line: string) => void;
}

/** What is known of a loaded model. */
export interface ModelFacts {
  /** `general.architecture` of the GGUF. */
  architecture: string;
  /** `general.name`, or the file's name. */
  name: string;
  /** Number of decoder blocks; layers are 0 to blocks − 1. */
  blocks: number;
  /** Width of the residual stream. */
  width: number;
  vocabulary: number;
  /** Tokens of context the model was trained for. */
  trainedContext: number;
  /** Jinja chat template of the file; null for base models. */
  chatTemplate: string | null;
  /** Text of the start and end tokens, as templates use them; null where the vocabulary has none. */
  startToken: string | null;
  endToken: string | null;
  /** True when plain text (no template) gets a start token. */
  addsStartToken: boolean;
  /** Sliding window in tokens; null without one. */
  slidingWindow: number | null;
  /** True for recurrent and hybrid models: whole sequences are evaluated, nothing is shared. */
  recurrent: boolean;
  /** llama.cpp's one-line description: size, type. */
  description: string;
  /**
   * Sha256 of the loaded file, hexadecimal; with LoRA adapters, of the hashes and scales of all of them: with an adapter
   * it is another model.
   */
  hash: string;
  /** Sha256 of the loaded file alone. */
  fileHash: string;
  /** The adapters, with the sha256 of each. */
  loras: { name: string; hash: string; scale: number }[];
  /** Bytes of the loaded file. */
  bytes: number;
  /** CPU variant and devices that llama.cpp chose. */
  backends: string[];
  threads: number;
  batchRows: number;
  contextTokens: number;
  /** Whether letter logits are read before the output matrix (checked against the model's own logits at load). */
  shortLetterPath: boolean;
}

/** Which positions of a sequence are read. */
export type ReadPosition = 'letter' | 'answer-mean' | 'answer-last' | 'last-prompt-token' | 'all';

/** Activations of some cases at some layers. */
export interface CaptureResult {
  /** Layers in the order asked for. */
  layers: number[];
  width: number;
  /**
   * Per case and answer: Float32Array, layers × rows × width, row-major. `rows` is 1, except with `all`, where it is
   * the number of tokens of the sequence.
   */
  positive: Float32Array[];
  negative: Float32Array[];
  work: Work;
}

/** What the engine has to measure: every case under every branch. */
export interface MeasureRequest {
  cases: Case[];
  /** All interventions that occur; branches name them by index. */
  interventions: Intervention[];
  /** Each branch is a list of indexes into `interventions`, applied in this order; the empty list is unsteered. */
  branches: number[][];
  /** `letter`: only the answer letter's token. `answer`: every token of the answer. */
  tokens: 'letter' | 'answer';
  /** Whether log-probabilities are wanted beside the raw logits (a softmax over the vocabulary per row). */
  logprobs: boolean;
}

/** What the model gave for one answer under one branch. */
export interface AnswerMeasurement {
  /** Raw logit of each wanted token at the row that predicts it; one value with `letter`. */
  logits: Float32Array;
  /** Natural log of the sum of exp(logit) over the vocabulary at the same rows; null unless asked for. */
  logSumExp: Float64Array | null;
}

/** What the model gave for one case under one branch. */
export interface Measurement {
  positive: AnswerMeasurement;
  negative: AnswerMeasurement;
}

/** Tokens and rows of a piece of work, and the proof of steering. */
export interface Work {
  /** Rows that went through the decoder. */
  decodedTokens: number;
  /** Distinct nodes of the token trie: what had to be decoded. */
  distinctTokens: number;
  batches: number;
  /** Rows times blocks that were computed for them: what the work cost. */
  blockRows: number;
  /** Rows changed, by layer; equal to the plan, or the engine throws `steering-mismatch`. */
  steeredRows: { layer: number; rows: number }[];
  /** Seconds in the decoder, and in everything else. For timings only, never in a result. */
  decodeSeconds: number;
  otherSeconds: number;
}

/** Measurements of a cell. */
export interface MeasureResult {
  /** By case, then by branch. */
  measurements: Measurement[][];
  work: Work;
}

/** Replies to compare with the unsteered model, token by token. */
export interface DivergenceRequest {
  /** A prompt and a reply each; the reply is the sequence's answer. */
  texts: Sequence[];
  interventions: Intervention[];
  /** As in {@link MeasureRequest}. */
  branches: number[][];
}

/** One reply, compared. Arrays hold one value a reply token, in nats. */
export interface TextDivergence {
  /** Negative log-probability of each token without steering. */
  unsteeredNll: Float64Array;
  /** By branch: KL(unsteered ‖ steered) of the distribution that predicts each token, and its negative log-probability. */
  branches: { kl: Float64Array; nll: Float64Array }[];
}

/** Replies compared. */
export interface DivergenceResult {
  texts: TextDivergence[];
  work: Work;
}

/** What to generate. */
export interface GenerateRequest {
  /** Tokenised prompts. */
  prompts: Int32Array[];
  interventions: Intervention[];
  /** As in {@link MeasureRequest}; `first-answer-token` and `last-prompt-token` count from the prompt's end. */
  branches: number[][];
  maxTokens: number;
  /** 0 is greedy. */
  temperature: number;
  /** Seed of the sampler, 0 to 2^32 − 2; texts get seed + their index. */
  seed: number;
}

/** Generated text by prompt, then by branch. */
export interface GenerateResult {
  texts: string[][];
  tokens: Int32Array[][];
  work: Work;
}

/**
 * The only way to a model: tokens in; activations, measurements or text out, under interventions.
 *
 * Calls are served one at a time, in order. Implemented by the llama.cpp engine (in process, and in a process of its
 * own behind the same interface).
 */
export interface Engine {
  readonly facts: ModelFacts;
  tokenize(text: string, options: { addSpecial: boolean; parseSpecial: boolean }): Promise<Int32Array>;
  detokenize(tokens: Int32Array): Promise<string>;
  /** Reads the residual stream at the output of `layers`, unsteered. */
  capture(cases: Case[], position: ReadPosition, layers: number[]): Promise<CaptureResult>;
  measure(request: MeasureRequest): Promise<MeasureResult>;
  /** Compares the next-token distributions of branches with the unsteered model's over whole replies. */
  divergence(request: DivergenceRequest): Promise<DivergenceResult>;
  /** Continues every prompt under every branch, as many at a time as the context has room for. */
  generate(request: GenerateRequest): Promise<GenerateResult>;
  /**
   * Makes room for the answers of `stream`, which otherwise happens at the first of them.
   *
   * @throws SteerbenchError `out-of-memory`
   */
  openStreams(): Promise<StreamFacts>;
  /** Generates one answer, beside up to `streams` others; measurements and streams may run side by side. */
  stream(request: StreamRequest): AnswerStream;
  /** Lets `listener` be told of the rows decoded, batch by batch, for progress. */
  observe(listener: (rows: number) => void): void;
  dispose(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
