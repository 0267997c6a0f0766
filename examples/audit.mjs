// Audits a built-in behaviour on the default model, on few items so that it takes half a minute.
import { audit } from 'steerbench';

const { result, folder } = await audit('french', {
  out: process.argv[2] ?? 'runs/example-audit',
  layers: '12-20',
  test: '50%:60%',
  randomVectors: 3,
  shuffledVectors: 0,
  nullItems: 4,
  noiseItems: 0,
  continuedItems: 1,
});
console.log(result.verdict.headline);
console.log(`The report: ${folder}/report.html`);
