import type { Item } from '../../dataset/item.ts';
import { norm } from '../../math/vector.ts';
import { type Setting, type SettingName, settingsOf } from '../../prompts/settings.ts';
import type { Result } from '../../result/schema.ts';
import type { RunContext } from '../empty-result.ts';
import { countOf } from '../run-options.ts';
import type { MeasuredVector } from '../scores-table.ts';
import type { FoundVector } from './find-vector.ts';
import { refit } from './item-slopes.ts';
import { showsTexts } from './item-texts.ts';
import { threeMultipliers } from './multiplier-pair.ts';
import { describeOod } from './ood.ts';
import { pairOf } from './persona.ts';
import type { Prepared } from './prepare.ts';
import { type PresentedItems, present } from './presentations.ts';
import { comparePrompting } from './prompting.ts';
import { type SettingCell, steerInSetting } from './setting-slopes.ts';
import { meanVector, type SettingVector, settingVector } from './setting-vectors.ts';
import type { TestItems } from './test-items.ts';

/** What was found under other prompts, for the result and for scores.parquet. */
export interface SettingsFound {
  settings: Result['settings'];
  ood: Result['ood'];
  prompting: Result['prompting'];
  scores: MeasuredVector[];
  /** Why there is nothing, or something is missing; null where all is there. */
  missing: string | null;
}

/**
 * What survives a change of prompt (Tan et al. 2024, section 4.4): vectors of the five settings and their mean, each
 * steered in every setting.
 *
 * With fewer items than the test set (an audit) only the vectors of BASE and of the tested setting itself are steered,
 * at three multipliers: what relative steerability needs.
 */
export async function measureSettings(
  context: RunContext,
  prepared: Prepared,
  found: FoundVector,
  test: TestItems,
): Promise<SettingsFound> {
  const { session, persona, behaviour } = context;
  const { options, progress } = session;
  const nothing = { settings: [], ood: null, prompting: null, scores: [] };
  if (options.settingItems === 0) return { ...nothing, missing: 'no items were asked for' };
  if ('missing' in persona) return { ...nothing, missing: persona.missing };
  const count = countOf(options.settingItems, prepared.split.test.length);
  const whole = count === prepared.split.test.length;
  const items = prepared.split.test.slice(0, count);
  const kept = whole ? options.multipliers : threeMultipliers(options.multipliers);
  progress.begin('settings', `Steering ${items.length} items under four other prompts`);

  const presented = await presentSettings(context, settingsOf(options.system, persona), {
    train: prepared.split.train,
    test: items,
  });
  if (presented === null) return { ...nothing, missing: 'a cell failed' };
  const base: SettingVector = {
    name: 'BASE',
    vector: found.vector,
    norm: norm(found.vector),
    trainingPairs: found.pairs?.cases.length ?? 0,
  };
  const vectors = new Map<SettingName, SettingVector>([['BASE', base]]);
  for (const [name, { train }] of presented) {
    const vector = await settingVector(session, name, train, found.layer, found.vector);
    if (vector === null) return { ...nothing, missing: `the vector of ${name} could not be extracted` };
    vectors.set(name, vector);
  }
  const all = whole
    ? [...vectors.values(), meanVector([...vectors.values()], found.vector)]
    : [...vectors.values()];
  const cells: SettingCell[] = [
    {
      vector: 'BASE',
      setting: 'BASE',
      slopes: refit(test.slopes.slice(0, items.length), options.multipliers, kept),
      measurements: test.measurements.slice(0, items.length),
    },
  ];
  if (whole)
    cells.push(...(await steerInSetting(session, 'BASE', test.cases, found.layer, all.slice(1), kept)));
  for (const [name, { test: cases }] of presented) {
    const steered = whole ? all : [base, vectors.get(name)!];
    cells.push(...(await steerInSetting(session, name, cases, found.layer, steered, kept)));
  }
  return {
    settings: describeSettings(context, prepared, presented),
    ood: describeOod(context, {
      items: items.map(({ index }) => index),
      multipliers: kept,
      vectors: all,
      cells,
    }),
    prompting: comparePrompting(cells, kept),
    // The cell of BASE in BASE is the test's own.
    scores: cells.slice(1).map(({ vector, setting, measurements }) => ({
      name: `${found.name}/${vector}`,
      method: found.method,
      layer: found.layer,
      setting,
      multipliers: kept,
      test: { cases: test.cases.slice(0, items.length), measurements },
    })),
    missing: null,
  };

  async function presentSettings(
    { session: run }: RunContext,
    settings: Setting[],
    sets: { train: Item[]; test: Item[] },
  ): Promise<Map<SettingName, PresentedItems> | null> {
    const map = new Map<SettingName, PresentedItems>();
    for (const { name, system, prefix } of settings.slice(1)) {
      const shown = await present(run, behaviour.name, { id: name, system, prefix }, sets);
      if (shown === null) return null;
      map.set(name, shown);
    }
    return map;
  }
}

function describeSettings(
  context: RunContext,
  prepared: Prepared,
  presented: Map<SettingName, PresentedItems>,
): Result['settings'] {
  const { session, persona } = context;
  const shows = showsTexts(context);
  const shown = (text: string | null) => (shows ? text : null);
  return settingsOf(session.options.system, pairOf(persona)).map(({ name, system, prefix }) => ({
    name,
    system: shown(system),
    prefix: shown(prefix),
    example: shown(name === 'BASE' ? prepared.example.text : presented.get(name)!.example),
  }));
}
