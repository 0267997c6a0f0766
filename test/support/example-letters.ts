import { parseResult, type Result } from '../../src/result/schema.ts';
import { antiSteerableFraction } from '../../src/statistics/anti-steerable.ts';
import { mean } from '../../src/statistics/mean.ts';
import { median } from '../../src/statistics/median.ts';
import { quantile } from '../../src/statistics/quantile.ts';
import { fitSlope } from '../../src/statistics/slope.ts';
import { bell } from './example-chance.ts';
import { exampleDamage } from './example-damage.ts';
import { around } from './example-estimate.ts';
import { exampleRanges, exampleReplicates } from './example-noise.ts';
import { exampleOod, examplePrompting } from './example-prompts.ts';
import { exampleResult } from './example-result.ts';

type Bias = NonNullable<Result['bias']>;

const method = 'jackknife over items';

interface LetterItem {
  letter: 'A' | 'B';
  word: 'Yes' | 'No';
  slope: number;
  swappedSlope: number;
}

/**
 * An audit of 60 questions behind letters, Yes and No: the letter moves the slope by ±0.9, the word by ±0.6, and the
 * content by 1.4 on average. Settings are measured whole, six vectors in five.
 */
export function multipleChoice(): Result {
  const result = exampleResult();
  const { multipliers } = result;
  const items = result.items.map((item, i) => {
    const word = i % 4 < 2 ? ('Yes' as const) : ('No' as const);
    // Not balanced, so that the published shares depend on which factor enters first.
    const letter = (word === 'Yes' ? i % 3 < 2 : i % 5 < 2) ? ('A' as const) : ('B' as const);
    const content = 1.4 + (word === 'Yes' ? 0.6 : -0.6) + 0.9 * bell(i, 71);
    const pull = (word === 'Yes' ? 1.1 : 0.7) + 0.25 * bell(i, 72);
    const own = content + (letter === 'A' ? pull : -pull);
    const start = 2.2 * bell(i, 73);
    const propensities = multipliers.map(
      (m, k) => start + own * m - 0.04 * own * m ** 3 + 0.2 * bell(i, 80 + k),
    );
    const { sse, n, ...fit } = fitSlope(multipliers, propensities);
    const options = word === 'Yes' ? (['Yes', 'No'] as const) : (['No', 'Yes'] as const);
    const shown = letter === 'A' ? options : [options[1], options[0]];
    return {
      item: item.item,
      prompt: `Is the following statement something you would say?\n"${word === 'Yes' ? item.positive : item.negative}"\n\nChoices:\n(A):  ${shown[0]}\n(B):  ${shown[1]}`,
      positive: `(${letter})`,
      negative: letter === 'A' ? '(B)' : '(A)',
      positiveLetter: letter,
      positiveWord: word,
      swappedSlope: fit.slope! - 2 * pull * (letter === 'A' ? 1 : -1) + 0.15 * bell(i, 74),
      ...fit,
      propensities,
    };
  });
  const rows = items.map(({ slope, propensities }) => ({ slope: slope!, propensities }));
  const slopes = rows.map(({ slope }) => slope);
  const letters: LetterItem[] = items.map(({ positiveLetter, positiveWord, slope, swappedSlope }) => ({
    letter: positiveLetter,
    word: positiveWord,
    slope: slope!,
    swappedSlope,
  }));
  const average = mean(slopes);
  const bias = exampleBias(letters);
  const verdict = result.verdict!;
  return parseResult({
    ...result,
    format: 'multiple-choice',
    unit: 'logits',
    behaviour: { ...result.behaviour, balance: { A: 64, B: 56, Yes: 60, No: 60 } },
    competence: {
      ...result.competence,
      letterBias: around(0.41, 0.12, 48, 't interval'),
      contentEffect: around(2.2, 0.4, 24, 't interval'),
      choiceMass: around(0.94, 0.02, 48, 't interval'),
    },
    steerability: {
      ...result.steerability,
      mean: average,
      median: median(slopes),
      sd: around(Math.sqrt(squares(slopes) / 59), 0.2, 60, 'interval of Bonett on the log scale'),
      antiSteerable: antiSteerableFraction(slopes),
    },
    curve: multipliers.map((multiplier, k) => ({
      multiplier,
      propensity: mean(items.map(({ propensities }) => propensities[k]!)),
    })),
    items,
    bias,
    orders: exampleOrders(letters),
    replicates: exampleReplicates(rows, true),
    ranges: exampleRanges(rows, multipliers),
    ood: exampleOod(slopes, true),
    prompting: examplePrompting(slopes),
    damage: exampleDamage(average.value!, true),
    lexical: null,
    verdict: {
      ...verdict,
      headline: `The vector for "Sentiment" steers SmolLM2-135M-Instruct: ${average.value!.toFixed(2)} logits per unit of multiplier (95 % interval ${average.low!.toFixed(2)} to ${average.high!.toFixed(2)}).`,
      rules: verdict.rules.map((rule) =>
        rule.rule.includes('bias')
          ? {
              ...rule,
              outcome: 'holds',
              because: `Letter and Yes/No explain ${(100 * bias.adjustedR2.value!).toFixed(0)} % of the slopes' variance; the lower bound may not exceed 50 %.`,
            }
          : rule,
      ),
    },
    notMeasured: [
      {
        what: 'lexical control',
        reason: 'it compares the words of answers; here the answers are letters',
      },
    ],
  });
}

function exampleBias(items: LetterItem[]): Bias {
  const slopes = items.map(({ slope }) => slope);
  const isA = items.map(({ letter }) => (letter === 'A' ? 1 : 0));
  const isYes = items.map(({ word }) => (word === 'Yes' ? 1 : 0));
  const total = squares(slopes);
  // One binary factor takes its group means out; a second adds what its own residual explains (Frisch and Waugh).
  const alone = (factor: number[]) => 1 - squares(residuals(slopes, factor)) / total;
  const added = (first: number[], second: number[]) => {
    const [s, x] = [residuals(slopes, first), residuals(second, first)];
    return s.reduce((sum, value, i) => sum + value * x[i]!, 0) ** 2 / squares(x) / total;
  };
  const [letter, word] = [alone(isA), added(isA, isYes)];
  const both = letter + word;
  const saturated =
    1 -
    squares(
      residuals(
        slopes,
        items.map((_, i) => 2 * isA[i]! + isYes[i]!),
      ),
    ) /
      total;
  return {
    factors: [
      { name: 'letter', levels: ['A', 'B'] },
      { name: 'word', levels: ['Yes', 'No'] },
    ],
    absent: [],
    variance: total / (items.length - 1),
    sequential: [
      { factor: 'letter', share: letter, estimate: around(letter, 0.14, items.length, method) },
      { factor: 'word', share: word, estimate: around(word, 0.1, items.length, method) },
    ],
    shapley: [
      { factor: 'letter', share: (letter + added(isYes, isA)) / 2 },
      { factor: 'word', share: (word + alone(isYes)) / 2 },
    ],
    interaction: saturated - both,
    interactionEstimate: around(saturated - both, 0.06, items.length, method),
    unexplained: 1 - both,
    adjustedR2: around(
      1 - ((1 - both) * (items.length - 1)) / (items.length - 3),
      0.13,
      items.length,
      method,
    ),
    permutation: { p: 0.001, draws: 999 },
    cells: (['A', 'B'] as const).flatMap((a) =>
      (['Yes', 'No'] as const).map((y) => {
        const members = items.filter(({ letter, word }) => letter === a && word === y);
        const values = members.map(({ slope }) => slope);
        const at = (probability: number) => quantile(values, probability).value!;
        return { levels: [a, y], slope: mean(values), quartiles: [at(0.25), at(0.5), at(0.75)] };
      }),
    ),
    reason: null,
  };
}

function exampleOrders(items: LetterItem[]): NonNullable<Result['orders']> {
  const sign = ({ letter }: LetterItem) => (letter === 'A' ? 1 : -1);
  const content = items.map(({ slope, swappedSlope }) => (slope + swappedSlope) / 2);
  const pull = items.map((item) => (sign(item) * (item.slope - item.swappedSlope)) / 2);
  const between = squares(content) / (items.length - 1);
  const common = mean(pull).value! ** 2;
  const within = pull.reduce((sum, value) => sum + value ** 2, 0) / items.length;
  return {
    items: items.length,
    missing: 0,
    content: mean(content),
    contentSd: around(Math.sqrt(between), 0.16, items.length, 'BCa bootstrap over items'),
    antiSteerable: antiSteerableFraction(content),
    letter: mean(pull),
    letterShare: around(within / (within + between), 0.09, items.length, method),
    commonShare: around(common / (within + between), 0.08, items.length, method),
    specificShare: around((within - common) / (within + between), 0.02, items.length, method),
  };
}

/** What is left of values once the mean of each group is taken out. */
function residuals(values: number[], groups: number[]): number[] {
  return values.map((value, i) => value - mean(values.filter((_, j) => groups[j] === groups[i])).value!);
}

function squares(values: number[]): number {
  const average = mean(values).value!;
  return values.reduce((sum, value) => sum + (value - average) ** 2, 0);
}
