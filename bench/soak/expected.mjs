// What a request of the soak must be answered: its text alone in an engine, and what must be said of its steering.

/**
 * The answer to one request, made alone: nothing else runs in the engine.
 *
 * @param answerer of an engine in which nothing else runs
 * @param seed of the answer; null where nothing is drawn
 * @returns `{ text, logprobs, reason, stop, usage, applied }`
 */
export async function soloAnswer(answerer, { route, body }, seed) {
  const options = {
    steering: body.steering,
    temperature: body.temperature,
    topP: body.top_p ?? 1,
    topK: body.top_k ?? 0,
    frequencyPenalty: body.frequency_penalty ?? 0,
    maxTokens: body.max_tokens,
    stop: body.stop ?? [],
    ignoreEnd: body.ignore_eos ?? false,
    logprobs: body.logprobs === undefined ? null : Number(body.logprobs === true ? 0 : body.logprobs),
    seed: seed ?? 0,
  };
  const answer =
    route === 'completions' ? answerer.complete(body.prompt, options) : answerer.chat(body.messages, options);
  const { text, tokens, reason, stop, usage, appliedSteering } = await answer.whole();
  return {
    text,
    logprobs: body.logprobs === undefined ? null : tokens.map(({ logprob }) => logprob),
    reason,
    stop,
    usage,
    applied: appliedSteering,
  };
}

/**
 * How `applied_steering` differs from what was asked; null where it says what it should.
 *
 * Checked against the request and the vector files, not against another answer: names, hashes, layers, multipliers,
 * operators, scopes, and the rows of each scope, counted by hand.
 *
 * @param hashes sha256 of each vector's file, by name
 */
export function steeringFault(applied, { body }, { usage, reason }, { vectors, hashes, blocks }) {
  if (applied.entries.length !== body.steering.length) return 'the number of entries';
  for (const [place, asked] of body.steering.entries()) {
    const entry = applied.entries[place];
    const layers =
      asked.layers === 'all' ? vectors.find(({ name }) => name === asked.vector).layers : [asked.layers];
    const scope = typeof asked.scope === 'string' ? { kind: asked.scope } : asked.scope;
    const expected = {
      vector: asked.vector,
      hash: hashes.get(asked.vector),
      layers: [...layers].sort((a, b) => a - b),
      multiplier: asked.multiplier,
      operator: asked.operator,
      scope,
    };
    for (const [field, value] of Object.entries(expected))
      if (JSON.stringify(entry[field]) !== JSON.stringify(value)) return `${field} of entry ${place}`;
    const gateFault = faultOfGate(entry.gate, asked.when ?? null, hashes);
    if (gateFault !== null) return `${gateFault} of entry ${place}`;
    const acts =
      !(asked.operator === 'add' && asked.multiplier === 0) && (entry.gate === null || entry.gate.open);
    const rows = acts ? rowsOf(scope, usage, reason) : 0;
    for (const [i, layer] of expected.layers.entries()) {
      // Of the last block, a prompt's rows that predict nothing are not computed; the solo answer says how many were.
      if (layer === blocks - 1 && ['prompt', 'all'].includes(scope.kind)) continue;
      if (entry.positions[i] !== rows)
        return `positions of entry ${place}: ${entry.positions[i]} for ${rows}, at layer ${layer}`;
    }
  }
  return null;
}

function faultOfGate(gate, when, hashes) {
  if (when === null) return gate === null ? null : 'a gate';
  const { value, open, hash, ...named } = gate;
  if (JSON.stringify(sorted(named)) !== JSON.stringify(sorted(when))) return 'the condition';
  if (hash !== hashes.get(when.vector)) return "the hash of the condition's vector";
  const beyond = when.above === undefined ? value < when.below : value > when.above;
  return open === beyond ? null : 'whether the gate was open';
}

function sorted(object) {
  return Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Rows of a scope: those of the prompt, and of each answer token that was decoded. */
function rowsOf(scope, { promptTokens, answerTokens }, reason) {
  // The last token chosen is not decoded, unless it ended the answer and is not counted.
  const rows = promptTokens + answerTokens - (reason === 'end-token' ? 0 : 1);
  const last = promptTokens - 1;
  const upTo = (end) => Math.min(end, rows);
  switch (scope.kind) {
    case 'prompt':
      return upTo(last);
    case 'response':
      return rows - last;
    case 'all':
      return rows;
    case 'first':
      return upTo(last + scope.tokens) - last;
    case 'after':
      return Math.max(0, rows - last - scope.tokens);
  }
}
