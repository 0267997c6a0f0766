// A generation check: 60 prompts under three multipliers, 40 new tokens each, in one request against one text at a time.
import { readFileSync } from 'node:fs';
import { loadBehaviour } from '../dist/dataset/load-behaviour.js';
import { loadEngine } from '../dist/engine/remote-engine.js';
import { requantiseRemotely } from '../dist/engine/requantise-remotely.js';
import { Xoshiro } from '../dist/math/xoshiro.js';
import { findModel } from '../dist/models/find-model.js';
import { modelAtPrecision } from '../dist/models/precision.js';
import { createPromptRenderer, defaultSystem } from '../dist/prompts/chat-template.js';
import { keep } from './support.mjs';

const promptCount = 60;
const multipliers = [0, 1, -1];
const maxTokens = 40;
const threads = Number(process.env.STEERBENCH_THREADS ?? 1);
/** Texts that are timed one at a time: every ninth, the rest being like them. */
const every = 9;

/** Prints how much faster the texts are made together. */
export async function continuationsBench() {
  const { path, sha256 } = await modelAtPrecision(await findModel(), 'f16', requantiseRemotely);
  const engine = await loadEngine({ path, hash: sha256, threads, splitBlocks: false });
  const { items } = await loadBehaviour('sentiment');
  const { render } = createPromptRenderer(engine.facts, defaultSystem);
  const prompts = [];
  for (const { completion } of items.slice(0, promptCount)) {
    const options = { addSpecial: false, parseSpecial: true };
    prompts.push(await engine.tokenize(render(completion.prompt), options));
  }
  const random = new Xoshiro(0);
  const vector = Float32Array.from({ length: engine.facts.width }, () => random.normal());
  const interventions = multipliers.map((multiplier) => ({
    layer: 15,
    vector,
    multiplier,
    operator: 'add',
    start: 'last-prompt-token',
  }));
  const request = { prompts, interventions, branches: [[0], [1], [2]], maxTokens, temperature: 0, seed: 0 };
  await engine.generate({ ...request, prompts: prompts.slice(0, 1), maxTokens: 2 });
  const together = await timed(engine, request);
  const single = { seconds: 0, cpu: 0, texts: [] };
  const texts = prompts.flatMap((_, prompt) => multipliers.map((__, branch) => ({ prompt, branch })));
  for (const { prompt, branch } of texts.filter((_, place) => place % every === 0)) {
    const one = { ...request, prompts: [prompts[prompt]], branches: [[branch]] };
    const made = await timed(engine, one);
    single.seconds += made.seconds;
    single.cpu += made.cpu;
    single.texts.push({ seconds: made.seconds, cpu: made.cpu });
    if (made.texts[0][0] !== together.texts[prompt][branch])
      throw new Error(`the text of prompt ${prompt}, branch ${branch} differs alone and in company`);
  }
  await engine.dispose();
  const share = texts.length / single.texts.length;
  const speedup = {
    cpu: (single.cpu * share) / together.cpu,
    wall: (single.seconds * share) / together.seconds,
  };
  console.log(
    `${texts.length} texts of ${maxTokens} tokens: ${together.cpu.toFixed(1)} s of processor time together; ${(single.cpu * share).toFixed(1)} s one at a time (${single.texts.length} timed, the same texts); ${speedup.cpu.toFixed(1)} times faster (wall ${speedup.wall.toFixed(1)})`,
  );
  const { texts: _, ...times } = together;
  keep('continuations', { promptCount, multipliers, maxTokens, threads, together: times, single, speedup });
}

async function timed(engine, request) {
  const [cpu, wall] = [processorSeconds(engine.pid), performance.now()];
  const { texts } = await engine.generate(request);
  return { texts, seconds: (performance.now() - wall) / 1000, cpu: processorSeconds(engine.pid) - cpu };
}

/** Processor time of the engine's process so far; Linux. */
function processorSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
