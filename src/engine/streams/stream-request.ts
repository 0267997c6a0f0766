import type { Gate, GateState } from '../../interventions/gate.ts';
import type { Intervention } from '../../interventions/intervention.ts';
import type { Scope } from '../../interventions/scope.ts';
import type { SamplerOptions } from '../../llama/sampler.ts';

/** One change of the residual stream of an answer. */
export interface StreamIntervention
  extends Pick<Intervention, 'layer' | 'vector' | 'multiplier' | 'operator'> {
  scope: Scope;
  /** Index into the request's gates; null acts always. */
  gate: number | null;
}

/** How tokens are chosen; what is absent is off, the temperature 1 and the seed 0. */
export type Sampling = Partial<Omit<SamplerOptions, 'answerTokens'>>;

/** A prompt as text, tokenised when the request arrives: that saves a way to the engine and back. */
export interface PromptText {
  text: string;
  /** Whether the tokenizer adds its start token: as the file says for plain text, never after a chat template. */
  addSpecial: boolean;
  /** Whether special tokens written in the text are read as such. */
  parseSpecial: boolean;
}

/** One answer to be generated. */
export interface StreamRequest {
  /** At least one token. */
  prompt: Int32Array | PromptText;
  /** Several at one layer act in this order; layers act from the lowest to the highest. Default none. */
  interventions?: StreamIntervention[];
  gates?: Gate[];
  sampling?: Sampling;
  /** Default: until the context of the answer is full. 0 generates nothing, for log-probabilities of the prompt. */
  maxTokens?: number | null;
  /** The answer ends before the first of these texts. */
  stop?: string[];
  /** Never chooses a token that ends the generation. Default false. */
  ignoreEnd?: boolean;
  /** Log-probability of each chosen token, and of so many likeliest ones. Default null: none. */
  logprobs?: number | null;
  /** The same for the tokens of the prompt, which is then computed whole. Default null. */
  promptLogprobs?: number | null;
}

/** A token with its log-probability under the model's own logits, before any sampler. */
export interface TokenLogprob {
  token: number;
  /** The bytes it stands for and its name, as in {@link ScoredToken}. */
  bytes: Uint8Array;
  name: string | null;
  logprob: number;
}

/** A token of an answer or of a prompt, with log-probabilities where they were asked for. */
export interface ScoredToken {
  token: number;
  /** The bytes it stands for, which may be a part of a character; none for a control token. */
  bytes: Uint8Array;
  /** How a control token is written (`<|im_end|>`); null for any other. */
  name: string | null;
  /** Null where it was not asked for, and for the first token of a prompt. */
  logprob: number | null;
  /** Likeliest tokens at its place, the likeliest first. */
  top: TokenLogprob[];
}

/** Why an answer ended. */
export type EndReason = 'end-token' | 'stop-string' | 'max-tokens' | 'context' | 'cancelled';

/** What a finished answer took, and what was done to it. */
export interface StreamEnd {
  reason: EndReason;
  /** The stop text that was met. */
  stop: string | null;
  promptTokens: number;
  /** Prompt tokens that were taken from the cache. */
  cachedTokens: number;
  /** Tokens generated, an end token not counted. */
  answerTokens: number;
  /** By intervention of the request: the rows it acted on, those in reused cache included. */
  positions: number[];
  /** By gate of the request; null where the prompt was never computed to its end. */
  gates: (GateState | null)[];
}

/** What a stream tells, in this order: one `prompt`, any number of `tokens`, one `end`. */
export type StreamEvent =
  | { kind: 'prompt'; tokens: number; cached: number; scored: ScoredToken[] | null }
  /** `text` lags behind the tokens: a character is held back until it is whole, and so is what may begin a stop text. */
  | { kind: 'tokens'; text: string; tokens: ScoredToken[] }
  | ({ kind: 'end' } & StreamEnd);

/** A running answer: its events, as they come. */
export interface AnswerStream extends AsyncIterable<StreamEvent> {
  /** Ends it within one step; the last event is then an `end` with reason `cancelled`. */
  cancel(): void;
}

/** What the streams of an engine share. */
export interface StreamFacts {
  /** Answers that are generated at the same time; others wait. */
  streams: number;
  /** Tokens of prompt and answer that each can hold. */
  streamTokens: number;
  /**
   * Whether an answer's numbers were found to be the same to the last bit alone and in company, by a check when the
   * streams were opened; null with one stream, which has no company.
   */
  invariant: boolean | null;
}
