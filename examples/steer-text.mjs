// Continues a prompt without steering and steered both ways, through the engine itself.
import { extract, loadModel } from 'steerbench';

const model = await loadModel();
const vector = await extract(model, 'french', { layers: [18], train: '0%:20%' });
const prompt = await model.engine.tokenize(
  '<|im_start|>user\nWhat should I cook tonight?<|im_end|>\n<|im_start|>assistant\n',
  { addSpecial: false, parseSpecial: true },
);
const multipliers = [0, 1, -1];
const { texts } = await model.engine.generate({
  prompts: [prompt],
  interventions: multipliers.map((multiplier) => ({
    layer: 18,
    vector: vector.layers.get(18),
    multiplier,
    operator: 'add',
    start: 'last-prompt-token',
  })),
  branches: multipliers.map((_, index) => [index]),
  maxTokens: 24,
  temperature: 0,
  seed: 0,
});
for (const [index, multiplier] of multipliers.entries()) console.log(`${multiplier}: ${texts[0][index]}`);
await model.dispose();
