// Time to the first token, steered and unsteered, and what changing a multiplier from answer to answer costs: one answer
// at a time, in this process. Processor time is compared as well as wall time.
import { loadLlama } from '../dist/engine/load-llama.js';
import { requantiseRemotely } from '../dist/engine/requantise-remotely.js';
import { Xoshiro } from '../dist/math/xoshiro.js';
import { findModel } from '../dist/models/find-model.js';
import { modelAtPrecision } from '../dist/models/precision.js';
import { keep, median } from './support.mjs';

const rounds = Number(process.env.STEERBENCH_ROUNDS ?? 15);
const threads = Number(process.env.STEERBENCH_THREADS ?? 1);
const promptTokens = 100;
const answerTokens = 12;

/** Prints each variant's median time, and its share of the unsteered one. */
export async function firstTokenBench() {
  const { path, sha256 } = await modelAtPrecision(await findModel(), 'f16', requantiseRemotely);
  const engine = await loadLlama({
    path,
    hash: sha256,
    threads,
    streams: 2,
    streamTokens: 256,
    contextTokens: 256,
    splitBlocks: false,
  });
  await engine.openStreams();
  const random = new Xoshiro(0);
  const { width, vocabulary, blocks } = engine.facts;
  const vectors = Array.from({ length: blocks }, () =>
    // So small that no token changes.
    Float32Array.from({ length: width }, () => random.normal() * 1e-7),
  );
  const layers = vectors.map((_, layer) => layer);
  /** A prompt that no cache holds, or the same one every time. */
  const fresh = () => Int32Array.from({ length: promptTokens }, () => random.below(vocabulary));
  const same = fresh();
  const steered = (at, kind, multiplier) =>
    at.map((layer) => ({
      layer,
      vector: vectors[layer],
      multiplier,
      operator: 'add',
      scope: { kind },
      gate: null,
    }));
  let last = 1;
  const variants = {
    unsteered: () => [fresh(), []],
    'one layer': () => [fresh(), steered([15], 'response', 1)],
    'all layers, whole prompt': () => [fresh(), steered(layers, 'all', 1)],
    'same prompt, same multiplier': () => [same, steered([15], 'response', 1)],
    'same prompt, another multiplier': () => {
      last += 0.01;
      return [same, steered([15], 'response', last)];
    },
  };
  const raw = Object.fromEntries(
    Object.keys(variants).map((name) => [name, { firstCpu: [], firstWall: [], wholeCpu: [] }]),
  );
  for (let round = 0; round <= rounds; round++) {
    const names = Object.keys(variants);
    if (round % 2 === 1) names.reverse();
    for (const name of names) {
      const [prompt, interventions] = variants[name]();
      const times = await timed(engine, prompt, interventions);
      if (round > 0) for (const kind of Object.keys(times)) raw[name][kind].push(times[kind]);
    }
  }
  await engine.dispose();
  const bases = {
    'one layer': 'unsteered',
    'all layers, whole prompt': 'unsteered',
    'same prompt, another multiplier': 'same prompt, same multiplier',
  };
  const ratios = {};
  for (const [name, times] of Object.entries(raw)) {
    const base = bases[name];
    const ratio = (kind) =>
      base === undefined ? 1 : median(times[kind].map((value, round) => value / raw[base][kind][round]));
    ratios[name] = {
      firstCpu: ratio('firstCpu'),
      firstWall: ratio('firstWall'),
      wholeCpu: ratio('wholeCpu'),
    };
    console.log(
      `${name}: first token after ${(median(times.firstCpu) * 1000).toFixed(0)} ms of processor time, ${answerTokens} after ${(median(times.wholeCpu) * 1000).toFixed(0)} ms${base === undefined ? '' : `; ${ratios[name].firstCpu.toFixed(3)} and ${ratios[name].wholeCpu.toFixed(3)} of "${base}" (wall, first token: ${ratios[name].firstWall.toFixed(3)})`}`,
    );
  }
  keep('first-token', { rounds, threads, promptTokens, answerTokens, unit: 'seconds', raw, ratios });
}

async function timed(engine, prompt, interventions) {
  const cpu = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  const [beganCpu, beganWall] = [cpu(), performance.now()];
  let first = null;
  const stream = engine.stream({
    prompt,
    interventions,
    maxTokens: answerTokens,
    ignoreEnd: true,
    sampling: { temperature: 0 },
  });
  for await (const event of stream) {
    if (event.kind === 'tokens' && first === null)
      first = { firstCpu: cpu() - beganCpu, firstWall: (performance.now() - beganWall) / 1000 };
  }
  return { ...first, wholeCpu: cpu() - beganCpu };
}
