import type { Sampling } from '../engine/streams/stream-request.ts';
import type { SteeringInput } from '../steering/steering-value.ts';

/** What an answer must look like. */
export type AnswerFormat =
  | { kind: 'text' }
  /** Any JSON object. */
  | { kind: 'json' }
  /** A JSON value that a JSON Schema accepts; what of it is understood stands at `grammarOfSchema`. */
  | { kind: 'schema'; schema: unknown }
  /** GBNF. */
  | { kind: 'grammar'; grammar: string };

/** How an answer is made; what is absent has its default. */
export interface AnswerOptions extends Omit<Sampling, 'grammar'> {
  /** A steering value, or its short form (`sentiment@14:0.8`). Default: none. */
  steering?: SteeringInput | string;
  /** Most tokens of the answer. Default: until the context is full. */
  maxTokens?: number | null;
  /** The answer ends before the first of these texts. Default none. */
  stop?: string[];
  /** Never chooses a token that ends the generation. Default false. */
  ignoreEnd?: boolean;
  /** Log-probability of each chosen token, and of so many likeliest ones. Default null: none. */
  logprobs?: number | null;
  /** The same for the tokens of the prompt. Default null. */
  promptLogprobs?: number | null;
  /** Default text. */
  format?: AnswerFormat;
}
