import koffi from 'koffi';
import { SteerbenchError } from '../errors.ts';
import type { LlamaContext } from './context.ts';
import type { LlamaFunctions, Pointer } from './functions.ts';
import type { LlamaModel } from './model.ts';

/** How the next token is chosen; every step is llama.cpp's own sampler, in the order of the fields. */
export interface SamplerOptions {
  /** Added to the logits of single tokens; −Infinity forbids a token. */
  logitBias: { token: number; bias: number }[];
  /** Divides positive logits of tokens seen in the last `repetitionTokens`, prompt included, multiplies negative ones; 1 is off. */
  repetitionPenalty: number;
  repetitionTokens: number;
  /** Subtracted for each occurrence in the answer, and once for a token that occurs in it; 0 is off. */
  frequencyPenalty: number;
  presencePenalty: number;
  /** Answer tokens that the two penalties look back on. */
  answerTokens: number;
  /** Only the likeliest k tokens; 0 is off. */
  topK: number;
  /** Only the likeliest tokens that reach this probability together; 1 is off. */
  topP: number;
  /** Only tokens of at least this share of the likeliest one's probability; 0 is off. */
  minP: number;
  /** Logits are divided by it; 0 takes the likeliest token. */
  temperature: number;
  /** Seed of the draw, 0 to 2^32 − 2. */
  seed: number;
  /** Grammar in GBNF that the answer must follow; null for none. */
  grammar: string | null;
}

/** Bytes of a llama_token_data: id, logit, probability. */
const candidateBytes = 12;

/**
 * The samplers of one answer.
 *
 * @throws SteerbenchError `grammar-malformed` when llama.cpp cannot parse the grammar
 */
export class LlamaSampler {
  readonly #f: LlamaFunctions;
  readonly #chain: Pointer;
  /** Sees the prompt too; a part of the chain. Null without a repetition penalty. */
  readonly #repetition: Pointer | null;
  readonly #grammar: GrammarCheck | null;

  constructor(functions: LlamaFunctions, model: LlamaModel, options: SamplerOptions) {
    this.#f = functions;
    this.#grammar = options.grammar === null ? null : new GrammarCheck(functions, model, options.grammar);
    const f = functions;
    const vocabulary = model.vocabulary;
    const chain = f.llama_sampler_chain_init(f.llama_sampler_chain_default_params()) as Pointer;
    const add = (sampler: Pointer) => {
      f.llama_sampler_chain_add(chain, sampler);
      return sampler;
    };
    if (options.logitBias.length > 0)
      add(f.llama_sampler_init_logit_bias(vocabulary, options.logitBias.length, options.logitBias));
    this.#repetition =
      options.repetitionPenalty === 1
        ? null
        : add(
            f.llama_sampler_init_penalties(
              vocabulary,
              options.repetitionTokens,
              options.repetitionPenalty,
              0,
              0,
            ),
          );
    if (options.frequencyPenalty !== 0 || options.presencePenalty !== 0) {
      add(
        f.llama_sampler_init_penalties(
          vocabulary,
          Math.max(1, options.answerTokens),
          1,
          options.frequencyPenalty,
          options.presencePenalty,
        ),
      );
    }
    if (options.temperature === 0) add(f.llama_sampler_init_greedy());
    else {
      if (options.topK > 0) add(f.llama_sampler_init_top_k(options.topK));
      if (options.topP < 1) add(f.llama_sampler_init_top_p(options.topP, 1));
      if (options.minP > 0) add(f.llama_sampler_init_min_p(options.minP, 1));
      add(f.llama_sampler_init_temp(options.temperature));
      add(f.llama_sampler_init_dist(options.seed));
    }
    this.#chain = chain;
  }

  /** Lets the repetition penalty see the prompt. */
  seePrompt(tokens: Iterable<number>): void {
    if (this.#repetition === null) return;
    for (const token of tokens) this.#f.llama_sampler_accept(this.#repetition, token);
  }

  /**
   * The next token after row `index` of the last decode; null where the grammar allows none.
   *
   * With a grammar, a token is drawn without it first and kept if it fits; else one is drawn from those that fit. That
   * gives the same distribution, and spares testing the whole vocabulary at most steps.
   */
  next(context: LlamaContext, index: number): number | null {
    if (this.#grammar === null) return context.sample(this.#chain, index);
    const token = this.#grammar.choose(this.#chain, context.logits(index));
    if (token !== null) this.#f.llama_sampler_accept(this.#chain, token);
    return token;
  }

  /** Frees the samplers. */
  dispose(): void {
    this.#f.llama_sampler_free(this.#chain);
    this.#grammar?.dispose();
  }
}

/** A grammar sampler, and native memory for the tokens that it judges. */
class GrammarCheck {
  readonly #f: LlamaFunctions;
  readonly #grammar: Pointer;
  readonly #vocabulary: number;
  readonly #candidates: Pointer;
  readonly #ids: Int32Array;
  readonly #logits: Float32Array;

  constructor(functions: LlamaFunctions, model: LlamaModel, text: string) {
    this.#f = functions;
    this.#grammar = functions.llama_sampler_init_grammar(model.vocab, text, 'root') as Pointer;
    if (this.#grammar === null) {
      throw new SteerbenchError(
        'grammar-malformed',
        `llama.cpp cannot use the grammar ${JSON.stringify(text.slice(0, 80))}`,
        {
          remedy: 'give a GBNF grammar with a rule "root" and no left recursion',
        },
      );
    }
    this.#vocabulary = model.vocabulary;
    this.#candidates = candidatesOf(this.#vocabulary);
    const memory = koffi.view(this.#candidates, this.#vocabulary * candidateBytes);
    this.#ids = new Int32Array(memory);
    this.#logits = new Float32Array(memory);
  }

  choose(chain: Pointer, logits: Float32Array): number | null {
    this.#fill(logits);
    const first = this.#apply(chain, this.#vocabulary);
    if (first.logit === Number.NEGATIVE_INFINITY || !this.#allows(first.token)) {
      this.#fill(logits);
      this.#apply(this.#grammar, this.#vocabulary);
      const second = this.#apply(chain, this.#vocabulary);
      // Accepting a token that the grammar forbids would end the process.
      if (second.logit === Number.NEGATIVE_INFINITY || !this.#allows(second.token)) return null;
      this.#f.llama_sampler_accept(this.#grammar, second.token);
      return second.token;
    }
    this.#f.llama_sampler_accept(this.#grammar, first.token);
    return first.token;
  }

  dispose(): void {
    this.#f.llama_sampler_free(this.#grammar);
  }

  #fill(logits: Float32Array): void {
    for (let token = 0; token < this.#vocabulary; token++) {
      this.#ids[3 * token] = token;
      this.#logits[3 * token + 1] = logits[token]!;
      this.#logits[3 * token + 2] = 0;
    }
  }

  #allows(token: number): boolean {
    this.#ids[0] = token;
    this.#logits[1] = 1;
    this.#logits[2] = 0;
    this.#apply(this.#grammar, 1);
    return this.#logits[1] !== Number.NEGATIVE_INFINITY;
  }

  /** Applies a sampler to the first `size` candidates; what it selected, which is nothing for a grammar. */
  #apply(sampler: Pointer, size: number): { token: number; logit: number } {
    const array = { data: this.#candidates, size, selected: -1, sorted: false };
    this.#f.llama_sampler_apply(sampler, array);
    const selected = Number(array.selected);
    if (selected < 0) return { token: -1, logit: Number.NEGATIVE_INFINITY };
    const chosen = koffi.decode(array.data, selected * candidateBytes, 'llama_token_data') as {
      id: number;
      logit: number;
    };
    return { token: chosen.id, logit: chosen.logit };
  }
}

/** Native memory for as many candidates as a vocabulary has: judged one answer after the other, so all share it. */
function candidatesOf(vocabulary: number): Pointer {
  const known = candidates.get(vocabulary);
  if (known !== undefined) return known;
  const made = koffi.alloc('llama_token_data', vocabulary) as Pointer;
  candidates.set(vocabulary, made);
  return made;
}

const candidates = new Map<number, Pointer>();
