import type { Format } from '../dataset/item.ts';
import type { LoadedBehaviour } from '../dataset/parse.ts';
import type { LoadOptions } from '../engine/engine.ts';
import { findAlias } from '../models/aliases.ts';
import { defaultPrecision } from '../models/precision.ts';
import { type ExperimentKind, kindDefaults } from './experiment-kinds.ts';
import { formatOf } from './format-of.ts';
import { checkRunOptions, defaultRunOptions, type RunOptions } from './run-options.ts';

/**
 * Every option of a run: what was given, else the experiment's own, else the default.
 *
 * @param behaviour decides the format where none was given; a format is taken as it is
 * @throws RangeError for values that no run could use
 */
export function resolveOptions(
  { experiment, options }: { experiment: ExperimentKind; options: Partial<RunOptions> },
  behaviour: LoadedBehaviour | Format,
  found: { alias: string | null },
): RunOptions {
  const resolved: RunOptions = {
    ...defaultRunOptions,
    ...kindDefaults[experiment],
    format: typeof behaviour === 'string' ? behaviour : formatOf(behaviour),
    precision: defaultPrecision(found),
    // The published runs used one layer a model, and have no validation items to choose another by.
    ...(options.profile === 'paper' && found.alias !== null ? publishedLayer(found.alias) : {}),
    ...defined(options),
  };
  resolved.multipliers = ascending(resolved.multipliers);
  resolved.damageMultipliers = ascending(resolved.damageMultipliers);
  checkRunOptions(resolved);
  return resolved;
}

/** How a run's options load a model. */
export function loadOptionsOf(
  { threads, contextTokens, gpuLayers, kvCache, batchRows, splitBlocks, loras }: RunOptions,
  onLog?: (line: string) => void,
): Omit<LoadOptions, 'path'> {
  return defined({
    threads: threads ?? undefined,
    contextTokens,
    gpuLayers,
    kvCache,
    batchRows,
    splitBlocks,
    loras,
    onLog,
  });
}

function ascending(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b);
}

function publishedLayer(alias: string): Partial<RunOptions> {
  const layer = findAlias(alias)?.paperLayer?.layer;
  return layer === undefined ? {} : { layers: String(layer) };
}

/** Without the entries that are undefined: an absent option means its default. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as never;
}
