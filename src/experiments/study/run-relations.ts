import type { Study } from '../../result/study.ts';
import { type Estimate, withoutInterval } from '../../statistics/estimate.ts';
import { pointOf, type Relation, relation } from './relations.ts';

type Run = Study['runs'][number];

/** Everything that is correlated over the runs of one model and needs more than means and variances. */
export function runRelations(
  model: string,
  runs: readonly Run[],
  options: { selfPairs: 'exclude' | 'include' },
): Relation[] {
  return [
    ...gapRelations(model, runs, options.selfPairs),
    ...backwardsRelations(model, runs),
    ...predictorRelations(model, runs),
    relation(
      { id: `generation/${model}`, figure: 'ours', x: 'mean steerability', y: 'effect in free answers' },
      runs.map((run) =>
        pointOf(run, meanOf(run)?.value ?? null, run.result.generationCheck?.samplings[0]?.effect ?? null),
      ),
    ),
  ];
}

const meanOf = ({ result }: Run): Estimate | null => result.steerability?.mean ?? null;
const antiOf = ({ result }: Run): Estimate | null => result.steerability?.antiSteerable ?? null;
const backwards = 'share of items that steer backwards';

/** Figures 8 and 24: relative steerability, and the cosine of two vectors, against the distance of their settings. */
function gapRelations(model: string, runs: readonly Run[], selfPairs: 'exclude' | 'include'): Relation[] {
  return [
    relation(
      {
        id: `8/${model}`,
        figure: '8',
        x: 'distance of unsteered propensities, mean over items',
        y: 'relative steerability',
      },
      runs.flatMap((run) =>
        (run.result.ood?.relative ?? [])
          .filter(({ vector, self }) => vector !== 'MEAN' && (selfPairs === 'include' || !self))
          .map(({ vector, setting, ratio, gap }) =>
            pointOf(run, gap?.value ?? null, ratio, `${vector}->${setting}`),
          ),
      ),
    ),
    relation(
      {
        id: `24/${model}`,
        figure: '24',
        x: 'distance of mean unsteered propensities',
        y: 'cosine of the two vectors',
      },
      runs.flatMap((run) =>
        (run.result.ood?.pairs ?? []).map(({ first, second, cosine, gap }) =>
          pointOf(run, gap, exact(cosine), `${first}~${second}`),
        ),
      ),
    ),
  ];
}

/** What goes with items that steer backwards: explained shares, and the median slope. */
function backwardsRelations(model: string, runs: readonly Run[]): Relation[] {
  return [
    relation(
      {
        id: `explained-anti/${model}`,
        figure: 'ours',
        x: 'share of variance that letter and word explain',
        y: backwards,
      },
      runs.map((run) => pointOf(run, run.result.bias?.adjustedR2.value ?? null, antiOf(run))),
    ),
    relation(
      { id: `median-anti/${model}`, figure: 'ours', x: 'median slope', y: backwards },
      runs.map((run) => pointOf(run, run.result.steerability?.median.value ?? null, antiOf(run))),
    ),
  ];
}

/** Predictors of validation pairs against what steering then did (Braun et al. 2025). */
function predictorRelations(model: string, runs: readonly Run[]): Relation[] {
  const predictors = [
    ['agreement', 'directional agreement', 'directionalAgreement'],
    ['d-prime', 'separability d′', 'dPrime'],
    ['roc-auc', 'ROC AUC', 'rocAuc'],
    ['overlap', 'overlap', 'overlap'],
  ] as const;
  const outcomes = [
    ['mean', 'mean steerability', meanOf],
    ['anti', backwards, antiOf],
  ] as const;
  return predictors.flatMap(([name, x, field]) =>
    outcomes.map(([outcome, y, of]) =>
      relation(
        {
          id: `predictor/${name}/${outcome}/${model}`,
          figure: 'ours',
          x: `${x} of validation pairs, before steering`,
          y,
        },
        runs.map((run) => pointOf(run, run.result.vector?.[field]?.value ?? null, of(run))),
      ),
    ),
  );
}

function exact(value: number | null): Estimate | null {
  return value === null
    ? null
    : withoutInterval(value, 1, 'exact', 'a cosine of two vectors has no interval');
}
