import type { Study } from '../../result/study.ts';
import { capitalised } from '../capitalised.ts';
import { formatCorrelation, type Relation, relationOf, sayNoRelation } from './relations.ts';
import { partOf } from './say.ts';
import { missing, type StudyFigure } from './study-figure.ts';

/** Predictors in the order of the figures. */
export const predictors = [
  { id: 'agreement', name: 'directional agreement', axis: 'agreement' },
  { id: 'd-prime', name: 'separability d′', axis: 'd′' },
  { id: 'roc-auc', name: 'ROC AUC', axis: 'AUC' },
  { id: 'overlap', name: 'overlap', axis: 'overlap' },
] as const;

/** What they are set against. */
export const outcomes = [
  { id: 'mean', name: 'mean slope', short: 'mean slope' },
  { id: 'anti', name: 'share of items backwards', short: 'share backwards' },
] as const;

/** One relation of a predictor and an outcome. */
export interface Found {
  predictor: (typeof predictors)[number];
  outcome: (typeof outcomes)[number];
  model: string;
  relation: Relation;
}

/** Every such relation of the study. */
export function findPredictors(study: Study): Found[] {
  return study.models.flatMap(({ id: model }) =>
    outcomes.flatMap((outcome) =>
      predictors.flatMap((predictor) => {
        const relation = relationOf(study, `predictor/${predictor.id}/${outcome.id}/${model}`);
        return relation === null ? [] : [{ predictor, outcome, model, relation }];
      }),
    ),
  );
}

/** The place of a figure of predictors without any. */
export function withoutPredictors(study: Study, place: Parameters<typeof missing>[0]): StudyFigure {
  return missing(place, study, /predict/i, sayNoRelation(study, 'predictor/', 'No run has predictors.'));
}

/** The predictor with the strongest mean correlation with the mean slope, and in how many models it is clear. */
export function sayBest(found: Found[]): string {
  const all = found.filter(
    ({ outcome, relation }) => outcome.id === 'mean' && relation.spearman.value !== null,
  );
  if (all.length === 0) return 'What can be known before steering';
  const ranked = predictors
    .map((predictor) => {
      const mine = all.filter((each) => each.predictor === predictor);
      const strength =
        mine.reduce((sum, { relation }) => sum + Math.abs(relation.spearman.value!), 0) / (mine.length || 1);
      const clear = mine.filter(
        ({ relation: { spearman } }) =>
          spearman.low !== null && spearman.high !== null && spearman.low * spearman.high > 0,
      );
      return { predictor, mine, strength, clear: clear.length };
    })
    .sort((a, b) => b.strength - a.strength);
  const { predictor, mine, clear } = ranked[0]!;
  const name = capitalised(predictor.name);
  const strength =
    mine.length === 1
      ? `Spearman ${formatCorrelation(mine[0]!.relation.spearman)}`
      : `clearly on ${partOf(clear, mine.length)} models`;
  return `${name} goes with the mean slope most closely, ${strength}`;
}
