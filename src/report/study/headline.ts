import { count, medianShare } from '../../plots/study/say.ts';
import type { StudyFigure } from '../../plots/study/study-figure.ts';
import type { Study } from '../../result/study.ts';

/** What the study shows, in one sentence: how many vectors steer, and how many items do not follow. */
export function studyHeadline(study: Study): string {
  const known = study.runs.filter(
    ({ leftOut, result }) => leftOut === null && result.steerability?.mean.value != null,
  );
  if (known.length === 0) {
    return study.runs.length === 0
      ? 'No run was finished'
      : `None of ${count(study.runs.length, 'run')} gave a steerability that counts`;
  }
  const means = known.map(({ result }) => result.steerability!.mean);
  const steers = means.filter(({ low }) => low !== null && low > 0).length;
  const wrong = means.filter(({ high }) => high !== null && high < 0).length;
  const shares = known.flatMap(({ result }) => result.steerability!.antiSteerable.value ?? []);
  const backwards =
    shares.length === 0
      ? ''
      : known.length === 1
        ? `; ${medianShare(shares)} of its items steer backwards`
        : `; in the median run ${medianShare(shares)} of the items steer backwards`;
  const all = known.length === 1 ? 'The vector' : `${steers} of ${known.length} vectors`;
  if (known.length === 1) {
    const does =
      steers === 1 ? 'steers as intended' : wrong === 1 ? 'steers the wrong way' : 'has no clear effect';
    return `${all} ${does}${backwards}`;
  }
  const others = [
    ...(wrong > 0 ? [`${wrong} the wrong way`] : []),
    ...(known.length - steers - wrong > 0 ? [`${known.length - steers - wrong} without a clear effect`] : []),
  ];
  return `${all} steer as intended${others.map((words) => `, ${words}`).join('')}${backwards}`;
}

/** What was run, in one sentence. */
export function describeStudy(study: Study): string {
  const items = study.runs.reduce((sum, { result }) => sum + result.items.length, 0);
  const leftOut = study.runs.filter((run) => run.leftOut !== null).length;
  const missing = study.notMeasured.length;
  return [
    `${count(study.runs.length, 'run')} of ${count(study.behaviours.length, 'behaviour')} on ${count(study.models.length, 'model')}, ${count(items, 'test item')} in all; profile ${study.profile}.`,
    ...(leftOut > 0 ? [`${count(leftOut, 'run is', 'runs are')} shown but not counted.`] : []),
    ...(missing > 0 ? [`${count(missing, 'thing was', 'things were')} not measured.`] : []),
  ].join(' ');
}

/** The answer that each question's first figure with data gives; null where none has any. */
export function answerOf({ figures }: { figures: StudyFigure[] }): StudyFigure | null {
  return figures.find((figure) => !('missing' in figure)) ?? null;
}
