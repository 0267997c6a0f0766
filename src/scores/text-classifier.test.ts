import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import golden from '../../test/golden/text-classifier.json' with { type: 'json' };
import { Xoshiro } from '../math/xoshiro.ts';
import { characterNgrams } from './character-ngrams.ts';
import { checkedClassifier } from './checked-classifier.ts';
import { type AnswerPair, scoreText, trainTextClassifier } from './text-classifier.ts';

const pairsOf = (rows: string[][]): AnswerPair[] =>
  rows.map(([positive, negative]) => ({ positive: positive!, negative: negative! }));
const pairs = pairsOf(golden.pairs);
const classifier = trainTextClassifier(pairs);
const lengthOfNormal = Math.sqrt([...classifier.weights.values()].reduce((sum, w) => sum + w * w, 0));

describe('characterNgrams', () => {
  it('takes two to five characters within a word and its two blanks, each once', () => {
    expect([...characterNgrams('A b')]).toEqual([' a', 'a ', ' a ', ' b', 'b ', ' b ']);
    // " abcd ": 5 of two characters, 4 of three, 3 of four, 2 of five.
    expect(characterNgrams('abcd').size).toBe(14);
  });

  it('counts characters, not UTF-16 units, and composed forms as one', () => {
    expect([...characterNgrams('😊')]).toEqual([' 😊', '😊 ', ' 😊 ']);
    expect(characterNgrams('e\u0301')).toEqual(characterNgrams('\u00e9'));
  });

  it('is blind to case, spacing, order and repetition of words', () => {
    const grams = characterNgrams('the cat sat');
    for (const text of ['SAT  the\ncat', 'the cat sat the cat sat sat', '\u00a0the\u2003cat sat\n']) {
      expect(new Set(characterNgrams(text))).toEqual(grams);
    }
    for (const text of ['', ' ', '\n\t\u3000']) expect(characterNgrams(text).size).toBe(0);
  });
});

describe('trainTextClassifier against scikit-learn', () => {
  it('chooses the same C', () => {
    expect(classifier.strength).toBe(golden.strength);
    expect(classifier.trainingPairs).toBe(pairs.length);
  });

  it('finds the same normal and bias', () => {
    expect(lengthOfNormal).toBeCloseTo(golden.length_of_normal, 6);
    expect(classifier.bias).toBeCloseTo(golden.bias, 6);
  });

  it.each(golden.texts)('gives "%s" the same log-odds', (text, expected) => {
    expect(scoreText(classifier, text as string).value).toBeCloseTo(expected as number, 6);
  });
});

describe('trainTextClassifier', () => {
  it('is the same whatever it was called with before, and turns round when the answers are exchanged', () => {
    expect(trainTextClassifier(pairs)).toEqual(classifier);
    const turned = trainTextClassifier(pairs.map((p) => ({ positive: p.negative, negative: p.positive })));
    for (const [text] of golden.texts as [string, number][]) {
      expect(scoreText(turned, text).value).toBeCloseTo(-scoreText(classifier, text).value!, 8);
    }
  });

  it('holds back where there is nothing to learn: the strongest regularisation, scores near 0', () => {
    const random = new Xoshiro(5);
    const word = () => Array.from({ length: 5 }, () => 'abcdefghij'[random.below(10)]).join('');
    const text = () => Array.from({ length: 8 }, word).join(' ');
    const noise = Array.from({ length: 40 }, () => ({ positive: text(), negative: text() }));
    const held = trainTextClassifier(noise);
    expect(held.strength).toBe(1);
    expect(Math.abs(scoreText(held, text()).value!)).toBeLessThan(1);
  });

  it('takes several hundred pairs in some seconds at most', () => {
    const many = Array.from({ length: 200 }, (_, i) => ({
      positive: `${pairs[i % pairs.length]!.positive} ${i}`,
      negative: `${pairs[(i * 7) % pairs.length]!.negative} ${i}`,
    }));
    const began = performance.now();
    trainTextClassifier(many);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it('refuses fewer than ten pairs', () => {
    expect(() => trainTextClassifier(pairs.slice(0, 9))).toThrow('needs 10 pairs; there are 9');
  });
});

describe('scoreText of generated text', () => {
  const score = (text: string) => scoreText(classifier, text).value!;

  it('does not run away with a text that repeats itself', () => {
    const once = 'thank you so much';
    expect(score(`${once} `.repeat(200))).toBe(score(once));
  });

  it('is bounded by the length of the normal, whatever the text', () => {
    const words = fc.constantFrom(...golden.pairs.flat().flatMap((text) => text.split(/\s+/)));
    const anyText = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 400 }),
      fc.array(words).map((w) => w.join(' ')),
    );
    fc.assert(
      fc.property(anyText, (text) => {
        const { value, reason } = scoreText(classifier, text);
        expect(value === null).toBe(reason !== null);
        if (value !== null)
          expect(Math.abs(value - classifier.bias)).toBeLessThanOrEqual(lengthOfNormal + 1e-9);
      }),
    );
  });

  it('moves by a word that was cut off no more than the word has n-grams', () => {
    for (const text of golden.pairs.flat().filter((each) => each.includes(' '))) {
      const whole = text.slice(0, text.lastIndexOf(' '));
      const last = text.slice(whole.length + 1);
      for (let letters = 1; letters <= last.length; letters++) {
        const cut = `${whole} ${last.slice(0, letters)}`;
        const share = 1 - characterNgrams(whole).size / characterNgrams(cut).size;
        // |w·x' − w·x| ≤ ‖w‖·‖x' − x‖, and the unit vectors have the cosine √(1 − share).
        const bound = lengthOfNormal * Math.sqrt(2 - 2 * Math.sqrt(1 - share));
        expect(Math.abs(score(cut) - score(whole)), cut).toBeLessThanOrEqual(bound + 1e-9);
      }
    }
    expect(score('Thank you, my dear, what a lov')).toBeGreaterThan(score('Thank you, my dear, what a'));
  });

  it('loses its conviction as unknown words are added, and never changes sides by them', () => {
    const text = 'Thank you, my dear, what a lovely day.';
    let last = score(text) - classifier.bias;
    for (let count = 1; count <= 6; count++) {
      const diluted = score(`${text} ${Array.from({ length: count }, (_, i) => `${i}zq${i}zq`).join(' ')}`);
      expect(diluted - classifier.bias).toBeLessThan(last);
      expect(diluted - classifier.bias).toBeGreaterThan(0);
      last = diluted - classifier.bias;
    }
  });

  it.each([
    ['', 'the text is empty'],
    [' \n\t', 'the text is empty'],
    ['\u0416\u0416\u0416', 'the text has no character sequence that a training answer has'],
  ])('of %j is null: %s', (text, reason) => {
    expect(scoreText(classifier, text)).toEqual({ value: null, reason });
  });
});

describe('checkedClassifier', () => {
  const heldOut = pairsOf(golden.held_out);

  it('gives the accuracies of scikit-learn with the intervals of statsmodels', () => {
    const checked = checkedClassifier(pairs, heldOut);
    for (const [estimate, expected] of [
      [checked.heldOutAccuracy, golden.pair_accuracy],
      [checked.heldOutTextAccuracy, golden.text_accuracy],
    ] as const) {
      expect(estimate.n).toBe(heldOut.length);
      for (const [i, end] of [estimate.value, estimate.low, estimate.high].entries())
        expect(end).toBeCloseTo(expected[i]!, 10);
    }
  });

  it('gives no scorer where the lower bound is not above 0.8, and says so', () => {
    expect(checkedClassifier(pairs, heldOut)).toMatchObject({
      classifier: null,
      threshold: 0.8,
      strength: golden.strength,
      reason:
        'the classifier orders 83.3 % of 12 held-out pairs rightly; the lower end of the interval, 55.2 %, is not above 80 %',
    });
  });

  it('gives the scorer where it is', () => {
    // 16 right of 16: Wilson's lower end is 16 / (16 + 1.96²) = 0.806; of 15 it is 0.796.
    const right = heldOut.filter((_, i) => i !== 4 && i !== 7);
    const sixteen = [...right, ...right].slice(0, 16);
    const checked = checkedClassifier(pairs, sixteen);
    expect(checked.heldOutAccuracy.low).toBeCloseTo(16 / (16 + 1.959964 ** 2), 5);
    expect(checked.reason).toBeNull();
    expect(checked.classifier).toEqual(classifier);
    expect(checkedClassifier(pairs, sixteen.slice(1)).classifier).toBeNull();
  });

  it.each([
    [
      'few training pairs',
      pairs.slice(0, 9),
      heldOut,
      'a classifier needs at least 10 training pairs; there are 9',
    ],
    ['no held-out pairs', pairs, [], "the classifier's accuracy has no interval: there are no items"],
    [
      'few held-out pairs',
      pairs,
      heldOut.slice(0, 9),
      "the classifier's accuracy has no interval: an interval needs at least 10 items; there are 9",
    ],
  ])('has none for %s', (_, train, test, reason) => {
    expect(checkedClassifier(train, test)).toMatchObject({ classifier: null, reason });
  });

  it('counts ties as wrong: answers that are all alike', () => {
    const letters = Array.from({ length: 20 }, () => ({ positive: '(A)', negative: '(A)' }));
    const checked = checkedClassifier(letters, letters);
    expect(checked.heldOutAccuracy.value).toBe(0);
    expect(checked.classifier).toBeNull();
  });

  it('counts answers without a score as wrong', () => {
    const empty = Array.from({ length: 10 }, () => ({ positive: '', negative: '' }));
    expect(checkedClassifier(pairs, empty)).toMatchObject({
      heldOutAccuracy: { value: 0 },
      heldOutTextAccuracy: { value: 0 },
    });
  });
});
