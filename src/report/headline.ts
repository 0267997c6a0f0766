import { capitalised } from '../plots/capitalised.ts';
import { countOf, formatEstimate, formatShare } from '../plots/format-number.ts';
import type { Result } from '../result/schema.ts';
import { worstPrompt } from './main-findings.ts';

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
  const rules = unknown === 1 ? 'rule' : 'rules';
  const text = [
    capitalised(verdict.kind),
    ...(flags > 0 ? [`${flags} ${flags === 1 ? 'flag' : 'flags'}`] : []),
    ...(unknown > 0 ? [`${unknown} ${rules} ${partial.has(experiment) ? 'not asked' : 'without data'}`] : []),
  ].join(' · ');
  return { text, tone: verdict.kind === 'steers' && flags === 0 ? 'good' : 'warn' };
}

/** Experiments that measure a part of what the rules look at, by design. */
const partial: ReadonlySet<Result['experiment']> = new Set(['in-distribution', 'layers', 'ood']);

const withoutVerdict: Record<Result['experiment'], string> = {
  audit: 'No verdict',
  sweep: 'Measured at every layer, not judged',
  eval: 'Measured, not judged',
  extract: 'A vector, not yet tested',
  'in-distribution': 'Measured, not judged',
  layers: 'Measured, not judged',
  ood: 'Measured under other prompts, not judged',
  paper: 'No verdict',
};

/** The one sentence that says what came out: what the run asks, else the verdict's, else one made from its numbers. */
export function headlineOf(result: Result): string {
  const { behaviour, experiment, layers, layer, steerability, unit, vector, verdict } = result;
  const asked = verdict === null || verdict.kind === 'steers' ? headlineOfQuestion(result) : null;
  if (asked !== null) return asked;
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

/** The answer to the question of an experiment that asks one of its own; null for the others, and without an answer. */
function headlineOfQuestion(result: Result): string | null {
  const { behaviour, experiment, layer, layers, layerStability, model } = result;
  const on = `${behaviour.title} on ${model.name}`;
  const worst = experiment === 'ood' ? worstPrompt(result) : null;
  if (worst !== null) {
    const where =
      worst.of === 1
        ? `under ${worst.setting}`
        : `in the worst of ${worst.of} other prompts, ${worst.setting},`;
    return `${on}: ${where} the vector keeps ${formatEstimate(worst.ratio, 2)} of what the prompt’s own vector does`;
  }
  if (experiment === 'layers' && layer !== null) {
    const again = layerStability?.shares.find((each) => each.layer === layer)?.share;
    const firmly =
      again === undefined
        ? ''
        : `; ${formatShare(again)} of ${layerStability!.resamples} resamples choose it again`;
    return `${on}: of ${layers.filter(({ slope }) => slope !== null).length} layers tried, layer ${layer} was chosen${firmly}`;
  }
  return null;
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
