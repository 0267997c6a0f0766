import { SteerbenchError } from '../../errors.ts';
import { gateConflict } from '../../interventions/gate.ts';
import { largestSeed } from '../../math/next-seed.ts';
import { checkLayer, checkVectorFits } from '../check-interventions.ts';
import type { ModelFacts } from '../engine.ts';
import type { TokenisedRequest } from './answer.ts';
import type { StreamRequest } from './stream-request.ts';

/** Longer grammars and more stop texts than any schema or chat format needs would only cost time at every token. */
const limits = { grammarCharacters: 200_000, stops: 64, logprobs: 100, logitBias: 5000 };

/**
 * Refuses a request that could not be served as it says.
 *
 * @throws SteerbenchError `layer-out-of-range`, `vector-dimension`, `prompt-too-long`, `steering-malformed` for a gate
 * that cannot act on its scope; RangeError for a number that is out of range
 */
export function checkStreamRequest(request: TokenisedRequest, facts: ModelFacts, streamTokens: number): void {
  checkPrompt(request.prompt, facts, streamTokens);
  checkSteering(request, facts);
  checkSampling(request.sampling ?? {}, facts.vocabulary);
  const { maxTokens = null, stop = [], logprobs = null, promptLogprobs = null } = request;
  if (maxTokens !== null) whole('maxTokens', maxTokens, 0, Number.MAX_SAFE_INTEGER);
  if (stop.length > limits.stops || stop.some((text) => typeof text !== 'string' || text === ''))
    throw new RangeError(`invalid "stop"; at most ${limits.stops} texts, none empty: ${stop.length} texts`);
  if (logprobs !== null) whole('logprobs', logprobs, 0, limits.logprobs);
  if (promptLogprobs !== null) whole('promptLogprobs', promptLogprobs, 0, limits.logprobs);
}

function checkPrompt(prompt: Int32Array, { vocabulary }: ModelFacts, streamTokens: number): void {
  if (prompt.length === 0) throw new RangeError('the prompt has no token to continue from');
  if (prompt.length > streamTokens) {
    throw new SteerbenchError(
      'prompt-too-long',
      `the prompt has ${prompt.length} tokens; prompt and answer together can have ${streamTokens}`,
      { remedy: 'give a shorter prompt or a larger context' },
    );
  }
  const foreign = prompt.find((token) => !(token >= 0 && token < vocabulary));
  if (foreign !== undefined)
    throw new RangeError(`token ${foreign} of the prompt does not exist; the vocabulary has ${vocabulary}`);
}

function checkSteering({ interventions = [], gates = [] }: StreamRequest, facts: ModelFacts): void {
  for (const gate of gates) {
    checkVectorFits(gate, facts);
    if (!Number.isFinite(gate.threshold))
      throw new RangeError(`the threshold of a gate is not a finite number: ${gate.threshold}`);
    if (!gate.vector.some((value) => value !== 0))
      throw new RangeError(`the zero vector has no direction; gate at layer ${gate.layer}`);
  }
  for (const { gate, scope, ...intervention } of interventions) {
    checkVectorFits(intervention, facts);
    checkLayer(intervention.layer, facts);
    if (!Number.isFinite(intervention.multiplier)) {
      throw new RangeError(
        `the multiplier for layer ${intervention.layer} is not a finite number: ${intervention.multiplier}`,
      );
    }
    if (gate === null) continue;
    const decided = gates[gate];
    if (decided === undefined)
      throw new RangeError(`there is no gate ${gate}; the request has ${gates.length}`);
    const conflict = gateConflict(scope, intervention.layer, decided);
    if (conflict !== null) {
      throw new SteerbenchError('steering-malformed', `a gate cannot act here: ${conflict}`, {
        remedy: `use a scope that begins later ("after" 1), or a gate at layer ${intervention.layer} or below`,
      });
    }
  }
}

function checkSampling(sampling: NonNullable<StreamRequest['sampling']>, vocabulary: number): void {
  const { logitBias = [], grammar = null } = sampling;
  number('temperature', sampling.temperature, 0, 100);
  number('topP', sampling.topP, 0, 1);
  number('minP', sampling.minP, 0, 1);
  number('frequencyPenalty', sampling.frequencyPenalty, -100, 100);
  number('presencePenalty', sampling.presencePenalty, -100, 100);
  number('repetitionPenalty', sampling.repetitionPenalty, 0.01, 100);
  if (sampling.topK !== undefined) whole('topK', sampling.topK, 0, 2 ** 31 - 1);
  if (sampling.repetitionTokens !== undefined)
    whole('repetitionTokens', sampling.repetitionTokens, 1, 2 ** 20);
  if (sampling.seed !== undefined) whole('seed', sampling.seed, 0, largestSeed);
  if (logitBias.length > limits.logitBias)
    throw new RangeError(`invalid "logitBias"; at most ${limits.logitBias} tokens: ${logitBias.length}`);
  for (const { token, bias } of logitBias) {
    if (!(Number.isInteger(token) && token >= 0 && token < vocabulary))
      throw new RangeError(
        `invalid "logitBias"; token ${token} does not exist in a vocabulary of ${vocabulary}`,
      );
    if (typeof bias !== 'number' || Number.isNaN(bias) || bias === Number.POSITIVE_INFINITY)
      throw new RangeError(`invalid "logitBias"; not a number below infinity: ${bias}`);
  }
  if (grammar !== null && grammar.length > limits.grammarCharacters)
    throw new RangeError(
      `invalid "grammar"; at most ${limits.grammarCharacters} characters: ${grammar.length}`,
    );
}

function number(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (value >= least && value <= most)) return;
  throw new RangeError(`invalid "${name}"; not a number from ${least} to ${most}: ${value}`);
}

function whole(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`invalid "${name}"; not a whole number from ${least} to ${most}: ${value}`);
}
