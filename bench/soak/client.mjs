// One client of the soak: asks, leaves, sends nonsense, and checks every answer that it gets.
import { connect } from 'node:net';

/**
 * Asks one request over HTTP and reads its answer.
 *
 * @param leave null, or how the client leaves: `{ afterMs }`, or `{ afterChunks }` of a stream
 * @returns `{ kind: 'answer', choices, usage, seed }`, `{ kind: 'left', texts }`, `{ kind: 'refused', status, error }`,
 * or `{ kind: 'broken', why }` where the protocol was not kept
 */
export async function ask(url, { route, body }, leave, timeoutMs) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(new Error('no answer in time')), timeoutMs);
  const leaver = leave?.afterMs === undefined ? null : setTimeout(() => control.abort('left'), leave.afterMs);
  const texts = new Map();
  try {
    const response = await fetch(`${url}/v1/${route}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: control.signal,
    });
    if (response.status !== 200)
      return {
        kind: 'refused',
        status: response.status,
        error: (await response.json()).error,
        retryAfter: response.headers.get('retry-after'),
      };
    if (!body.stream) {
      const { choices, usage, seed } = await response.json();
      return { kind: 'answer', choices: choices.map(choiceOfWhole), usage, seed };
    }
    return await readStream(response, { route, body }, leave, texts);
  } catch (error) {
    if (control.signal.reason === 'left') return { kind: 'left', texts };
    return { kind: 'broken', why: `${error.message ?? error} ${error.cause?.message ?? ''}`.trim() };
  } finally {
    clearTimeout(timer);
    clearTimeout(leaver);
  }
}

function choiceOfWhole({ message, text, logprobs, index: _, ...end }) {
  return { text: message?.content ?? text, logprobs: numbersOf(logprobs), ...end };
}

/** Log-probabilities of either route. */
function numbersOf(logprobs) {
  if (logprobs === null) return null;
  return logprobs.token_logprobs ?? logprobs.content.map(({ logprob }) => logprob);
}

async function readStream(response, { route, body }, leave, texts) {
  const choices = Array.from({ length: body.n }, () => ({ text: '', logprobs: [], ended: false }));
  let [id, seed, usage, chunks, closed] = [null, null, null, 0, false];
  for await (const data of events(response.body)) {
    if (closed) return { kind: 'broken', why: 'an event behind [DONE]' };
    if (data === '[DONE]') {
      closed = true;
      continue;
    }
    const chunk = JSON.parse(data);
    if (chunk.error !== undefined) return { kind: 'refused', status: 200, error: chunk.error };
    id ??= chunk.id;
    seed ??= chunk.seed;
    if (chunk.id !== id || chunk.seed !== seed) return { kind: 'broken', why: 'a chunk of another answer' };
    usage = chunk.usage ?? usage;
    for (const { index, text, delta, logprobs, finish_reason, ...end } of chunk.choices) {
      const choice = choices[index];
      if (choice === undefined || choice.ended)
        return { kind: 'broken', why: `a chunk for choice ${index} that is none or has ended` };
      choice.text += (route === 'completions' ? text : delta.content) ?? '';
      choice.logprobs.push(...(numbersOf(logprobs) ?? []));
      if (finish_reason !== null) Object.assign(choice, { ended: true, finish_reason, ...end });
      texts.set(index, choice.text);
    }
    // Leaving the loop closes the connection.
    if (++chunks === leave?.afterChunks) return { kind: 'left', texts };
  }
  if (!closed || choices.some(({ ended }) => !ended)) return { kind: 'broken', why: 'the stream has no end' };
  if (body.logprobs === undefined) for (const choice of choices) choice.logprobs = null;
  return { kind: 'answer', choices, usage, seed };
}

/** The data of server-sent events. */
async function* events(stream) {
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of stream) {
    text += decoder.decode(part, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      yield text.slice(6, end);
      text = text.slice(end + 2);
    }
  }
}

/** Broken requests: a body, or what else is sent, and the status that it must get. */
const broken = [
  { text: '{"prompt": "x", ', status: 400 },
  { text: 'nonsense', status: 400 },
  { text: '[]', status: 400 },
  { text: '{"prompt": 5}', status: 400 },
  { text: '{"prompt": "x", "max_tokens": -1}', status: 400 },
  { text: '{"prompt": "x", "no_such_field": 1}', status: 400 },
  { text: '{"prompt": "x", "steering": [{"vector": "absent"}]}', status: 400 },
  { text: '{"prompt": "x", "steering": [{"vector": "v0", "layers": 511}]}', status: 400 },
  { text: '{"prompt": "x", "steering": "v0@@1"}', status: 400 },
  { text: '{"prompt": "x", "grammar": "root ::= ("}', status: 400 },
  { text: '{"prompt": "x", "stream": true, "stop": [""]}', status: 400 },
  { text: `{"prompt": ${JSON.stringify('long '.repeat(4000))}}`, status: 400 },
  { text: '{"prompt": "x", "model": "another"}', status: 404 },
  { text: '{"prompt": "x"}', type: 'text/plain', status: 415 },
  { text: `{"prompt": "${'x'.repeat(2 ** 20)}"}`, status: 413 },
];

/** Sends a broken request; null where it was refused as it should be, else what came. */
export async function askNonsense(url, random, timeoutMs) {
  if (random.below(4) === 0) return breakOff(url);
  const { text, type = 'application/json', status } = broken[random.below(broken.length)];
  try {
    const response = await fetch(`${url}/v1/completions`, {
      method: 'POST',
      headers: { 'content-type': type },
      body: text,
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { error } = await response.json();
    if (response.status === status && typeof error?.message === 'string' && error.code !== undefined)
      return null;
    return { text: text.slice(0, 80), expected: status, status: response.status, error };
  } catch (error) {
    // A body that is too large is not read to its end: the client may find the connection closed while it writes.
    if (status === 413 && error.name === 'TypeError') return null;
    return { text: text.slice(0, 80), expected: status, error: error.message };
  }
}

/** Breaks off in the middle of a body. */
function breakOff(url) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => {
      const head =
        'POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n';
      socket.write(`${head}{"prompt": "x", "max_`, () => {
        socket.destroy();
        resolve(null);
      });
    });
    socket.on('error', (error) => resolve({ text: 'half a body', error: error.message }));
  });
}
