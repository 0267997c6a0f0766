// Prints for which behaviours the text classifier can score free answers: its accuracy on held-out answers, by the
// default split of every built-in behaviour (or of the files named), with the time that training and checking take;
// then the share of pairs it still puts in order when the held-out answers are made more like generated text.
//
//   node scripts/build.mjs && node bench/text-classifier.mjs [FILE ...]
import { builtInBehaviours, readNeutralText } from '../dist/behaviours/index.js';
import { loadBehaviour } from '../dist/dataset/load-behaviour.js';
import { splitItems } from '../dist/dataset/split.js';
import { checkedClassifier } from '../dist/scores/checked-classifier.js';
import { scoreText, trainTextClassifier } from '../dist/scores/text-classifier.js';

const named = process.argv.slice(2);
const completion = builtInBehaviours.filter(({ defaultFormat }) => defaultFormat === 'completion');
const names = named.length > 0 ? named : completion.map(({ name }) => name);
const neutral = (await readNeutralText()).split(/(?<=[.!?])\s+/).filter((sentence) => sentence.length > 20);

/** What becomes of answer i among all answers of its class. */
const forms = {
  'as written': (texts, i) => texts[i],
  'last word cut': (texts, i) => texts[i].replace(/(\w)\w+\W*$/u, '$1'),
  'first half': (texts, i) => texts[i].slice(0, texts[i].length / 2),
  'said eight times': (texts, i) => `${texts[i]} `.repeat(8),
  'four answers': (texts, i) => [0, 17, 31, 47].map((step) => texts[(i + step) % texts.length]).join(' '),
  'with three neutral sentences': (texts, i) =>
    [texts[i], ...[0, 1, 2].map((place) => neutral[(3 * i + place) % neutral.length])].join(' '),
};

const sets = [];
for (const name of names) {
  const { train, validation, test } = splitItems(await loadBehaviour(name), { format: 'completion' });
  const pairs = (items) => items.map(({ completion }) => completion);
  sets.push({ name, train: pairs(train), heldOut: pairs([...validation, ...test]) });
}

print(['behaviour', 'training pairs', 'C', 'pairs in order', 'answers on their side', 'usable', 'ms']);
print(new Array(7).fill('---'));
for (const { name, train, heldOut } of sets) {
  const began = performance.now();
  const checked = checkedClassifier(train, heldOut);
  const ms = (performance.now() - began).toFixed(0);
  print([
    ...[name, checked.trainingPairs, checked.strength, describe(checked.heldOutAccuracy)],
    ...[describe(checked.heldOutTextAccuracy), checked.classifier === null ? 'no' : 'yes', ms],
  ]);
}

console.log(
  '\nShare of held-out pairs in order, and the mean difference of the two scores, where the answers are\n',
);
print(['behaviour', ...Object.keys(forms)]);
print(new Array(1 + Object.keys(forms).length).fill('---'));
for (const { name, train, heldOut } of sets) {
  const classifier = trainTextClassifier(train);
  const texts = { positive: heldOut.map((p) => p.positive), negative: heldOut.map((p) => p.negative) };
  const cells = Object.values(forms).map((form) => {
    const score = (side, i) => scoreText(classifier, form(texts[side], i)).value;
    const effects = heldOut.map((_, i) => score('positive', i) - score('negative', i));
    const ordered = effects.filter((effect) => effect > 0).length / effects.length;
    return `${ordered.toFixed(2)}, ${(effects.reduce((a, b) => a + b, 0) / effects.length).toFixed(2)}`;
  });
  print([name, ...cells]);
}

function print(cells) {
  console.log(`| ${cells.join(' | ')} |`);
}

function describe({ value, low, high, n, reason }) {
  if (value === null || low === null) return reason;
  return `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)}, n = ${n})`;
}
