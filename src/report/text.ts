import {
  countOf,
  formatEstimate,
  formatMultiplier,
  formatNumber,
  formatP,
  formatShareEstimate,
} from '../plots/format-number.ts';
import type { Result } from '../result/schema.ts';
import { headlineOf, statusOf } from './headline.ts';
import { llamaCommand } from './llama-command.ts';
import { outcomeWords } from './outcome-words.ts';
import { plainLine } from './plain.ts';

/**
 * The result for a terminal: verdict, numbers with their intervals, rules; 25 lines at most, no colours.
 *
 * @example
 * process.stdout.write(renderText(result));
 */
export function renderText(result: Result): string {
  const lines = [
    plainLine(
      `${result.behaviour.name} on ${result.model.name} (${result.format}, ${result.model.precision})`,
    ),
    '',
    statusOf(result).text.toUpperCase(),
    plainLine(headlineOf(result)),
    '',
    ...numberLines(result),
    ...ruleLines(result),
    ...endLines(result),
  ];
  return `${lines.join('\n')}\n`;
}

function numberLines(result: Result): string[] {
  const { competence, layer, model, noise, randomNull, steerability, unit } = result;
  const lines: [string, string][] = [];
  if (steerability !== null) {
    const { mean, median, antiSteerable } = steerability;
    lines.push(
      ['steerability', `${formatEstimate(mean)} ${unit} per unit of multiplier, ${mean.n} test items`],
      ['median', `${formatEstimate(median)} ${unit} per unit`],
      [
        'backwards',
        `${countOf(antiSteerable)} of ${antiSteerable.n} items, ${formatShareEstimate(antiSteerable)}`,
      ],
    );
  }
  lines.push([
    layer === null ? 'layers' : 'layer',
    layer === null ? `${result.layers.length} looked at` : `${layer} of ${model.blocks}, counted from 0`,
  ]);
  if (randomNull !== null)
    lines.push(['beyond random', `p = ${formatP(randomNull.p)} against ${randomNull.k} random directions`]);
  if (competence !== null) {
    lines.push(['competence', `${competence.right} of ${competence.questions} control questions right`]);
  }
  if (noise !== null)
    lines.push([
      'noise',
      `${formatNumber(noise.rms)} ${unit} per unit, ${noise.precision} against ${noise.reference}`,
    ]);
  return lines.map(([name, value]) => column(name, value));
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
  return `${name.padEnd(14)}${plainLine(value)}`;
}
