import type { Measurement } from '../../engine/engine.ts';
import type { Result } from '../../result/schema.ts';
import { judgeCompetence } from '../../scores/competence.ts';
import { propensity } from '../../scores/propensity.ts';
import { mean } from '../../statistics/mean.ts';
import type { RunOptions } from '../run-options.ts';
import type { Session } from '../session.ts';
import { massOf, scoreOf } from './item-slopes.ts';
import { type MeasureStage, measureItems } from './measure-items.ts';
import type { Prepared } from './prepare.ts';

/** The controls are always scored at the letter, with the probability of the letters, whatever the run's propensity. */
export function controlWanted({ format }: Pick<RunOptions, 'format'>): NonNullable<MeasureStage['wanted']> {
  return { tokens: format === 'multiple-choice' ? 'letter' : 'answer', logprobs: true };
}

/**
 * Can this model take this kind of test at all? The control questions are ones that anyone can answer.
 *
 * `completion`: a question is right when the sensible answer is likelier. `multiple-choice`: each question is put in
 * both letter orders and right only when both are (SCIENCE, competence check).
 */
export async function checkCompetence(
  session: Session,
  { controls }: Prepared,
): Promise<Result['competence']> {
  const { format } = session.options;
  const measured = await measureItems(session, {
    stage: 'competence',
    cases: controls,
    interventions: [null],
    wanted: controlWanted(session.options),
  });
  const units = measured.flatMap((row) => (row === null ? [] : [row[0]!]));
  if (units.length < measured.length) return null;
  const score = (measurement: Measurement) =>
    propensity(measurement, scoreOf({ format, propensity: 'letter' })).value ?? Number.NEGATIVE_INFINITY;
  if (format === 'completion') {
    const verdict = judgeCompetence(units.map((unit) => score(unit) > 0));
    return { ...verdict, letterBias: null, contentEffect: null, choiceMass: null };
  }
  const pairs = Array.from({ length: units.length / 2 }, (_, question) => ({
    // The right answer stands behind A first, then behind B.
    behindA: score(units[2 * question]!),
    behindB: score(units[2 * question + 1]!),
  }));
  return {
    ...judgeCompetence(pairs.map(({ behindA, behindB }) => behindA > 0 && behindB > 0)),
    letterBias: mean(pairs.map(({ behindA, behindB }) => (behindA - behindB) / 2)),
    contentEffect: mean(pairs.map(({ behindA, behindB }) => (behindA + behindB) / 2)),
    choiceMass: mean(units.map((unit) => massOf(unit, format) ?? 0)),
  };
}
