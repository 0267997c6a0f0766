import type { AnswerOptions } from '../../answers/answer-options.ts';
import type { SamplingFlags } from '../answer-options.ts';

/** The sampling that the options of a command ask for. */
export function samplingOf(flags: SamplingFlags): Omit<AnswerOptions, 'steering'> {
  const { maxTokens, temperature, seed, topK, topP, minP, repetitionPenalty } = flags;
  return {
    maxTokens,
    temperature,
    seed,
    ...(topK === undefined ? {} : { topK }),
    ...(topP === undefined ? {} : { topP }),
    ...(minP === undefined ? {} : { minP }),
    ...(repetitionPenalty === undefined ? {} : { repetitionPenalty }),
  };
}
