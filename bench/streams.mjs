// 32 answers at a time: steered and unsteered by the scheduler, beside llama.cpp's own batched decoding through the same
// bindings. Processor time is compared as well as wall time: it hardly depends on what else the machine does.
import { loadLlama } from '../dist/engine/load-llama.js';
import { loadEngine } from '../dist/engine/remote-engine.js';
import { requantiseRemotely } from '../dist/engine/requantise-remotely.js';
import { LlamaContext } from '../dist/llama/context.js';
import { LlamaModel } from '../dist/llama/model.js';
import { loadNative } from '../dist/llama/native.js';
import { LlamaSampler } from '../dist/llama/sampler.js';
import { Xoshiro } from '../dist/math/xoshiro.js';
import { findModel } from '../dist/models/find-model.js';
import { modelAtPrecision } from '../dist/models/precision.js';
import { keep, median, processorTime } from './support.mjs';

const streams = 32;
const steps = 24;
const streamTokens = 256;
const rounds = Number(process.env.STEERBENCH_ROUNDS ?? 5);
const threads = Number(process.env.STEERBENCH_THREADS ?? 1);
const precision = process.env.STEERBENCH_PRECISION ?? 'f16';

/** Prints the speed of every variant as a share of llama.cpp's own batched decoding. */
export async function streamsBench() {
  const found = await findModel();
  const { path, sha256 } = await modelAtPrecision(found, precision, requantiseRemotely);
  const options = {
    path,
    hash: sha256,
    threads,
    streams,
    streamTokens,
    contextTokens: 256,
    splitBlocks: false,
  };
  const local = await loadLlama(options);
  const remote = await loadEngine(options);
  await Promise.all([local.openStreams(), remote.openStreams()]);
  const prompts = await promptsOf(local);
  const layers = Array.from({ length: local.facts.blocks }, (_, layer) => layer);
  const bare = bareDecoder(path, local.facts, prompts);
  const own = () => process.cpuUsage();
  const child = () => processorTime(remote.pid);
  const scheduled = (engine, at, clock) => () => fullOccupancy(engine, prompts, at, local.facts.width, clock);
  const variants = {
    'llama.cpp, separate caches': bare(false),
    'llama.cpp, one cache': bare(true),
    unsteered: scheduled(local, [], own),
    'one layer': scheduled(local, [15], own),
    'all layers': scheduled(local, layers, own),
    'unsteered, own process': scheduled(remote, [], child),
    'one layer, own process': scheduled(remote, [15], child),
    'all layers, own process': scheduled(remote, layers, child),
  };
  const raw = Object.fromEntries(Object.keys(variants).map((name) => [name, { cpu: [], wall: [] }]));
  for (let round = 0; round <= rounds; round++) {
    const names = Object.keys(variants);
    if (round % 2 === 1) names.reverse();
    for (const name of names) {
      const { cpu, wall } = await variants[name]();
      if (round === 0) continue;
      raw[name].cpu.push(cpu);
      raw[name].wall.push(wall);
    }
  }
  await local.dispose();
  await remote.dispose();
  report(raw);
}

function report(raw) {
  const ratio = (name, base, kind) =>
    median(raw[name][kind].map((value, round) => value / raw[base][kind][round]));
  const ratios = {};
  for (const name of Object.keys(raw)) {
    ratios[name] = {
      ofLlamaCpp: ratio(name, 'llama.cpp, separate caches', 'cpu'),
      ofUnsteered: ratio(name, name.includes('own process') ? 'unsteered, own process' : 'unsteered', 'cpu'),
      ofLlamaCppWall: ratio(name, 'llama.cpp, separate caches', 'wall'),
    };
    const { ofLlamaCpp, ofUnsteered, ofLlamaCppWall } = ratios[name];
    console.log(
      `${name}: ${median(raw[name].cpu).toFixed(1)} tokens per second of processor time; ${ofLlamaCpp.toFixed(3)} of llama.cpp's own (wall ${ofLlamaCppWall.toFixed(3)}), ${ofUnsteered.toFixed(3)} of unsteered`,
    );
  }
  keep(`streams-${precision}`, {
    streams,
    steps,
    threads,
    precision,
    unit: 'tokens per second',
    raw,
    ratios,
  });
}

async function promptsOf(engine) {
  const prompts = [];
  for (let stream = 0; stream < streams; stream++) {
    const text = `<|im_start|>user\nTell me fact number ${stream}.<|im_end|>\n<|im_start|>assistant\n`;
    prompts.push(await engine.tokenize(text, { addSpecial: false, parseSpecial: true }));
  }
  return prompts;
}

/** Rate while all streams are running: from the first token of the last to the end of the first. */
async function fullOccupancy(engine, prompts, layers, width, clock) {
  const random = new Xoshiro(0);
  // So small that no token changes: all variants decode the same rows.
  const vector = () => Float32Array.from({ length: width }, () => random.normal() * 1e-7);
  let started = 0;
  let ended = 0;
  let tokens = 0;
  let begin = null;
  let end = null;
  const now = () => ({ cpu: seconds(clock()), wall: performance.now() / 1000 });
  await Promise.all(
    prompts.map(async (prompt) => {
      const interventions = layers.map((layer) => ({
        layer,
        vector: vector(),
        multiplier: 1,
        operator: 'add',
        scope: { kind: 'all' },
        gate: null,
      }));
      let first = true;
      // Long enough that none ends before the last has begun.
      const maxTokens = steps + 60;
      const stream = engine.stream({
        prompt,
        interventions,
        maxTokens,
        ignoreEnd: true,
        sampling: { temperature: 0 },
      });
      let own = 0;
      for await (const event of stream) {
        if (event.kind !== 'tokens') continue;
        own++;
        if (first) started++;
        first = false;
        if (begin !== null && end === null) tokens++;
        if (started === streams && begin === null) begin = now();
        if (begin !== null && end === null && tokens >= streams * steps) end = now();
        if (end !== null && own < maxTokens) stream.cancel();
      }
      ended++;
    }),
  );
  if (begin === null || end === null || ended !== streams) throw new Error('the streams did not overlap');
  return { cpu: tokens / (end.cpu - begin.cpu), wall: tokens / (end.wall - begin.wall) };
}

/** llama.cpp alone: prompts, then a row a stream and its greedy sampler, no hook, no scheduler. */
function bareDecoder(path, facts, prompts) {
  const { functions } = loadNative({ gpu: false });
  const model = new LlamaModel(functions, path, 0);
  // A context without the graph callback.
  const plain = {
    ...functions,
    llama_init_from_model: (pointer, params) =>
      functions.llama_init_from_model(pointer, { ...params, cb_eval: null }),
  };
  return (unified) => () => {
    const context = new LlamaContext(plain, model.pointer, facts.vocabulary, {
      contextTokens: streams * streamTokens,
      batchRows: facts.batchRows,
      sequences: streams,
      threads,
      kvCache: 'f32',
      unified,
    });
    const samplers = prompts.map(() => new LlamaSampler(functions, model, greedy));
    const next = prompts.map((prompt, sequence) => {
      const rows = Array.from(prompt, (token, position) => ({
        token,
        position,
        sequences: [sequence],
        output: position === prompt.length - 1,
      }));
      context.decode(rows, null);
      return samplers[sequence].next(context, rows.length - 1);
    });
    const begin = { cpu: seconds(process.cpuUsage()), wall: performance.now() / 1000 };
    for (let step = 0; step < steps; step++) {
      const rows = next.map((token, sequence) => ({
        token,
        position: prompts[sequence].length + step,
        sequences: [sequence],
        output: true,
      }));
      context.decode(rows, null);
      for (let sequence = 0; sequence < streams; sequence++)
        next[sequence] = samplers[sequence].next(context, sequence);
    }
    const end = { cpu: seconds(process.cpuUsage()), wall: performance.now() / 1000 };
    for (const sampler of samplers) sampler.dispose();
    context.dispose();
    const tokens = streams * steps;
    return { cpu: tokens / (end.cpu - begin.cpu), wall: tokens / (end.wall - begin.wall) };
  };
}

const greedy = {
  logitBias: [],
  repetitionPenalty: 1,
  repetitionTokens: 64,
  frequencyPenalty: 0,
  presencePenalty: 0,
  answerTokens: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  temperature: 0,
  seed: 0,
  grammar: null,
};

function seconds({ user, system }) {
  return (user + system) / 1e6;
}
