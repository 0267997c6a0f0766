// Decoding 32 streams: unsteered, one layer steered, all layers steered; one vector a layer.
import { loadModel } from '../dist/library/load-model.js';
import { Xoshiro } from '../dist/math/xoshiro.js';
import { keep, median } from './support.mjs';

const rounds = 5;
const streams = 32;
const steps = 24;

/** Prints the speed of steered decoding as a share of the unsteered speed, side by side. */
export async function hooksBench() {
  const model = await loadModel(undefined, { splitBlocks: false });
  const { engine, facts } = model;
  const prompts = [];
  for (let stream = 0; stream < streams; stream++) {
    prompts.push(
      await engine.tokenize(
        `<|im_start|>user\nTell me fact number ${stream}.<|im_end|>\n<|im_start|>assistant\n`,
        { addSpecial: false, parseSpecial: true },
      ),
    );
  }
  const random = new Xoshiro(0);
  // So small that no token changes: all variants decode the same rows.
  const vectorsOf = () => Float32Array.from({ length: facts.width }, () => random.normal() * 1e-7);
  const layers = Array.from({ length: facts.blocks }, (_, layer) => layer);
  const variants = { unsteered: [], 'one layer': [15], 'all layers': layers };
  const raw = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    const names = Object.keys(variants);
    if (round % 2 === 1) names.reverse();
    for (const name of names) {
      const began = performance.now();
      let rows = 0;
      const interventions = variants[name].map((layer) => ({
        layer,
        vector: vectorsOf(),
        multiplier: 1,
        operator: 'add',
        start: 'all',
      }));
      const result = await engine.generate({
        prompts,
        interventions,
        branches: [interventions.map((_, index) => index)],
        maxTokens: steps,
        temperature: 0,
        seed: 0,
      });
      rows = result.work.decodedTokens;
      if (round > 0) raw[name].push(rows / ((performance.now() - began) / 1000));
    }
  }
  await model.dispose();
  const ratios = {};
  for (const [name, values] of Object.entries(raw)) {
    ratios[name] = median(values.map((value, round) => value / raw.unsteered[round]));
    console.log(
      `${name}: ${values.map((value) => value.toFixed(0)).join(', ')} rows/s; ${ratios[name].toFixed(3)} of the unsteered speed`,
    );
  }
  keep('hooks', { streams, steps, raw, ratios });
}
