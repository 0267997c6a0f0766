// A server under mixed load for a while: random steering, clients that leave, broken bodies, an engine that is killed.
// Every answer is compared with the same request made alone, and what is said of its steering with what was asked.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Answerer } from '../dist/answers/answerer.js';
import { loadLlama } from '../dist/engine/load-llama.js';
import { requantiseRemotely } from '../dist/engine/requantise-remotely.js';
import { Xoshiro } from '../dist/math/xoshiro.js';
import { findModel } from '../dist/models/find-model.js';
import { modelAtPrecision } from '../dist/models/precision.js';
import { VectorFolder } from '../dist/steering/vector-folder.js';
import { ask, askNonsense } from './soak/client.mjs';
import { soloAnswer, steeringFault } from './soak/expected.mjs';
import { requestPool } from './soak/pool.mjs';
import { flatness, Record } from './soak/record.mjs';
import { memoryOf, metric, startServed } from './soak/served.mjs';
import { keep } from './support.mjs';
import { writeTinyModel, writeVectors } from './tiny-model.mjs';

const contextTokens = 768;
const vectorCount = 16;
/** Requests that came so long after the engine's death may still be told of it: the server hears of it when it hears. */
const noticeMs = 1000;
/** Below this, no verdict on memory: caches and heaps still fill. */
const leastMinutes = 10;

/** Runs the soak and prints a table; the process then ends with 1 where a check failed. */
export async function soakBench(args = []) {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: 'string', default: '20' },
      clients: { type: 'string', default: '64' },
      streams: { type: 'string', default: '32' },
      seed: { type: 'string', default: '1' },
      pool: { type: 'string', default: '200' },
      threads: { type: 'string', default: '1' },
      model: { type: 'string' },
    },
  });
  const { model, ...numbers } = values;
  const options = { model, ...Object.fromEntries(Object.entries(numbers).map(([k, v]) => [k, Number(v)])) };
  const folder = mkdtempSync(join(tmpdir(), 'steerbench-soak-'));
  try {
    await soak(options, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function soak(options, folder) {
  const { path, hash } = await modelOf(options, folder);
  const solo = await loadLlama({ ...loadOptions(path, hash, options), streams: 2 });
  const vectorFolder = join(folder, 'vectors');
  const { blocks, width, chatTemplate } = solo.facts;
  await writeVectors(vectorFolder, {
    count: vectorCount,
    blocks,
    dimensions: width,
    layersEach: 2,
    seed: options.seed,
  });
  const vectors = Array.from({ length: vectorCount }, (_, i) => ({
    name: `v${i}`,
    layers: [i % blocks, (i + 1) % blocks],
  }));
  const hashes = new Map(
    vectors.map(({ name }) => {
      const file = readFileSync(join(vectorFolder, `${name}.safetensors`));
      return [name, createHash('sha256').update(file).digest('hex')];
    }),
  );
  const answerer = new Answerer(solo, { vectors: new VectorFolder(vectorFolder) });
  const pool = requestPool({ size: options.pool, seed: options.seed, vectors, chat: chatTemplate !== null });
  const surroundings = { record: new Record(), answerer, vectors, hashes, blocks };
  for (const request of pool.filter(({ later }) => !later)) {
    request.solo = [];
    for (let place = 0; place < request.body.n; place++)
      request.solo.push(await soloAnswer(answerer, request, (request.body.seed ?? 0) + place));
  }
  const texts = pool.flatMap(({ solo: answers = [] }) => answers.map(({ text }) => text));
  const share = new Set(texts).size / texts.length;
  // Of equal texts nobody could tell whether they were exchanged.
  surroundings.record.check('solo answers differ', share > 0.8 ? null : `only ${share} of them`);
  const served = await startServed([
    ...['--model', path, '--precision', 'file', '--vectors', vectorFolder, '--name', 'soak'],
    ...['--streams', String(options.streams), '--queue', String(2 * options.clients)],
    ...['--context', String(contextTokens), '--threads', String(options.threads), '--max-body', '0.5'],
  ]);
  let load;
  try {
    load = await underLoad(served, pool, options, surroundings);
    await checkRowsFree(served, options, surroundings.record);
    await verifyLater(load.later, surroundings);
  } finally {
    const code = await served.stop();
    surroundings.record.check(
      'the server ends by itself when told to',
      code === 0 ? null : `it ended: ${code}`,
    );
    await solo.dispose();
  }
  report(load, options, surroundings.record);
}

function loadOptions(path, hash, { threads }) {
  return { path, hash, threads, streamTokens: contextTokens, contextTokens: 256, splitBlocks: false };
}

async function modelOf({ model }, folder) {
  if (model === undefined) return { path: await writeTinyModel(folder, { context: contextTokens }) };
  const { path, sha256 } = await modelAtPrecision(await findModel(model), 'f32', requantiseRemotely);
  return { path, hash: sha256 };
}

/** The load itself: all clients until the time is up, and a kill halfway. */
async function underLoad(served, pool, options, surroundings) {
  const { record } = surroundings;
  const began = performance.now();
  const seconds = () => (performance.now() - began) / 1000;
  const total = options.minutes * 60;
  const state = { end: began + total * 1000, killedAt: Number.POSITIVE_INFINITY, later: [], tokens: 0 };
  const memory = [];
  const sampler = setInterval(
    () => {
      memory.push({ second: seconds(), ...memoryOf(served.pid) });
      if (memory.length % 60 === 0)
        process.stderr.write(`${seconds().toFixed(0)} s: ${JSON.stringify(record.counts)}\n`);
    },
    Math.min(2000, (total * 1000) / 100),
  );
  const killer = setTimeout(
    () => {
      state.killedAt = performance.now();
      process.kill(served.enginePid, 'SIGKILL');
    },
    (total * 1000) / 2,
  );
  await Promise.all(
    Array.from({ length: options.clients }, (_, id) =>
      client(served.url, pool, new Xoshiro(options.seed * 1000 + id), state, options, surroundings),
    ),
  );
  clearInterval(sampler);
  clearTimeout(killer);
  const killedSecond = (state.killedAt - began) / 1000;
  const refused = record.counts['refused by the kill'] ?? 0;
  record.check('the kill reached requests', refused > 0 ? null : 'no request was refused by it');
  const restarts = await metric(served.url, 'engine_restarts_total');
  record.check('the engine was started again once', restarts === 1 ? null : `${restarts} restarts`);
  return { seconds: seconds(), killedSecond, memory, later: state.later, tokens: state.tokens };
}

async function client(url, pool, random, state, options, surroundings) {
  const { record } = surroundings;
  const timeoutMs = options.model === undefined ? 60_000 : 600_000;
  while (performance.now() < state.end) {
    const began = performance.now();
    if (random.below(16) === 0) {
      record.count('broken requests');
      const fault = await askNonsense(url, random, timeoutMs);
      // While the engine is started again, what needs its tokenizer waits or is told so.
      const killed = fault?.error?.code === 'engine-crashed' && nearKill(began, state);
      record.check('broken requests are refused', fault === null || killed ? null : fault);
      continue;
    }
    const request = pool[random.below(pool.length)];
    const answer = await ask(url, request, leaveOf(random, request), timeoutMs);
    judge(request, answer, began, state, surroundings);
  }
}

/** One in six leaves: after a while, or after some chunks. */
function leaveOf(random, { body }) {
  if (random.below(6) > 0) return null;
  if (body.stream && random.below(3) > 0) return { afterChunks: 1 + random.below(12) };
  return { afterMs: random.below(200) };
}

function nearKill(began, { killedAt }) {
  return began < killedAt + noticeMs && performance.now() > killedAt;
}

function judge(request, answer, began, state, surroundings) {
  const { record } = surroundings;
  record.count(
    answer.kind === 'left' ? 'left early' : `${request.body.stream ? 'streamed' : 'whole'} requests`,
  );
  switch (answer.kind) {
    case 'broken':
      record.check('every request is answered', answer.why);
      return;
    case 'left':
      if (request.later) return;
      for (const [index, text] of answer.texts)
        record.check(
          'what came before leaving is how the solo answer begins',
          request.solo[index].text.startsWith(text)
            ? null
            : { request: request.body, text, solo: request.solo[index].text },
        );
      return;
    case 'refused':
      record.check('every request is answered', refusalFault(answer, began, state, record));
      return;
  }
  record.check('every request is answered', null);
  state.tokens += answer.usage.completion_tokens;
  if (began > state.killedAt) record.count('answered after the kill');
  if (!request.later) compare(request, request.solo, answer, surroundings);
  else if (state.later.length < 300) state.later.push({ request, answer });
}

/** A refusal is right only when the engine was killed meanwhile, and then it must be clear. */
function refusalFault({ status, error, retryAfter }, began, state, record) {
  if (error?.code !== 'engine-crashed' || !nearKill(began, state)) return { status, error };
  record.count('refused by the kill');
  // A stream has its status by then.
  const right = status === 200 || (status === 503 && retryAfter !== null);
  const clear = error.type === 'server_error' && error.message.includes('send the request again');
  record.check('the kill is told clearly', right && clear ? null : { status, error });
  return null;
}

function compare(request, solo, { choices, usage }, surroundings) {
  const { record } = surroundings;
  record.check(
    'as many choices as asked for',
    choices.length === request.body.n ? null : { request: request.body, choices: choices.length },
  );
  for (const [place, choice] of choices.entries()) {
    const alone = solo[place];
    const differs = (field, given, expected) =>
      JSON.stringify(given) === JSON.stringify(expected)
        ? null
        : { request: request.body, place, [field]: given, solo: expected };
    record.check('text equals the solo answer', differs('text', choice.text, alone.text));
    if (alone.logprobs !== null)
      record.check(
        'log-probabilities equal those alone',
        differs('logprobs', choice.logprobs, alone.logprobs),
      );
    const finish = ['end-token', 'stop-string'].includes(alone.reason) ? 'stop' : 'length';
    record.check(
      'ends for the same reason',
      differs('end', [choice.finish_reason, choice.stop_reason], [finish, alone.stop]),
    );
    const fault = steeringFault(choice.applied_steering, request, alone, surroundings);
    record.check(
      'applied_steering is what was asked',
      fault === null ? null : { fault, request: request.body, applied: choice.applied_steering },
    );
    record.check(
      'applied_steering equals that of the solo answer',
      differs('applied', choice.applied_steering, alone.applied),
    );
  }
  const answerTokens = solo.reduce((sum, one) => sum + one.usage.answerTokens, 0);
  const counted = [usage.prompt_tokens, usage.completion_tokens];
  const right = JSON.stringify(counted) === JSON.stringify([solo[0].usage.promptTokens, answerTokens]);
  record.check('usage counts the tokens', right ? null : { request: request.body, usage });
}

/** Answers whose seed the server chose: made again alone, with the seed that was told. */
async function verifyLater(later, surroundings) {
  for (const { request, answer } of later) {
    const solo = [];
    for (let place = 0; place < request.body.n; place++)
      solo.push(await soloAnswer(surroundings.answerer, request, answer.seed + place));
    compare(request, solo, answer, surroundings);
  }
}

/** Nothing is running any more, and every row takes an answer: as many as there are rows run side by side. */
async function checkRowsFree({ url }, { streams }, record) {
  for (let tries = 0; tries < 100 && (await metric(url, 'answers_running')) > 0; tries++) await wait(50);
  for (const name of ['answers_running', 'answers_waiting']) {
    const value = await metric(url, name);
    record.check('no answer is left running or waiting', value === 0 ? null : `${name} is ${value}`);
  }
  const body = {
    prompt: 'x',
    temperature: 0,
    max_tokens: 700,
    ignore_eos: true,
    stream: true,
    n: 1,
    steering: [],
  };
  let [begun, ended, most] = [0, 0, 0];
  await Promise.all(
    Array.from({ length: streams }, async () => {
      const response = await fetch(`${url}/v1/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      begun++;
      most = Math.max(most, begun - ended);
      await response.text();
      ended++;
    }),
  );
  record.check('every row is free', most === streams ? null : `${most} of ${streams} ran side by side`);
}

function report({ seconds, killedSecond, memory, tokens, later }, options, record) {
  const windows = {
    'server and engine, before the kill': memory
      .filter(({ second }) => second < killedSecond)
      .map(({ server, engine }) => server + engine),
    'server and engine, after the kill': memory
      .filter(({ second }) => second > killedSecond)
      .map(({ server, engine }) => server + engine),
    'server, all the time': memory.map(({ server }) => server),
  };
  const flat = Object.fromEntries(
    Object.entries(windows).map(([name, samples]) => [name, flatness(samples)]),
  );
  for (const [name, found] of Object.entries(flat)) {
    if (found === null) continue;
    console.log(
      `memory, ${name}: ${found.first.toFixed(1)} MiB after warm-up, ${found.last.toFixed(1)} MiB at the end, ratio ${found.ratio.toFixed(3)}`,
    );
    if (options.minutes >= leastMinutes)
      record.check('memory is flat within 5 %', found.flat ? null : `${name}: ${found.ratio.toFixed(3)}`);
  }
  if (options.minutes < leastMinutes) console.log(`memory is judged from ${leastMinutes} minutes on`);
  const { counts } = record;
  console.log(
    `${options.clients} clients, ${options.streams} streams, ${seconds.toFixed(0)} s: ${tokens} tokens answered; ${JSON.stringify(counts)}`,
  );
  console.log(`${later.length} answers whose seed the server chose were made again alone`);
  let failed = 0;
  for (const [name, { checked, wrong, faults }] of record.checks) {
    console.log(`${wrong === 0 ? 'PASS' : 'FAIL'}  ${name}: ${checked} checked, ${wrong} wrong`);
    for (const fault of faults) console.log(`      ${JSON.stringify(fault).slice(0, 1500)}`);
    if (wrong > 0) failed++;
  }
  const checks = Object.fromEntries(record.checks);
  keep('soak', { options, seconds, killedSecond, tokens, counts, checks, flat, memory, unit: 'MiB' });
  console.log(failed === 0 ? 'PASS' : `FAIL: ${failed} checks`);
  if (failed > 0) process.exitCode = 1;
}
