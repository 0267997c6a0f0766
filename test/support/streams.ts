import type { Engine } from '../../src/engine/engine.ts';
import type {
  ScoredToken,
  StreamEnd,
  StreamEvent,
  StreamRequest,
} from '../../src/engine/streams/stream-request.ts';

/** Everything a stream told. */
export interface Told {
  text: string;
  tokens: number[];
  scored: ScoredToken[];
  prompt: Extract<StreamEvent, { kind: 'prompt' }> | null;
  end: StreamEnd;
}

/** Reads a stream to its end. */
export async function told(events: AsyncIterable<StreamEvent>): Promise<Told> {
  const result: Omit<Told, 'end'> & { end: StreamEnd | null } = {
    text: '',
    tokens: [],
    scored: [],
    prompt: null,
    end: null,
  };
  for await (const event of events) {
    if (event.kind === 'prompt') result.prompt = event;
    if (event.kind === 'end') result.end = event;
    if (event.kind !== 'tokens') continue;
    result.text += event.text;
    result.tokens.push(...event.tokens.map(({ token }) => token));
    result.scored.push(...event.tokens);
  }
  if (result.end === null) throw new Error('a stream without an end');
  return { ...result, end: result.end };
}

/** One answer, greedy unless the request says otherwise. */
export function answer(engine: Pick<Engine, 'stream'>, request: StreamRequest): Promise<Told> {
  return told(engine.stream(greedy(request)));
}

/** The request with temperature 0, unless it has one. */
export function greedy(request: StreamRequest): StreamRequest {
  return { maxTokens: 8, ...request, sampling: { temperature: 0, ...request.sampling } };
}

/** log softmax of a row of logits. */
export function logSoftmax(logits: ArrayLike<number>): number[] {
  const values = Array.from(logits);
  const largest = Math.max(...values);
  const sum = largest + Math.log(values.reduce((total, value) => total + Math.exp(value - largest), 0));
  return values.map((value) => value - sum);
}
