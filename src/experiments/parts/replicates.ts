import { neutralSystems } from '../../prompts/settings.ts';
import { itemNoise } from '../../statistics/item-noise.ts';
import { itemSlope, refit } from '../stages/item-slopes.ts';
import { measureItems } from '../stages/measure-items.ts';
import { largestPair } from '../stages/multiplier-pair.ts';
import { present } from '../stages/presentations.ts';
import { type Measured, notMeasured } from './part.ts';

/**
 * How far can one item's slope be trusted? The same items under other system messages that ask for nothing in
 * particular, and with their letters exchanged where that was measured.
 */
export async function repeatItems(measured: Measured): Promise<void> {
  const { context, prepared, found, test, result } = measured;
  const { session, behaviour } = context;
  const { multipliers, operator, start, replicates, replicateItems } = session.options;
  const size = largestPair(multipliers);
  const items = prepared.split.test.slice(0, replicateItems);
  const messages = neutralSystems.slice(0, replicates);
  if (messages.length === 0 || items.length === 0)
    return notMeasured(measured, "noise of an item's slope", 'no other presentations were asked for');
  if (size === null)
    return notMeasured(measured, "noise of an item's slope", 'no multiplier was tested with both signs');
  session.progress.begin('replicates', `Repeating ${items.length} items under other neutral instructions`);
  const pair = [-size, size];
  const columns = [refit(test.slopes.slice(0, items.length), multipliers, pair).map(({ fit }) => fit.slope)];
  const names = ['as given'];
  for (const [place, system] of messages.entries()) {
    const id = `replicate-${place + 1}`;
    const shown = await present(
      session,
      behaviour.name,
      { id, system, prefix: null },
      { train: [], test: items },
    );
    if (shown === null) return notMeasured(measured, "noise of an item's slope", 'a cell failed');
    const rows = await measureItems(session, {
      stage: id,
      shared: true,
      cases: shown.test,
      interventions: pair.map((multiplier) => ({
        layer: found.layer,
        vector: found.vector,
        multiplier,
        operator,
        start,
      })),
    });
    columns.push(rows.map((row) => itemSlope(row, pair, session.options).fit.slope));
    names.push(`system message "${system}"`);
  }
  const noise = itemNoise(
    items.map((_, item) => columns.map((column) => column[item] ?? null)),
    result.noise === null ? {} : { precisionRms: result.noise.rms },
  );
  if (noise.reason !== null) return notMeasured(measured, "noise of an item's slope", noise.reason);
  result.replicates = {
    presentations: names,
    items: noise.n,
    withinSd: noise.sd,
    reliability: noise.reliability,
    reliabilityOfMean: noise.reliabilityOfMean,
    backwards: noise.backwards,
    backwardsBeyondNoise: noise.backwardsBeyondNoise,
    precisionRms: result.noise?.rms ?? null,
  };
}
