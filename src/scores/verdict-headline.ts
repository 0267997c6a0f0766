import type { Verdict } from '../result/verdict.ts';
import { percent } from './plain-number.ts';
import type { Evidence } from './verdict-evidence.ts';
import { slopeText } from './verdict-words.ts';

/** One plain sentence for the top of a report: behaviour, model, slope with its interval, share that goes backwards. */
export function headline(kind: Verdict['kind'], evidence: Evidence): string {
  const { behaviour, model, slope, unit } = evidence;
  if (kind === 'not measurable') {
    return `"${behaviour}" cannot be measured on ${model} in the ${evidence.format} format: the model fails the control questions.`;
  }
  if (slope === null || slope.value === null) {
    return `Whether the vector for "${behaviour}" steers ${model} is not known: there is no mean slope.`;
  }
  const size = slopeText(slope, unit);
  const tail = backwardText(evidence);
  if (kind === 'inconclusive') {
    return `Whether the vector for "${behaviour}" steers ${model} is not shown: ${size}${tail}.`;
  }
  const way = kind === 'steers' ? 'steers' : 'steers the wrong way on';
  return `The vector for "${behaviour}" ${way} ${model}: ${size}${tail}.`;
}

function backwardText({ antiSteerable }: Evidence): string {
  if (antiSteerable === null || antiSteerable.value === null) return '';
  return `, with ${percent(antiSteerable.value)} of ${antiSteerable.n} test items going backwards`;
}
