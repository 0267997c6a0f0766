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
      rounds: { type: 'string', default: process.env.STEERBENCH_ROUNDS ?? '7' },
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
  const { rounds, threads, streams } = options;
  const { path, sha256 } = await modelAtPrecision(await findModel(model), 'f16', requantiseRemotely);
  const engine = await loadEngine({
    path,
    hash: sha256,
    threads,
    streams,
    streamTokens: contextTokens,
    contextTokens: 256,
    splitBlocks: false,
  });
  await engine.openStreams();
  const { blocks, width } = engine.facts;
  // So small that no token changes: every way decodes the same rows.
  await writeVectors(folder, { count: streams, blocks, dimensions: width, norm: 1e-5 });
  const answerer = new Answerer(engine, { vectors: new VectorFolder(folder) });
  const served = await startServed([
    ...['--model', path, '--precision', 'file', '--vectors', folder, '--streams', String(streams)],
    ...['--context', String(contextTokens), '--threads', String(threads)],
  ]);
  try {
    let changing = 1;
    const variants = {
      library: () => viaLibrary(answerer, engine.pid, options, 1),
      server: () => viaServer(served, options, 1),
      'server, another multiplier in every request': () => {
        changing += streams;
        return viaServer(served, options, changing);
      },
    };
    report(await rounded(variants, rounds), options);
  } finally {
    await served.stop();
    await engine.dispose();
  }
}

/** Every second round backwards; the first, which fills caches, is not counted. */
async function rounded(variants, rounds) {
  const raw = Object.fromEntries(Object.keys(variants).map((name) => [name, { wall: [], cpu: [] }]));
  for (let round = 0; round <= rounds; round++) {
    const names = Object.keys(variants);
    if (round % 2 === 1) names.reverse();
    for (const name of names) {
      const { tokens, seconds, cpu } = await variants[name]();
      if (round === 0) continue;
      raw[name].wall.push(tokens / seconds);
      raw[name].cpu.push(tokens / cpu);
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

async function viaLibrary(answerer, pid, options, first) {
  const own = () => seconds(process.cpuUsage());
  return timed(
    () => own() + seconds(processorTime(pid)),
    async () => {
      const counts = requestsOf(options, first).map(async ({ messages, ...more }) => {
        const answer = answerer.chat(messages, { ...more, ignoreEnd: true, temperature: 0 });
        let tokens = 0;
        for await (const event of answer) if (event.kind === 'text') tokens += event.tokens.length;
        return tokens;
      });
      return Promise.all(counts);
    },
  );
}

/** Processor time is that of server and engine; a client has a machine of its own. */
async function viaServer({ url, pid, enginePid }, options, first) {
  return timed(
    () => seconds(processorTime(pid)) + seconds(processorTime(enginePid)),
    () => Promise.all(requestsOf(options, first).map((request) => streamed(url, request))),
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

async function timed(clock, run) {
  const [cpu, wall] = [clock(), performance.now()];
  const counts = await run();
  return {
    tokens: counts.reduce((sum, count) => sum + count, 0),
    seconds: (performance.now() - wall) / 1000,
    cpu: clock() - cpu,
  };
}

function seconds({ user, system }) {
  return (user + system) / 1e6;
}

function report(raw, options) {
  const ratio = (name, base, kind) =>
    median(raw[name][kind].map((value, round) => value / raw[base][kind][round]));
  const bases = { server: 'library', 'server, another multiplier in every request': 'server' };
  const ratios = {};
  for (const [name, { wall, cpu }] of Object.entries(raw)) {
    const base = bases[name];
    const speeds = `${median(wall).toFixed(1)} tokens per second, ${median(cpu).toFixed(1)} per second of processor time`;
    if (base === undefined) {
      console.log(`${name}: ${speeds}`);
      continue;
    }
    ratios[name] = { of: base, wall: ratio(name, base, 'wall'), cpu: ratio(name, base, 'cpu') };
    const { wall: byWall, cpu: byCpu } = ratios[name];
    console.log(
      `${name}: ${speeds}; ${byWall.toFixed(3)} of "${base}" (processor time ${byCpu.toFixed(3)}): overhead ${(100 * (1 / byWall - 1)).toFixed(1)} %`,
    );
  }
  keep('server', { ...options, unit: 'tokens per second', raw, ratios });
}
