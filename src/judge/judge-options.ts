import { SteerbenchError } from '../errors.ts';
import type { Rubric } from './rubric.ts';

/** A judging model behind an OpenAI-compatible endpoint, and how to ask it. Holds no secret: may stand in a plan. */
export interface JudgeOptions {
  /** The API's base, `http://127.0.0.1:8080/v1`, or the whole address that ends in `/chat/completions`. */
  url: string;
  /** Name of the model, as the endpoint knows it. */
  model: string;
  rubric: Rubric;
  /** Name of the environment variable that holds the key; null (the default) for an endpoint without one. */
  apiKeyVariable?: string | null;
  /** Name under which the endpoint says it answered, where it is not `model`; null takes any. Default `model`. */
  answersAs?: string | null;
  /** Longest answer, 1 to 100,000 tokens; models that think aloud need more than the default 16. */
  maxTokens?: number;
  /** Seed of the order in which the texts are put. Default 0. */
  seed?: number;
  /** Texts asked about at a time, 1 to 64. Default 4. */
  concurrency?: number;
  /** For one whole answer, 1 to 300,000. Default 60,000. */
  timeoutMs?: number;
  /** Requests for one text that may fail, 1 to 20. Default 3. */
  attempts?: number;
  /** Wait before the second request for a text; doubled each time, 0 to 60,000. Default 1000. */
  retryDelayMs?: number;
  /** Wait for one text in all, by our doubling or the endpoint's `Retry-After`, 0 to 3,600,000. Default 120,000. */
  longestWaitMs?: number;
  /** Texts in a row that fail through the endpoint before the rest is not asked for, 1 to 1000. Default 5. */
  giveUpAfter?: number;
}

/** A judge that can be asked. */
export interface Judge
  extends Required<Omit<JudgeOptions, 'url' | 'apiKeyVariable' | 'answersAs' | 'rubric'>> {
  endpoint: URL;
  answersAs: string | null;
  rubric: Rubric;
  /** The key; null without. A function, so that no copy of a judge as JSON holds it. */
  apiKey: () => string | null;
}

/**
 * Checks a judge's description and takes its key from the environment: to be called before a run begins.
 *
 * @throws SteerbenchError `judge-unusable` for an address that is none or holds a secret, or a key that is not there;
 * RangeError for a number out of its range
 * @example
 * resolveJudge({ url: 'http://127.0.0.1:8080/v1', model: 'judge', rubric }, process.env);
 */
export function resolveJudge(options: JudgeOptions, environment: NodeJS.ProcessEnv): Judge {
  const key = apiKey(options.apiKeyVariable ?? null, environment);
  if (options.model.trim() === '') throw unusable('the judge has no model', 'give the name of a model');
  return {
    endpoint: endpointOf(options.url),
    model: options.model,
    answersAs: options.answersAs === undefined ? options.model : options.answersAs,
    rubric: options.rubric,
    apiKey: () => key,
    maxTokens: within('maxTokens', options.maxTokens ?? 16, 1, 100_000),
    seed: options.seed ?? 0,
    concurrency: within('concurrency', options.concurrency ?? 4, 1, 64),
    // Node itself gives up on an answer's headers after five minutes.
    timeoutMs: within('timeoutMs', options.timeoutMs ?? 60_000, 1, 300_000),
    attempts: within('attempts', options.attempts ?? 3, 1, 20),
    retryDelayMs: within('retryDelayMs', options.retryDelayMs ?? 1000, 0, 60_000),
    longestWaitMs: within('longestWaitMs', options.longestWaitMs ?? 120_000, 0, 3_600_000),
    giveUpAfter: within('giveUpAfter', options.giveUpAfter ?? 5, 1, 1000),
  };
}

/**
 * The address that questions go to: `/chat/completions` below the base, the query kept.
 *
 * @throws SteerbenchError `judge-unusable` for another protocol, or a secret in the address
 */
export function endpointOf(url: string): URL {
  if (!URL.canParse(url))
    throw unusable(`the judge's address is no URL: "${url}"`, 'give one like http://127.0.0.1:8080/v1');
  const endpoint = new URL(url);
  if (endpoint.protocol !== 'http:' && endpoint.protocol !== 'https:')
    throw unusable(`the judge's address is not HTTP: "${endpoint.protocol}"`, 'give an http or https URL');
  // The address is kept in the plan and shown in the report. What was found is not repeated here.
  const secret = [...endpoint.searchParams.keys()].find((name) =>
    /key|token|secret|passw|signature/i.test(name),
  );
  if (endpoint.username !== '' || endpoint.password !== '' || secret !== undefined) {
    const where = secret === undefined ? 'before the host' : `in "${secret}"`;
    throw unusable(
      `the judge's address holds a secret ${where}`,
      'put the key into an environment variable and name that',
    );
  }
  endpoint.hash = '';
  const path = endpoint.pathname.replace(/\/+$/, '');
  endpoint.pathname = path.endsWith('/chat/completions') ? path : `${path}/chat/completions`;
  return endpoint;
}

function apiKey(variable: string | null, environment: NodeJS.ProcessEnv): string | null {
  if (variable === null) return null;
  // A key given in place of a name must not be shown.
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable))
    throw unusable("the name of the variable with the judge's key is no name", 'give a name like JUDGE_KEY');
  const key = environment[variable]?.trim() ?? '';
  if (key === '')
    throw unusable(`the environment variable "${variable}" is not set`, 'set it to the key of the judge');
  if (!/^[\x21-\x7e]+$/.test(key))
    throw unusable(`the key in "${variable}" has characters that no key has`, 'set it to the key alone');
  return key;
}

function within(name: string, value: number, least: number, most: number): number {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RangeError(`invalid "${name}"; not an integer from ${least} to ${most}: ${value}`);
  return value;
}

function unusable(message: string, remedy: string): SteerbenchError {
  return new SteerbenchError('judge-unusable', message, { remedy });
}
