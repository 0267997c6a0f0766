import { createHash } from 'node:crypto';
import type { Answer } from '../answers/answer.ts';
import type { AnswerOptions } from '../answers/answer-options.ts';
import { Answerer } from '../answers/answerer.ts';
import type { ChatMessage } from '../prompts/message-template.ts';
import { fileVectors, type NamedVector, type VectorSource } from '../steering/vector-source.ts';
import type { SteeringVector } from '../vectors/steering-vector.ts';
import type { Model } from './load-model.ts';

/** How an answer is made, and where the vectors of its steering are. */
export interface LibraryAnswerOptions extends AnswerOptions {
  /** A folder of vectors, or vectors by name. Default: vector files, named by their paths. */
  vectors?: VectorSource | Record<string, SteeringVector>;
}

/**
 * Answers a conversation by the model's own chat template, steered or not.
 *
 * Sampling has the engine's defaults: temperature 1, seed 0; the same call gives the same answer. A model loaded with
 * `streams: n` gives n answers at a time.
 *
 * @param messages A user's text, or messages of `system`, `user` and `assistant`.
 * @throws SteerbenchError, when the answer is read: `messages-refused`, `steering-malformed`, `vector-not-found`,
 * `prompt-too-long`, `grammar-malformed`, `engine-crashed`, …; RangeError for a number that is out of range
 * @example
 * const vector = await extract(model, 'sentiment', { layers: [14] });
 * const answer = chat(model, 'How was the day?', { steering: 'happy@14:1', vectors: { happy: vector } });
 * for await (const event of answer) if (event.kind === 'text') process.stdout.write(event.text);
 */
export function chat(
  model: Pick<Model, 'engine'>,
  messages: string | readonly ChatMessage[],
  options: LibraryAnswerOptions = {},
): Answer {
  const { vectors, ...rest } = options;
  const given = typeof messages === 'string' ? [{ role: 'user' as const, content: messages }] : messages;
  return answererOf(model, vectors).chat(given, rest);
}

/**
 * Continues a text or tokens, steered or not; no chat template.
 *
 * @throws As {@link chat}.
 * @example
 * const { text, appliedSteering } = await complete(model, 'The weather is', { maxTokens: 20 }).whole();
 */
export function complete(
  model: Pick<Model, 'engine'>,
  prompt: string | Int32Array,
  options: LibraryAnswerOptions = {},
): Answer {
  const { vectors, ...rest } = options;
  return answererOf(model, vectors).complete(prompt, rest);
}

function answererOf({ engine }: Pick<Model, 'engine'>, vectors: LibraryAnswerOptions['vectors']): Answerer {
  return new Answerer(engine, { vectors: isSource(vectors) ? vectors : namedVectors(vectors ?? {}) });
}

function isSource(vectors: LibraryAnswerOptions['vectors']): vectors is VectorSource {
  return typeof vectors?.['find'] === 'function';
}

/** Vectors in memory under their names, and files under their paths. */
function namedVectors(vectors: Record<string, SteeringVector>): VectorSource {
  return fileVectors(
    new Map(
      Object.entries(vectors).map(([name, vector]): [string, NamedVector] => [
        name,
        { name, hash: hashOf(vector), vector },
      ]),
    ),
  );
}

/** A vector that lies in no file is named by the sha256 of its layers' numbers. */
function hashOf({ layers }: SteeringVector): string {
  const hash = createHash('sha256');
  for (const [layer, vector] of layers) {
    hash.update(`${layer}:`).update(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
  }
  return hash.digest('hex');
}
