// Extracts a vector, measures it on held-out items, and saves it for llama.cpp.
import { extract, loadModel, measure, saveControlVector } from 'steerbench';

const model = await loadModel('smollm2-135m-instruct');
const vector = await extract(model, 'sentiment', { layers: [16], train: '0%:20%' });
const { items, steerability } = await measure(model, 'sentiment', vector, {
  layer: 16,
  multipliers: [-1, 0, 1],
  test: '50%:60%',
});
const { value, low, high } = steerability.mean;
console.log(
  `steerability ${value.toFixed(2)} nats (95 % interval ${low?.toFixed(2)} to ${high?.toFixed(2)})`,
);
console.log(`${items.filter(({ fit }) => fit.slope <= 0).length} of ${items.length} items move backwards`);
await saveControlVector(process.argv[2] ?? 'sentiment.gguf', vector);
await model.dispose();
