import { retryAfterMs } from '../download/retry-after.ts';
import { networkFault } from '../download/transfer-fault.ts';
import { excerpt } from './excerpt.ts';
import type { ChatMessage } from './judge-messages.ts';
import type { Judge } from './judge-options.ts';
import { JudgeFault } from './judgement.ts';
import { readAnswer } from './read-answer.ts';

/** A chat completion of one integer has some hundred bytes. */
const longestBody = 2 ** 20;

/**
 * Asks a judge once, at temperature 0, and reads its points.
 *
 * The key goes to the endpoint alone: redirects are not followed, and it is cut out of whatever the endpoint says.
 *
 * @throws JudgeFault when there are no points; the signal's reason when that has fired
 */
export async function askJudge(judge: Judge, messages: ChatMessage[], signal: AbortSignal): Promise<number> {
  const controller = new AbortController();
  const late = new JudgeFault('timeout', `no whole answer within ${judge.timeoutMs / 1000} s`, {
    retry: true,
  });
  const timer = setTimeout(() => controller.abort(late), judge.timeoutMs);
  const onAbort = (): void => controller.abort(signal.reason);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  try {
    const response = await send(judge, messages, controller.signal);
    const body = await readBody(response);
    if (response.status !== 200) throw statusFault(response, body, judge.apiKey());
    return readAnswer(body, judge.answersAs);
  } catch (error) {
    if (controller.signal.aborted) throw controller.signal.reason;
    if (error instanceof JudgeFault) throw error;
    const { message, retry } = networkFault(judge.endpoint.host, error);
    throw new JudgeFault('unreachable', message, { retry });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    // Gives up what was not read; without effect after a whole answer.
    controller.abort();
  }
}

function send(judge: Judge, messages: ChatMessage[], signal: AbortSignal): Promise<Response> {
  const { model, maxTokens } = judge;
  const key = judge.apiKey();
  return fetch(judge.endpoint, {
    method: 'POST',
    redirect: 'manual',
    signal,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'steerbench',
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
    },
    body: JSON.stringify({ model, messages, temperature: 0, max_tokens: maxTokens, stream: false }),
  });
}

async function readBody(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  const reader = response.body?.getReader();
  for (;;) {
    const part = await reader?.read();
    if (part === undefined || part.done) return Buffer.concat(parts).toString('utf8');
    bytes += part.value.length;
    if (bytes > longestBody)
      throw new JudgeFault('unreadable', `the answer has more than ${longestBody / 2 ** 20} MiB`);
    parts.push(part.value);
  }
}

function statusFault(response: Response, body: string, key: string | null): JudgeFault {
  const { status } = response;
  const said = saidIn(body, key);
  const reason = `status ${status}${said === '' ? '' : `: ${said}`}`;
  const waitMs = retryAfterMs(response.headers);
  if (status === 429) return new JudgeFault('rate-limited', reason, { retry: true, waitMs });
  if (status >= 500 || status === 408) return new JudgeFault('server-error', reason, { retry: true, waitMs });
  const refusals = new Set([401, 403, 404, 405, 407, 410]);
  if (status < 400) return new JudgeFault('refused', `${reason}: redirects are not followed`);
  return new JudgeFault(refusals.has(status) ? 'refused' : 'rejected', reason);
}

/** The message of an error's body, as OpenAI words it and others do; without the key. */
function saidIn(body: string, key: string | null): string {
  let message: unknown = '';
  try {
    const { error, detail } = JSON.parse(body);
    message = error?.message ?? error ?? detail;
  } catch {
    // A page for browsers says nothing that the status does not.
  }
  if (typeof message !== 'string') return '';
  return excerpt(key === null ? message : message.replaceAll(key, '[key]'));
}
