import type { Engine } from '../engine/engine.ts';
import type { PromptText, Sampling, StreamRequest } from '../engine/streams/stream-request.ts';
import { SteerbenchError } from '../errors.ts';
import { grammarOfAnyObject, grammarOfSchema } from '../grammar/json-schema.ts';
import { type ConversationRenderer, createConversationRenderer } from '../prompts/conversation.ts';
import type { ChatMessage } from '../prompts/message-template.ts';
import { promptTokenize } from '../prompts/prompt-tokenize.ts';
import type { SteeringInput } from '../steering/steering-value.ts';
import type { VectorSource } from '../steering/vector-source.ts';
import { Answer } from './answer.ts';
import type { AnswerFormat, AnswerOptions } from './answer-options.ts';
import { defined } from './defined.ts';
import { type PreparedSteering, prepareSteering, type SteeringGrounds } from './prepare-steering.ts';

/** The part of an engine that answers need. */
export type AnswerEngine = Pick<Engine, 'facts' | 'stream' | 'tokenize' | 'detokenize'>;

/** An answer that can be started, as often as wanted. */
export interface PreparedAnswer {
  request: StreamRequest;
  steering: PreparedSteering;
}

/** A source without vectors, for those who gave none. */
const noVectors: VectorSource = {
  find: (name) =>
    Promise.reject(
      new SteerbenchError('vector-not-found', `there is no vector "${name}": none were given`, {
        remedy: 'give a folder of vectors (--vectors DIR)',
      }),
    ),
};

/**
 * Turns conversations and plain texts into steered answers of one model.
 *
 * @example
 * const answerer = new Answerer(model.engine, { vectors: new VectorFolder('vectors') });
 * const { text } = await answerer.chat([{ role: 'user', content: 'Hello' }], { steering: 'calm@14:0.8' }).whole();
 */
export class Answerer {
  readonly engine: AnswerEngine;
  readonly #grounds: SteeringGrounds;
  readonly #conversation: ConversationRenderer;
  #tokenizePlain: Promise<((text: string) => Promise<Int32Array>) | null> | null = null;

  constructor(engine: AnswerEngine, grounds: Partial<SteeringGrounds> = {}) {
    this.engine = engine;
    this.#grounds = { vectors: noVectors, residualNorms: new Map(), limits: new Map(), ...grounds };
    this.#conversation = createConversationRenderer(engine.facts);
  }

  /** What had to be handled in the model's chat template, one sentence each. */
  get notes(): string[] {
    return this.#conversation.notes;
  }

  /** Resolves and judges steering, as an answer would. Throws as {@link prepareSteering}. */
  steering(given: SteeringInput | string): Promise<PreparedSteering> {
    return prepareSteering(given, this.engine.facts, this.#grounds);
  }

  /** The text of a conversation, up to where the next answer begins. Throws SteerbenchError `messages-refused`. */
  render(messages: readonly ChatMessage[]): string {
    return this.#conversation.render(messages);
  }

  /**
   * Everything that an answer to a conversation takes.
   *
   * @throws SteerbenchError `messages-refused`, `grammar-malformed`, of the steering
   */
  async prepareChat(messages: readonly ChatMessage[], options: AnswerOptions = {}): Promise<PreparedAnswer> {
    const text = this.render(messages);
    const prompt = this.#conversation.writesSpecials
      ? { text, addSpecial: false, parseSpecial: true }
      : await this.#plain(text);
    return this.#prepare(prompt, options);
  }

  /**
   * Everything that the continuation of a text, or of tokens, takes.
   *
   * Special tokens written in a text are read as such; the start token is added where the model's file says so.
   *
   * @throws SteerbenchError `grammar-malformed`, of the steering
   */
  async prepareCompletion(prompt: string | Int32Array, options: AnswerOptions = {}): Promise<PreparedAnswer> {
    return this.#prepare(typeof prompt === 'string' ? await this.#plain(prompt) : prompt, options);
  }

  /** Starts a prepared answer, with another seed where one is given. */
  start({ request, steering }: PreparedAnswer, seed?: number): Answer {
    const sampling = seed === undefined ? request.sampling : { ...request.sampling, seed };
    const stream = this.engine.stream(sampling === undefined ? request : { ...request, sampling });
    return new Answer(Promise.resolve({ stream, steering }));
  }

  /** Answers a conversation. */
  chat(messages: readonly ChatMessage[], options: AnswerOptions = {}): Answer {
    return this.#startLater(this.prepareChat(messages, options));
  }

  /** Continues a text, or tokens. */
  complete(prompt: string | Int32Array, options: AnswerOptions = {}): Answer {
    return this.#startLater(this.prepareCompletion(prompt, options));
  }

  #startLater(prepared: Promise<PreparedAnswer>): Answer {
    return new Answer(
      prepared.then(({ request, steering }) => ({ stream: this.engine.stream(request), steering })),
    );
  }

  async #prepare(prompt: StreamRequest['prompt'], options: AnswerOptions): Promise<PreparedAnswer> {
    const { steering: given = [], format = { kind: 'text' }, ...rest } = options;
    const { maxTokens, stop, ignoreEnd, logprobs, promptLogprobs, ...sampling } = rest;
    const steering = await this.steering(given);
    const request: StreamRequest = {
      prompt,
      interventions: steering.resolved.interventions,
      gates: steering.resolved.gates,
      sampling: { ...sampling, ...grammarOf(format) },
      ...defined({ maxTokens, stop, ignoreEnd, logprobs, promptLogprobs }),
    };
    return { request, steering };
  }

  /** Plain text is tokenised by the engine as it arrives, but where the tokenizer puts an end token behind it. */
  async #plain(text: string): Promise<PromptText | Int32Array> {
    this.#tokenizePlain ??= this.#endTokenCutter();
    const tokenize = await this.#tokenizePlain.catch((error: unknown) => {
      this.#tokenizePlain = null;
      throw error;
    });
    return tokenize === null ? { text, addSpecial: true, parseSpecial: true } : tokenize(text);
  }

  async #endTokenCutter(): Promise<((text: string) => Promise<Int32Array>) | null> {
    const { engine } = this;
    const added = await engine.tokenize('', { addSpecial: true, parseSpecial: true });
    if (added.length <= (engine.facts.addsStartToken ? 1 : 0)) return null;
    return promptTokenize(engine, { writesSpecials: false }, engine.facts);
  }
}

function grammarOf(format: AnswerFormat): Pick<Sampling, 'grammar'> {
  switch (format.kind) {
    case 'text':
      return {};
    case 'json':
      return { grammar: grammarOfAnyObject() };
    case 'schema':
      return { grammar: grammarOfSchema(format.schema) };
    case 'grammar':
      return { grammar: format.grammar };
  }
}
