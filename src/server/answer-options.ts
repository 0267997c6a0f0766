import { randomInt } from 'node:crypto';
import type { AnswerOptions } from '../answers/answer-options.ts';
import type { PreparedSteering } from '../answers/prepare-steering.ts';
import { largestSeed } from '../math/next-seed.ts';
import { Refusal } from './refusal.ts';
import type { CommonRequest } from './schemas/fields.ts';
import type { ServerContext } from './server-context.ts';

/** A seed for a request that has none; it is told in the answer, so that the answer can be had again. */
export function seedOf({ seed }: CommonRequest): number {
  return seed ?? randomInt(largestSeed + 1);
}

/**
 * What a request of either kind asks of the sampling.
 *
 * @throws Refusal 400 for more tokens than the server gives
 */
export function samplingOf(
  request: CommonRequest,
  maxTokens: number | null,
  { answerTokens }: ServerContext['limits'],
): Omit<AnswerOptions, 'steering' | 'format'> {
  if (maxTokens !== null && maxTokens > answerTokens) {
    throw new Refusal(400, `"max_tokens" is ${maxTokens}; this server gives ${answerTokens} at most`, {
      code: 'invalid_value',
      param: 'max_tokens',
    });
  }
  const { stop, logit_bias: biases } = request;
  return {
    temperature: request.temperature ?? 1,
    topP: request.top_p ?? 1,
    topK: request.top_k ?? 0,
    minP: request.min_p ?? 0,
    frequencyPenalty: request.frequency_penalty ?? 0,
    presencePenalty: request.presence_penalty ?? 0,
    repetitionPenalty: request.repetition_penalty ?? 1,
    logitBias: Object.entries(biases ?? {}).map(([token, bias]) => ({
      token: Number(token),
      // As with OpenAI, -100 is a ban.
      bias: bias === -100 ? Number.NEGATIVE_INFINITY : bias,
    })),
    maxTokens: maxTokens ?? answerTokens,
    stop: typeof stop === 'string' ? [stop] : (stop ?? []),
    ignoreEnd: request.ignore_eos ?? false,
  };
}

/**
 * Refuses a request for another model than the served one.
 *
 * @throws Refusal 404
 */
export function checkModel(model: string | null | undefined, { modelName }: ServerContext): void {
  if (model === undefined || model === null || model === modelName) return;
  throw new Refusal(404, `there is no model ${JSON.stringify(model)}; this server has "${modelName}"`, {
    code: 'model_not_found',
    param: 'model',
  });
}

/** How large the steps are and what to know of them; null where nothing steers. */
export function steeringNotes({ resolved, doses, warnings }: PreparedSteering) {
  return resolved.entries.length === 0 ? null : { doses, warnings };
}
