import type { Study } from '../../result/study.ts';

/** Ranks that the paper shows of its 38 datasets besides the ends, and how many there are at either end. */
const paperRanks = [10, 17, 23, 30];
const paperDatasets = 38;
const ends = 4;
const always = 'myopic-reward';

/**
 * The behaviours of Figures 1, 3, 4 and 17: the four highest and the four lowest by median slope, ranks 10, 17, 23
 * and 30 of 38 (at the same places between the ends of other lists), and myopic-reward; all of them up to 13.
 *
 * Where there are several models, a behaviour's rank is that of the mean of its ranks. The paper took the median over
 * all pairs of vector and setting, here it is that of the test items in BASE.
 *
 * Source: Tan et al. 2024 (arXiv 2407.12404), `selected_datasets.json` of `dtch1997/repepo`.
 */
export function selectedBehaviours(study: Study): Set<string> {
  const ranked = rankedBehaviours(study);
  const most = 2 * ends + paperRanks.length + 1;
  if (ranked.length <= most) return new Set(ranked);
  const stretch = (ranked.length - 2 * ends) / (paperDatasets - 2 * ends);
  const between = paperRanks.map((rank) => ends + Math.round((rank - ends) * stretch));
  const chosen = [
    ...ranked.slice(0, ends),
    ...between.map((rank) => ranked[rank - 1]!),
    ...ranked.slice(-ends),
  ];
  return new Set(ranked.includes(always) ? [...chosen, always] : chosen);
}

/** Behaviours by median slope, highest first; those without a slope that counts come last. */
function rankedBehaviours(study: Study): string[] {
  const places = new Map(study.behaviours.map(({ name }) => [name, [] as number[]]));
  for (const model of study.models) {
    const runs = study.runs
      .filter((run) => run.model === model.id && run.leftOut === null)
      .filter(({ result }) => result.steerability?.median.value != null)
      .sort((a, b) => b.result.steerability!.median.value! - a.result.steerability!.median.value!);
    runs.forEach((run, k) => {
      places.get(run.behaviour)?.push(k / Math.max(1, runs.length - 1));
    });
  }
  const place = (name: string) => {
    const all = places.get(name)!;
    return all.length === 0 ? 2 : all.reduce((sum, each) => sum + each, 0) / all.length;
  };
  return study.behaviours.map(({ name }) => name).sort((a, b) => place(a) - place(b));
}
