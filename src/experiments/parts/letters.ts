import { swapLetters } from '../../dataset/swap-letters.ts';
import { letterWithinItems } from '../../statistics/letter-within-items.ts';
import { itemSlope } from '../stages/item-slopes.ts';
import { measureItems } from '../stages/measure-items.ts';
import { present } from '../stages/presentations.ts';
import { type Measured, notMeasured } from './part.ts';

/**
 * How much of an item's slope is its letter? Every lettered test item is steered once more with its two options
 * exchanged: content and letter then come apart within the item.
 */
export async function exchangeLetters(measured: Measured): Promise<void> {
  const { context, prepared, found, test, result } = measured;
  const { session, behaviour } = context;
  const { format, orders, multipliers, operator, start, system } = session.options;
  if (format !== 'multiple-choice')
    return notMeasured(measured, 'letters both ways', 'the answers have no letters');
  if (orders !== 'both') return notMeasured(measured, 'letters both ways', 'one order was asked for');
  const swapped = new Map(prepared.split.test.map((item) => [item.index, swapLetters(item)]));
  const items = [...swapped.values()].filter((item) => item !== null);
  const missing = swapped.size - items.length;
  if (items.length === 0)
    return notMeasured(measured, 'letters both ways', 'no item shows two options that could be exchanged');
  session.progress.begin('swapped', `Steering ${items.length} items with their letters exchanged`);
  const shown = await present(
    session,
    behaviour.name,
    { id: 'swapped', system, prefix: null },
    { train: [], test: items },
  );
  if (shown === null) return notMeasured(measured, 'letters both ways', 'a cell failed');
  const measurements = await measureItems(session, {
    stage: 'swapped',
    shared: true,
    cases: shown.test,
    interventions: multipliers.map((multiplier) => ({
      layer: found.layer,
      vector: found.vector,
      multiplier,
      operator,
      start,
    })),
  });
  const slopes = new Map(
    shown.test.map(({ item }, place) => [
      item,
      itemSlope(measurements[place] ?? null, multipliers, session.options).fit.slope,
    ]),
  );
  result.items = result.items.map((row) => ({ ...row, swappedSlope: slopes.get(row.item) ?? null }));
  const behind = (letter: 'A' | 'B') =>
    test.cases.map(({ item }, place) => {
      const own = prepared.split.test[place]!.multipleChoice!.positive;
      return own === letter ? test.slopes[place]!.fit.slope : (slopes.get(item) ?? null);
    });
  const parts = letterWithinItems(behind('A'), behind('B'));
  if (parts.reason !== null) return notMeasured(measured, 'letters both ways', parts.reason);
  result.orders = {
    items: parts.n,
    missing,
    content: parts.meanContent,
    contentSd: parts.sdContent,
    antiSteerable: parts.antiSteerableContent,
    letter: parts.meanLetter,
    letterShare: parts.letterShare,
    commonShare: parts.commonShare,
    specificShare: parts.specificShare,
  };
}
