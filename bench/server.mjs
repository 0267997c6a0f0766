// What the server costs on top of the library: the same 32 requests with 32 different vectors, over HTTP as streams of
// events and through the library, in alternating rounds. And what another multiplier in every request costs.
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Answerer } from '../dist/answers/answerer.js';
import { loadEngine } from '../dist/engine/remote-engine.js';
import { requantiseRemotely } from '../dist/engine/requantise-remotely.js';
import { findModel } from '../dist/models/find-model.js';
import { modelShape } from '../dist/models/model-shape.js';
import { modelAtPrecision } from '../dist/models/precision.js';
import { VectorFolder } from '../dist/steering/vector-folder.js';
import { startServed } from './soak/served.mjs';
import { keep, median, processorTime } from './support.mjs';
import { writeVectors } from './tiny-model.mjs';

const contextTokens = 256;

/** Prints the speed of each way, and the server's as a share of the library's. */
export async function serverBench(args = []) {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string', default: process.env.STEERBENCH_ROUNDS ?? '8' },
      threads: { type: 'string', default: process.env.STEERBENCH_THREADS ?? '2' },
      streams: { type: 'string', default: '32' },
      tokens: { type: 'string', default: '64' },
      model: { type: 'string' },
    },
  });
  const { model, ...numbers } = values;
  const options = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Number(value)]));
  const folder = mkdtempSync(join(tmpdir(), 'steerbench-server-'));
  try {
    await measure(model, options, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(model, options, folder) {
  const { path, sha256 } = await modelAtPrecision(await findModel(model), 'f16', requantiseRemotely);
  const { blocks, width } = await modelShape(path);
  // So small that no token changes: every way decodes the same rows.
  await writeVectors(folder, { count: options.streams, blocks, dimensions: width, norm: 1e-5 });
  const raw = {};
  // Two engines of one model are not equally fast; which is loaded first has a say.
  for (const order of [
    ['library', 'server'],
    ['server', 'library'],
  ]) {
    const found = await withBoth(order, { path, hash: sha256 }, options, folder);
    for (const [name, kinds] of Object.entries(found)) {
      raw[name] ??= { wall: [], own: [], engine: [] };
      for (const [kind, numbers] of Object.entries(kinds)) raw[name][kind].push(...numbers);
    }
  }
  report(raw, options);
}

/** Half of the rounds, library and server being loaded in the order given. */
async function withBoth(order, { path, hash }, options, folder) {
  const { rounds, threads, streams } = options;
  const load = {
    library: async () => {
      const engine = await loadEngine({
        path,
        hash,
        threads,
        streams,
        streamTokens: contextTokens,
        contextTokens: 256,
        splitBlocks: false,
      });
      await engine.openStreams();
      return engine;
    },
    server: () =>
      startServed([
        ...['--model', path, '--precision', 'file', '--vectors', folder, '--streams', String(streams)],
        ...['--context', String(contextTokens), '--threads', String(threads)],
      ]),
  };
  const loaded = {};
  try {
    for (const name of order) loaded[name] = await load[name]();
    const { library, server } = loaded;
    const answerer = new Answerer(library, { vectors: new VectorFolder(folder) });
    let changing = 1;
    const variants = {
      library: () => viaLibrary(answerer, library.pid, options, 1),
      server: () => viaServer(server, options, 1),
      'server, another multiplier in every request': () => {
        changing += streams;
        return viaServer(server, options, changing);
      },
    };
    return await rounded(variants, Math.ceil(rounds / 2));
  } finally {
    await loaded.server?.stop();
    await loaded.library?.dispose();
  }
}

/** Every second round backwards; the first, which fills caches, is not counted. */
async function rounded(variants, rounds) {
  const raw = Object.fromEntries(
    Object.keys(variants).map((name) => [name, { wall: [], own: [], engine: [] }]),
  );
  for (let round = 0; round <= rounds; round++) {
    const names = Object.keys(variants);
    if (round % 2 === 1) names.reverse();
    for (const name of names) {
      const { tokens, seconds, own, engine } = await variants[name]();
      if (round === 0) continue;
      raw[name].wall.push(tokens / seconds);
      raw[name].own.push((1e3 * own) / tokens);
      raw[name].engine.push((1e3 * engine) / tokens);
    }
  }
  return raw;
}

/** The requests, the i-th with its own vector; multipliers from `first` on, or all 1. */
function requestsOf({ streams, tokens }, first) {
  return Array.from({ length: streams }, (_, i) => ({
    messages: [{ role: 'user', content: `Tell me fact number ${i}.` }],
    steering: [{ vector: `v${i}`, multiplier: first === 1 ? 1 : (first + i) / 1000 }],
    maxTokens: tokens,
  }));
}

async function viaLibrary(answerer, enginePid, options, first) {
  return timed(process.pid, enginePid, async () => {
    const counts = requestsOf(options, first).map(async ({ messages, ...more }) => {
      const answer = answerer.chat(messages, { ...more, ignoreEnd: true, temperature: 0 });
      let tokens = 0;
      for await (const event of answer) if (event.kind === 'text') tokens += event.tokens.length;
      return tokens;
    });
    return Promise.all(counts);
  });
}

/** Its processor time is without the client's, which has a machine of its own. */
function viaServer({ url, pid, enginePid }, options, first) {
  return timed(pid, enginePid, () =>
    Promise.all(requestsOf(options, first).map((request) => streamed(url, request))),
  );
}

/** Asks for a stream and reads it: as little as a client can do, so that the server is what is measured. */
function streamed(url, { messages, steering, maxTokens }) {
  const body = JSON.stringify({
    messages,
    steering,
    max_tokens: maxTokens,
    ignore_eos: true,
    temperature: 0,
    stream: true,
    stream_options: { include_usage: true },
  });
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = httpRequest(`${url}/v1/chat/completions`, { method: 'POST', headers }, (response) => {
      let last = '';
      response.setEncoding('utf8').on('data', (text) => {
        last = (last + text).slice(-2000);
      });
      response.on('end', () => {
        const tokens = /"completion_tokens":(\d+)/.exec(last)?.[1];
        if (tokens === undefined || !last.endsWith('data: [DONE]\n\n')) reject(new Error(`no end: ${last}`));
        else resolve(Number(tokens));
      });
    });
    sent.on('error', reject).end(body);
  });
}

/** Tokens of a run, and the seconds that it took: by the clock, of the asking or serving process, of the engine. */
async function timed(pid, enginePid, run) {
  const began = { wall: performance.now(), own: seconds(pid), engine: seconds(enginePid) };
  const counts = await run();
  return {
    tokens: counts.reduce((sum, count) => sum + count, 0),
    seconds: (performance.now() - began.wall) / 1000,
    own: seconds(pid) - began.own,
    engine: seconds(enginePid) - began.engine,
  };
}

function seconds(pid) {
  const { user, system } = processorTime(pid);
  return (user + system) / 1e6;
}

function report(raw, options) {
  const bases = { server: 'library', 'server, another multiplier in every request': 'server' };
  const ratios = {};
  for (const [name, { wall, own, engine }] of Object.entries(raw)) {
    console.log(
      `${name}: ${median(wall).toFixed(1)} tokens per second; processor time a token: ${median(own).toFixed(3)} ms beside ${median(engine).toFixed(2)} ms of the engine`,
    );
    const base = bases[name];
    if (base === undefined) continue;
    // What is done beside the engine, as a share of all that the base does: it hardly depends on what else the machine does.
    const share = own.map(
      (value, round) => (value - raw[base].own[round]) / (raw[base].own[round] + raw[base].engine[round]),
    );
    ratios[name] = {
      of: base,
      wall: median(wall.map((value, round) => value / raw[base].wall[round])),
      processorOverhead: median(share),
    };
    console.log(
      `  beside "${base}": ${ratios[name].wall.toFixed(3)} of its speed; ${(100 * ratios[name].processorOverhead).toFixed(2)} % more processor time outside the engine`,
    );
  }
  keep('server', {
    ...options,
    unit: 'tokens per second; milliseconds of processor time a token',
    raw,
    ratios,
  });
}
