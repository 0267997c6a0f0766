import {
  countOf,
  type Estimate,
  formatEstimate,
  formatMultiplier,
  formatNumber,
  formatP,
  formatShareEstimate,
  formatTick,
} from '../plots/format-number.ts';
import type { Result } from '../result/schema.ts';
import { describeTest, headlineOf, statusOf } from './headline.ts';
import { llamaCommand } from './llama-command.ts';
import {
  damageAtOne,
  effectAtEqualDamage,
  explainedShare,
  freeAnswerCorrelation,
  worstPrompt,
} from './main-findings.ts';
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

function numberTable(result: Result): string {
  const { competence, orders, randomNull, replicates, steerability, unit } = result;
  const rows: [string, string][] = [];
  if (steerability !== null) {
    const { mean, median, antiSteerable } = steerability;
    rows.push(
      [`mean steerability, ${unit} per unit of multiplier`, `${formatEstimate(mean)}, n = ${mean.n}`],
      ['median', formatEstimate(median)],
      ['items that steer backwards', sayCount(antiSteerable)],
    );
  }
  if (replicates !== null && replicates.backwardsBeyondNoise.value !== null)
    rows.push(['… beyond the noise of a presentation', sayCount(replicates.backwardsBeyondNoise)]);
  rows.push(...robustnessRows(result));
  if (orders !== null)
    rows.push(['variance that the letter makes within items', formatShareEstimate(orders.letterShare)]);
  if (randomNull !== null)
    rows.push(['against random directions', `p = ${formatP(randomNull.p)}, K = ${randomNull.k}`]);
  if (competence !== null)
    rows.push(['control questions right', `${competence.right} of ${competence.questions}`]);
  if (rows.length === 0) return '';
  const lines = rows.map(([name, value]) => `| ${markdownLine(name)} | ${value} |`);
  return ['| | value (95 % interval) |', '|---|---|', ...lines].join('\n');
}

function robustnessRows(result: Result): [string, string][] {
  const [worst, explained, damage] = [worstPrompt(result), explainedShare(result), damageAtOne(result)];
  const [equal, correlation] = [effectAtEqualDamage(result), freeAnswerCorrelation(result)];
  const rows: [string, string][] = [];
  if (worst !== null)
    rows.push([`kept of a prompt's own vector, at worst (${worst.setting})`, formatEstimate(worst.ratio, 2)]);
  if (explained !== null)
    rows.push([`variance explained by ${explained.factors}`, formatShareEstimate(explained.share)]);
  if (damage !== null)
    rows.push(['damage at multiplier 1, nats (95th percentile of KL)', formatEstimate(damage)]);
  if (equal !== null)
    rows.push([
      `effect where damage reaches ${formatTick(equal.limit)} nat (±${formatNumber(equal.multiplier)}), ${result.unit}`,
      formatEstimate(equal.effect),
    ]);
  if (correlation !== null) rows.push(['rank correlation with free answers', formatEstimate(correlation, 2)]);
  return rows;
}

function sayCount(share: Estimate): string {
  return `${countOf(share)} of ${share.n}: ${formatShareEstimate(share)}`;
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
