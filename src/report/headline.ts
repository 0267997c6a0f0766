import { countOf, formatEstimate } from '../plots/format-number.ts';
import type { Result } from '../result/schema.ts';

/** What the result amounts to in a word or two, and the tone it is shown in. */
export interface Status {
  text: string;
  tone: 'good reliable' | 'good' | 'warn' | 'plain';
}

/** The verdict in a few words: "Steers · 1 flag · 3 rules without data". */
export function statusOf({ verdict, experiment }: Result): Status {
  if (verdict === null) return { text: withoutVerdict[experiment], tone: 'plain' };
  if (verdict.reliable) return { text: 'Steers · reliable', tone: 'good reliable' };
  const flags = verdict.rules.filter(({ outcome }) => outcome === 'flag').length;
  const unknown = verdict.rules.filter(({ outcome }) => outcome === 'not measured').length;
  const text = [
    verdict.kind.charAt(0).toUpperCase() + verdict.kind.slice(1),
    ...(flags > 0 ? [`${flags} ${flags === 1 ? 'flag' : 'flags'}`] : []),
    ...(unknown > 0 ? [`${unknown} ${unknown === 1 ? 'rule' : 'rules'} without data`] : []),
  ].join(' · ');
  return { text, tone: verdict.kind === 'steers' && flags === 0 ? 'good' : 'warn' };
}

const withoutVerdict: Record<Result['experiment'], string> = {
  audit: 'No verdict',
  sweep: 'Measured at every layer, not judged',
  eval: 'Measured, not judged',
  extract: 'A vector, not yet tested',
  'in-distribution': 'No verdict',
  layers: 'No verdict',
  ood: 'No verdict',
  paper: 'No verdict',
};

/** The one sentence that says what came out: the verdict's, or one made from the numbers of a run without verdict. */
export function headlineOf(result: Result): string {
  const { behaviour, experiment, layers, layer, steerability, unit, vector, verdict } = result;
  if (verdict !== null) return verdict.headline;
  if (steerability?.mean.value != null) {
    const backwards = steerability.antiSteerable;
    return `${behaviour.title} moves by ${formatEstimate(steerability.mean)} ${unit} per unit of multiplier${
      layer === null ? '' : ` at layer ${layer}`
    }; ${countOf(backwards)} of ${backwards.n} items ${countOf(backwards) === 1 ? 'steers' : 'steer'} backwards`;
  }
  const steepest = layers.reduce<(typeof layers)[number] | null>(
    (best, row) => ((row.slope?.value ?? -Infinity) > (best?.slope?.value ?? -Infinity) ? row : best),
    null,
  );
  if (steepest?.slope?.value != null) {
    return `${behaviour.title} moves most at layer ${steepest.layer}: ${formatEstimate(steepest.slope)} ${unit} per unit of multiplier`;
  }
  if (experiment === 'extract' && vector !== null) {
    const pairs = vector.trainingPairs === null ? '' : ` from ${vector.trainingPairs} pairs`;
    return `A vector for ${behaviour.title}${pairs}, at ${layers.length} ${layers.length === 1 ? 'layer' : 'layers'}`;
  }
  return `${behaviour.title} on ${result.model.name}: nothing was measured`;
}

/** How it was measured, one or two sentences. */
export function describeTest(result: Result): string {
  const { experiment, format, model, split, prompt } = result;
  const items = split.testItems.length;
  const asked =
    format === 'completion' ? 'scored by the log-probability of their answers' : 'put as (A)/(B) questions';
  const measured =
    items > 0 && experiment !== 'extract'
      ? `${items} test items ${asked}`
      : `${split.trainItems.length} training pairs, ${asked}`;
  const moved =
    prompt.seamsMoved > 0
      ? ` In ${prompt.seamsMoved} items the seam between prompt and answer was moved.`
      : '';
  return `${measured}${sayWhere(result)}; weights at precision ${model.precision}.${moved}`;
}

function sayWhere({ experiment, layer, layers, model }: Result): string {
  if (layer !== null) return `; steered at layer ${layer} of ${model.blocks} (counted from 0)`;
  const steered = layers.filter(({ slope }) => slope !== null).length;
  if (steered > 0) return `; steered at ${steered} ${steered === 1 ? 'layer' : 'layers'}`;
  return experiment === 'extract' ? `; read at ${layers.length} layers` : '; nothing was steered';
}
