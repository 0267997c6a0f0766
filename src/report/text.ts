import {
  countOf,
  formatEstimate,
  formatMultiplier,
  formatNumber,
  formatP,
  formatShareEstimate,
  formatTick,
} from '../plots/format-number.ts';
import type { Result } from '../result/schema.ts';
import { headlineOf, statusOf } from './headline.ts';
import { llamaCommand } from './llama-command.ts';
import {
  damageAtOne,
  effectAtEqualDamage,
  explainedShare,
  freeAnswerCorrelation,
  worstPrompt,
} from './main-findings.ts';
import { outcomeWords } from './outcome-words.ts';
import { plainLine } from './plain.ts';

/**
 * The result for a terminal: verdict, numbers with their intervals, rules; 25 lines at most, no colours.
 *
 * @example
 * process.stdout.write(renderText(result));
 */
export function renderText(result: Result): string {
  const { behaviour, format, layer, model } = result;
  const where = layer === null ? '' : `, layer ${layer} of ${model.blocks} counted from 0`;
  const numbers = [...steerabilityLines(result), ...robustnessLines(result), ...testLines(result)];
  const lines = [
    plainLine(`${behaviour.name} on ${model.name} (${format}, ${model.precision}${where})`),
    statusOf(result).text.toUpperCase(),
    plainLine(headlineOf(result)),
    ...(numbers.length === 0 ? [] : ['', ...numbers]),
    ...ruleLines(result),
    ...endLines(result),
  ];
  return `${lines.join('\n')}\n`;
}

function steerabilityLines({ replicates, steerability, unit }: Result): string[] {
  if (steerability === null) return [];
  const { mean, median, antiSteerable } = steerability;
  const beyond = replicates?.backwardsBeyondNoise;
  const noise =
    beyond?.value == null
      ? ''
      : `; beyond the noise ${countOf(beyond)} of ${beyond.n}, ${formatShareEstimate(beyond)}`;
  return [
    column(
      'steerability',
      `${formatEstimate(mean)} ${unit} per unit of multiplier, median ${formatNumber(median.value)}, ${mean.n} test items`,
    ),
    column(
      'backwards',
      `${countOf(antiSteerable)} of ${antiSteerable.n} items, ${formatShareEstimate(antiSteerable)}${noise}`,
    ),
  ];
}

/** What the vector survives and what it costs; the letters in one line, the damage in one. */
function robustnessLines(result: Result): string[] {
  const { orders, unit } = result;
  const [worst, explained, damage] = [worstPrompt(result), explainedShare(result), damageAtOne(result)];
  const [equal, correlation] = [effectAtEqualDamage(result), freeAnswerCorrelation(result)];
  const letters = [
    ...(explained === null
      ? []
      : [`${explained.factors} explain ${formatShareEstimate(explained.share)} of the variance`]),
    ...(orders === null ? [] : [`the letter makes ${formatShareEstimate(orders.letterShare)} within items`]),
  ];
  const damages = [
    ...(damage === null ? [] : [`${formatEstimate(damage)} nats at multiplier 1`]),
    ...(equal === null
      ? []
      : [
          `at ${formatTick(equal.limit)} nat (±${formatNumber(equal.multiplier)}) the effect is ${formatEstimate(equal.effect)} ${unit}`,
        ]),
  ];
  return [
    ...(letters.length === 0 ? [] : [column('letters', letters.join('; '))]),
    ...(worst === null
      ? []
      : [
          column(
            'other prompts',
            `keeps ${formatEstimate(worst.ratio, 2)} of a prompt's own vector in ${worst.setting}, the least of ${worst.of}`,
          ),
        ]),
    ...(damages.length === 0 ? [] : [column('damage', damages.join('; '))]),
    ...(correlation === null
      ? []
      : [column('free answers', `rank correlation ${formatEstimate(correlation, 2)} with the slopes`)]),
  ];
}

/** What the test is worth, where no rules of a verdict say it below. */
function testLines({ competence, layer, layers, noise, randomNull, unit, verdict }: Result): string[] {
  if (verdict !== null) return [];
  return [
    ...(layer === null ? [column('layers', `${layers.length} looked at`)] : []),
    ...(randomNull === null
      ? []
      : [column('beyond random', `p = ${formatP(randomNull.p)} against ${randomNull.k} random directions`)]),
    ...(competence === null
      ? []
      : [column('competence', `${competence.right} of ${competence.questions} control questions right`)]),
    ...(noise === null
      ? []
      : [
          column(
            'noise',
            `${formatNumber(noise.rms)} ${unit} per unit, ${noise.precision} against ${noise.reference}`,
          ),
        ]),
  ];
}

function ruleLines({ verdict }: Result): string[] {
  if (verdict === null) return [];
  return [
    '',
    ...verdict.rules.map(({ rule, outcome, because }) =>
      column(outcomeWords[outcome], `${rule}: ${because}`),
    ),
  ];
}

function endLines(result: Result): string[] {
  const { verdict } = result;
  if (verdict === null) {
    const missing = result.notMeasured.map(({ what }) => what);
    return missing.length === 0 ? [] : ['', plainLine(`not measured: ${missing.join(', ')}`)];
  }
  const { command } = llamaCommand(result);
  const multiplier = verdict.recommendedMultiplier;
  return [
    '',
    multiplier === null
      ? plainLine(verdict.recommendation)
      : `recommended multiplier ${formatMultiplier(multiplier)}`,
    ...(command === null ? [] : [plainLine(command)]),
  ];
}

function column(name: string, value: string): string {
  return `${name.padEnd(15)}${plainLine(value)}`;
}
