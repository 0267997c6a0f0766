import type { LoadedBehaviour } from '../dataset/parse.ts';
import { openGguf } from '../files/gguf-read.ts';
import type { FoundModel } from '../models/find-model.ts';

/** Test items that an audit measures under other prompts, where it does. */
const auditSettingItems = 20;

/**
 * Floating-point operations that an audit spends on other prompts unasked: some two minutes where the decoder reaches
 * 50 GFLOP/s, as two present-day cores do. By operations and not by a clock, so that a plan is the same on every machine.
 */
const budget = 6e12;

/** Rows through all blocks that other prompts cost in an audit of 120 items: four vectors, twenty items in four settings. */
const rows = 13_000;

/**
 * How many test items an audit measures under other prompts when it was not told: {@link auditSettingItems} for a
 * built-in behaviour on a model small enough for the time budget, else none.
 *
 * A weight takes part in two operations a row.
 */
export async function settingItemsWithinBudget(
  behaviour: LoadedBehaviour,
  { path }: FoundModel,
): Promise<number> {
  if (behaviour.source !== 'built-in') return 0;
  const file = await openGguf(path, { arrays: [] });
  await file.close();
  let weights = 0;
  for (const { shape } of file.tensors.values())
    weights += shape.reduce((product, extent) => product * extent, 1);
  return 2 * weights * rows <= budget ? auditSettingItems : 0;
}
