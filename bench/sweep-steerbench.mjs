// One measurement of this program: layer sweep, one layer, or extraction on multiple-choice items; prints JSON.
//   node bench/sweep-steerbench.mjs --mode sweep|one-layer|extract --precision f32 --items 20 --rows 128
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadBehaviour } from '../dist/dataset/load-behaviour.js';
import { loadModel } from '../dist/library/load-model.js';
import { Xoshiro } from '../dist/math/xoshiro.js';
import { createCaseBuilder } from '../dist/prompts/build-case.js';
import { defaultSystem } from '../dist/prompts/chat-template.js';
import { dataFolder } from './support.mjs';

const { values } = parseArgs({
  options: {
    mode: { type: 'string', default: 'sweep' },
    precision: { type: 'string', default: 'f32' },
    items: { type: 'string', default: '20' },
    first: { type: 'string', default: '100' },
    rows: { type: 'string', default: '128' },
    cell: { type: 'string', default: '16' },
    start: { type: 'string', default: 'first-answer-token' },
    layer: { type: 'string', default: '15' },
  },
});
const multipliers = [-1.5, -1, -0.5, 0, 0.5, 1, 1.5];
const model = await loadModel(undefined, {
  precision: values.precision,
  batchRows: Number(values.rows),
  threads: 2,
});
const { facts, engine } = model;
const behaviour = await loadBehaviour(join(dataFolder, 'evals/persona/openness.jsonl'));
const builder = await createCaseBuilder({
  behaviour: 'openness',
  format: 'multiple-choice',
  system: defaultSystem,
  tokenizer: engine,
  facts,
});
const first = Number(values.first);
const items = behaviour.items.slice(first, first + Number(values.items));
const cases = [];
for (const item of items) cases.push(await builder.build(item));
const layers =
  values.mode === 'one-layer'
    ? [Number(values.layer)]
    : Array.from({ length: facts.blocks }, (_, layer) => layer);
const random = new Xoshiro(0);
// Time does not depend on the numbers in a vector; their size is that of a typical residual difference.
const vectors = layers.map(() => Float32Array.from({ length: facts.width }, () => random.normal() * 0.05));
const interventions = layers.flatMap((layer, place) =>
  multipliers.map((multiplier) => ({
    layer,
    vector: vectors[place],
    multiplier,
    operator: 'add',
    start: values.start,
  })),
);

const totals = { decoded: 0, distinct: 0, decodeSeconds: 0, otherSeconds: 0 };
async function work(list) {
  const result =
    values.mode === 'extract'
      ? await engine.capture(list, 'letter', layers)
      : await engine.measure({
          cases: list,
          interventions,
          branches: interventions.map((_, index) => [index]),
          tokens: 'letter',
          logprobs: false,
        });
  totals.decoded += result.work.decodedTokens;
  totals.distinct += result.work.distinctTokens;
  totals.decodeSeconds += result.work.decodeSeconds;
  totals.otherSeconds += result.work.otherSeconds;
}
await work(cases.slice(0, 2));
for (const key of Object.keys(totals)) totals[key] = 0;
const began = performance.now();
for (let start = 0; start < cases.length; start += Number(values.cell))
  await work(cases.slice(start, start + Number(values.cell)));
const seconds = (performance.now() - began) / 1000;
await model.dispose();
console.log(
  JSON.stringify({
    mode: values.mode,
    precision: values.precision,
    rows: Number(values.rows),
    items: cases.length,
    secondsPerItem: seconds / cases.length,
    tokensPerSecond: totals.decoded / seconds,
    ratio: totals.decoded / totals.distinct,
    outsideDecoder: 1 - totals.decodeSeconds / seconds,
    shortLetterPath: facts.shortLetterPath,
  }),
);
process.exit(0);
