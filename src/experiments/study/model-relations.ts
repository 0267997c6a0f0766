import type { Study } from '../../result/study.ts';
import { type Estimate, withoutInterval } from '../../statistics/estimate.ts';
import { cellEstimate, pointOf, type RelatedRun, relation, shifts } from './relations.ts';

type Relation = Study['relations'][number];

/** Which points count in the relations of settings. */
export interface RelationOptions {
  /** Whether a vector in its own setting, 1 by definition, counts: the published figure did so. */
  selfPairs: 'exclude' | 'include';
}

/** Everything that is correlated over the datasets of one model. */
export function modelRelations(model: string, runs: readonly RelatedRun[], options: RelationOptions): Relation[] {
  return [
    ...shiftRelations(model, runs),
    ...meanVariance(model, runs),
    ...gapRelations(model, runs, options),
    ...backwardsRelations(model, runs),
    ...predictorRelations(model, runs),
    ...generationRelation(model, runs),
  ];
}

/** Figures 5 and 6: out of distribution against in distribution. */
function shiftRelations(model: string, runs: readonly RelatedRun[]): Relation[] {
  return (['mean', 'variance'] as const).flatMap((quantity, place) =>
    shifts.map((shift) => {
      const figure = ['5', '6'][place]!;
      const name = quantity === 'mean' ? 'mean steerability' : 'variance of the slopes';
      return relation(
        {
          id: `${figure}/${shift.join('->')}/${model}`,
          figure,
          x: `${name}, BASE in BASE`,
          y: `${name}, ${shift[0]} in ${shift[1]}`,
        },
        runs.map((run) =>
          pointOf(
            run,
            cellEstimate(run.result, ['BASE', 'BASE'], quantity)?.value ?? null,
            cellEstimate(run.result, shift, quantity),
          ),
        ),
      );
    }),
  );
}

/** Figure 22: variance against mean, in distribution and under each shift. */
function meanVariance(model: string, runs: readonly RelatedRun[]): Relation[] {
  return [['BASE', 'BASE'] as const, ...shifts].map((cell) =>
    relation(
      {
        id: `22/${cell.join('->')}/${model}`,
        figure: '22',
        x: `mean steerability, ${cell[0]} in ${cell[1]}`,
        y: 'variance of the slopes',
      },
      runs.map((run) =>
        pointOf(
          run,
          cellEstimate(run.result, cell, 'mean')?.value ?? null,
          cellEstimate(run.result, cell, 'variance'),
        ),
      ),
    ),
  );
}

/** Figures 8 and 24: relative steerability, and cosine of two vectors, against the distance of their settings. */
function gapRelations(
  model: string,
  runs: readonly RelatedRun[],
  { selfPairs }: RelationOptions,
): Relation[] {
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
function backwardsRelations(model: string, runs: readonly RelatedRun[]): Relation[] {
  const anti = 'share of items that steer backwards';
  return [
    relation(
      { id: `explained-anti/${model}`, figure: 'ours', x: 'share explained by the factors of bias', y: anti },
      runs.map((run) =>
        pointOf(
          run,
          run.result.bias?.adjustedR2.value ?? null,
          run.result.steerability?.antiSteerable ?? null,
        ),
      ),
    ),
    relation(
      { id: `median-anti/${model}`, figure: 'ours', x: 'median slope', y: anti },
      runs.map((run) =>
        pointOf(
          run,
          run.result.steerability?.median.value ?? null,
          run.result.steerability?.antiSteerable ?? null,
        ),
      ),
    ),
  ];
}

/** Predictors of validation pairs against what steering then did (Braun et al. 2025). */
function predictorRelations(model: string, runs: readonly RelatedRun[]): Relation[] {
  const predictors = [
    ['agreement', 'directional agreement', 'directionalAgreement'],
    ['d-prime', 'separability, d′', 'dPrime'],
    ['roc-auc', 'ROC AUC', 'rocAuc'],
    ['overlap', 'overlap', 'overlap'],
  ] as const;
  const outcomes = [
    ['mean', 'mean steerability', (run: RelatedRun) => run.result.steerability?.mean ?? null],
    ['anti', 'share of items that steer backwards', (run: RelatedRun) => run.result.steerability?.antiSteerable ?? null],
  ] as const;
  return predictors.flatMap(([name, x, field]) =>
    outcomes.map(([outcome, y, of]) =>
      relation(
        { id: `predictor/${name}/${outcome}/${model}`, figure: 'ours', x: `${x}, before steering`, y },
        runs.map((run) => pointOf(run, run.result.vector?.[field]?.value ?? null, of(run))),
      ),
    ),
  );
}

/** What steering does to free answers, against what it does to log-probabilities. */
function generationRelation(model: string, runs: readonly RelatedRun[]): Relation[] {
  return [
    relation(
      { id: `generation/${model}`, figure: 'ours', x: 'mean steerability', y: 'effect in free answers' },
      runs.map((run) =>
        pointOf(
          run,
          run.result.steerability?.mean.value ?? null,
          run.result.generationCheck?.samplings[0]?.effect ?? null,
        ),
      ),
    ),
  ];
}

function exact(value: number | null): Estimate | null {
  return value === null ? null : withoutInterval(value, 1, 'exact', 'a cosine of two vectors has no interval');
}
