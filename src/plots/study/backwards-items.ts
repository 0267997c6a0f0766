import type { Study } from '../../result/study.ts';
import { formatShare } from '../format-number.ts';
import { modelTitle } from './runs.ts';
import { missing, type StudyFigure } from './study-figure.ts';

/** Every item with a slope of 0 or below, the most backwards first within its run. */
export function backwardsItems(study: Study): StudyFigure {
  const place = {
    id: 'items-backwards',
    name: 'Items that steer backwards',
    paper: null,
    section: 'Items that steer backwards',
  };
  const runs = study.runs.filter(({ result }) => result.items.some(({ slope }) => slope !== null));
  if (runs.length === 0) {
    return missing(place, study, /items|steerab/i, 'No run measured slopes of items.');
  }
  const counted = runs.filter(({ leftOut }) => leftOut === null);
  const rows = runs.flatMap((run) =>
    run.result.items
      .filter(({ slope }) => slope !== null && slope <= 0)
      .sort((a, b) => a.slope! - b.slope!)
      .map((item) => ({ run, item })),
  );
  const all = counted.reduce(
    (sum, { result }) => sum + result.items.filter(({ slope }) => slope !== null).length,
    0,
  );
  const backwards = rows.filter(({ run }) => run.leftOut === null);
  const both = backwards.filter(({ item }) => item.swappedSlope !== null);
  const twice = both.filter(({ item }) => item.swappedSlope! <= 0).length;
  const texts = rows.some(({ item }) => item.prompt !== null);
  return {
    ...place,
    title: `${backwards.length} of ${all} items steer backwards (${formatShare(all === 0 ? null : backwards.length / all)})${both.length > 0 ? `; ${twice} of the ${both.length} measured both ways do so with their letters exchanged too` : ''}`,
    note: `Items with a slope of 0 or below, numbered by their line in the source, from 0; by run, the most backwards first. ${texts ? '' : 'Their texts are not in this document: see that line of the source. '}All slopes are in the report of each run.`,
    help: 'An item that is backwards with its letters both ways is backwards in content; one that is so in a single order follows its letter.',
    table: {
      columns: [
        ...['model', 'dataset', 'item', 'slope', 'unit', 'slope with letters exchanged'],
        ...['letter', 'word', ...(texts ? ['prompt'] : []), 'left out'],
      ],
      rows: rows.map(({ run, item }) => [
        ...[
          modelTitle(study, run.model),
          run.behaviour,
          item.item,
          item.slope,
          run.result.unit,
          item.swappedSlope,
        ],
        ...[item.positiveLetter, item.positiveWord, ...(texts ? [item.prompt] : []), run.leftOut],
      ]),
    },
  };
}
