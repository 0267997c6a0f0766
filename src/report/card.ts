import {
  countOf,
  formatEstimate,
  formatMultiplier,
  formatP,
  formatShareEstimate,
} from '../plots/format-number.ts';
import type { Result } from '../result/schema.ts';
import { describeTest, headlineOf, statusOf } from './headline.ts';
import { llamaCommand } from './llama-command.ts';
import { markdownLine } from './plain.ts';

/**
 * Half a page of Markdown to paste beside a model: what was measured, the verdict, numbers with intervals, conditions,
 * limits, hashes.
 *
 * @example
 * await writeFile('runs/sentiment/card.md', renderCard(result));
 */
export function renderCard(result: Result): string {
  const { behaviour, model, versions } = result;
  const blocks = [
    `# Steering vector: ${markdownLine(behaviour.title)} on ${markdownLine(model.name)}`,
    `**${markdownLine(statusOf(result).text)}.** ${markdownLine(sentence(headlineOf(result)))}`,
    `Positive side: ${markdownLine(behaviour.positiveMeaning)}; negative side: ${markdownLine(behaviour.negativeMeaning)}. ${markdownLine(describeTest(result))}${sayApplied(result)}`,
    numberTable(result),
    ...flagBlock(result),
    ...useBlock(result),
    `Limits: intervals are over items, for this vector, model and prompt.${sayNotMeasured(result)}`,
    [
      `- model \`${hexOnly(model.hash)}\``,
      `- data \`${hexOnly(behaviour.hash)}\``,
      `- seed ${result.split.seed}; steerbench ${markdownLine(versions.steerbench)}, llama.cpp ${markdownLine(versions.llamaCpp)}, ${markdownLine(versions.platform)}`,
    ].join('\n'),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function numberTable({ competence, randomNull, steerability, unit }: Result): string {
  const rows: [string, string][] = [];
  if (steerability !== null) {
    const { mean, median, antiSteerable } = steerability;
    rows.push(
      [`mean steerability, ${unit} per unit of multiplier`, `${formatEstimate(mean)}, n = ${mean.n}`],
      ['median', formatEstimate(median)],
      [
        'items that steer backwards',
        `${countOf(antiSteerable)} of ${antiSteerable.n}: ${formatShareEstimate(antiSteerable)}`,
      ],
    );
  }
  if (randomNull !== null)
    rows.push(['against random directions', `p = ${formatP(randomNull.p)}, K = ${randomNull.k}`]);
  if (competence !== null)
    rows.push(['control questions right', `${competence.right} of ${competence.questions}`]);
  if (rows.length === 0) return '';
  const lines = rows.map(([name, value]) => `| ${name} | ${value} |`);
  return ['| | value (95 % interval) |', '|---|---|', ...lines].join('\n');
}

function flagBlock({ verdict }: Result): string[] {
  const flags = verdict?.rules.filter(({ outcome }) => outcome === 'flag') ?? [];
  if (flags.length === 0) return [];
  return [
    flags.map(({ rule, because }) => `- **${markdownLine(rule)}**: ${markdownLine(because)}`).join('\n'),
  ];
}

function useBlock(result: Result): string[] {
  const { command } = llamaCommand(result);
  if (command === null) return [];
  const multiplier = result.verdict!.recommendedMultiplier!;
  const warning =
    result.start === 'all'
      ? ''
      : ` llama.cpp steers every position; this was measured from ${markdownLine(result.start)} on.`;
  return [
    `Recommended multiplier ${formatMultiplier(multiplier)}.${warning}`,
    `    ${command.replace(/\s+/g, ' ')}`,
  ];
}

function sayNotMeasured({ notMeasured }: Result): string {
  if (notMeasured.length === 0) return '';
  return ` Not measured: ${notMeasured.map(({ what }) => markdownLine(what)).join(', ')}.`;
}

function sayApplied({ experiment, multipliers, operator, start }: Result): string {
  if (experiment === 'extract') return '';
  const list = multipliers.map(formatMultiplier).join(', ');
  return ` Multipliers ${list}; operator ${markdownLine(operator)}, from ${markdownLine(start)} on.`;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function hexOnly(hash: string): string {
  return hash.replace(/[^0-9a-f]/gi, '');
}
