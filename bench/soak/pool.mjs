// The requests of the soak: drawn from a seed, so that each can be asked again alone.
import { Xoshiro } from '../../dist/math/xoshiro.js';

const words =
  'the sea was calm and no wind moved over it when a small boat left the harbour with three people and a lamp'.split(
    ' ',
  );
const scopes = ['prompt', 'response', 'all', { kind: 'first', tokens: 3 }, { kind: 'after', tokens: 2 }];
const operators = ['add', 'add', 'add', 'ablate', 'ablate-then-add', 'norm-preserving-add', 'clamp'];

/**
 * Different requests, of both routes, streamed and whole, greedy and sampled, steered in every way.
 *
 * @param vectors `{ name, layers }` of each vector that the server has
 * @returns `{ route, body, later }`; `later`: its seed is the server's choice, its answer cannot be known beforehand
 */
export function requestPool({ size, seed, vectors, chat }) {
  const root = new Xoshiro(seed);
  const stems = [20, 45, 70].map((length, i) => textOf(root.derive(`stem ${i}`), length));
  return Array.from({ length: size }, (_, place) => {
    const random = root.derive(`request ${place}`);
    const route = chat && random.below(2) === 0 ? 'chat/completions' : 'completions';
    const own = textOf(random, 2 + random.below(12));
    const text = random.below(3) === 0 ? own : `${stems[random.below(stems.length)]} ${own}`;
    const { later, ...sampling } = samplingOf(random, place);
    const body = {
      ...(route === 'completions' ? { prompt: text } : { messages: messagesOf(random, text) }),
      ...sampling,
      max_tokens: 1 + random.below(48),
      stream: random.below(2) === 0,
      n: random.below(12) === 0 ? 2 : 1,
      ...(random.below(4) === 0 ? { stop: [' e', 'qu'] } : {}),
      ...(random.below(3) === 0 ? { ignore_eos: true } : {}),
      ...(random.below(8) === 0 ? (route === 'completions' ? { logprobs: 1 } : { logprobs: true }) : {}),
      steering: Array.from({ length: [0, 1, 1, 1, 2, 3][random.below(6)] }, () => entryOf(random, vectors)),
    };
    if (body.stream) body.stream_options = { include_usage: true };
    return { route, body, later };
  });
}

function textOf(random, length) {
  return Array.from({ length }, () => words[random.below(words.length)]).join(' ');
}

function messagesOf(random, text) {
  const user = { role: 'user', content: text };
  if (random.below(3) > 0) return [user];
  return [{ role: 'system', content: 'Answer briefly.' }, user];
}

function samplingOf(random, seed) {
  switch (random.below(5)) {
    case 0:
      return { later: false, temperature: 1.1, top_p: 0.95, seed };
    case 1:
      return { later: false, temperature: 0.8, top_k: 30, frequency_penalty: 0.5, seed };
    case 2:
      return { later: true, temperature: 1 };
    default:
      return { later: false, temperature: 0 };
  }
}

function entryOf(random, vectors) {
  const { name, layers } = vectors[random.below(vectors.length)];
  const chosen = random.below(3) === 0 ? 'all' : layers[random.below(layers.length)];
  const entry = {
    vector: name,
    layers: chosen,
    // Two places behind the point; 0 now and then, which is no steering.
    multiplier: Math.round(300 * random.uniform() - 150) / 100,
    operator: operators[random.below(operators.length)],
    scope: scopes[random.below(scopes.length)],
  };
  return random.below(4) === 0 ? conditional(random, entry, vectors) : entry;
}

/** The entry, acting only where the prompt's last token lies far enough along another vector. */
function conditional(random, entry, vectors) {
  const condition = vectors[random.below(vectors.length)];
  const side = random.below(2) === 0 ? 'above' : 'below';
  const measure = random.below(2) === 0 ? 'cosine' : 'projection';
  return {
    ...entry,
    // Decided at the prompt's last row: no earlier row can depend on it.
    scope: { kind: 'after', tokens: 1 + random.below(3) },
    when: {
      vector: condition.name,
      layer: condition.layers[random.below(condition.layers.length)],
      measure,
      [side]: (measure === 'cosine' ? 0.1 : 0.5) * random.normal(),
    },
  };
}
