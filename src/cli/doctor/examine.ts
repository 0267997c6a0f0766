import { requantiseRemotely } from '../../engine/requantise-remotely.ts';
import { SteerbenchError } from '../../errors.ts';
import { defaultAlias } from '../../models/aliases.ts';
import { checkSources, type SourceState } from '../../models/check-sources.ts';
import { type FoundModel, findModel } from '../../models/find-model.ts';
import { defaultPrecision, modelAtPrecision } from '../../models/precision.ts';
import { checkInstallation, type Installation } from './installation.ts';
import { describeMachine, type Machine } from './machine.ts';
import { measureNoise, type PrecisionNoise } from './noise.ts';
import { measureSpeed, type Speed } from './speed.ts';

/** What `doctor` found. */
export interface Examination {
  steerbench: string;
  machine: Machine;
  /** Null where the engine did not start. */
  engine: Installation | null;
  sources: SourceState[];
  defaultModel: { name: string; path: string | null };
  /** Null where the default model is not here, the engine does not start, or they were not asked for. */
  speed: (Speed & { precision: string }) | null;
  noise: PrecisionNoise[] | null;
  /** What stands in the way of a run, each with what to do. */
  problems: string[];
}

/** Memory that an audit of the default model needs, with room to spare. */
const neededBytes = 1.5e9;

/** Examines everything that a run depends on; what is missing becomes a problem in words, never an error. */
export async function examine(options: {
  version: string;
  quick: boolean;
  onStep: (step: string) => void;
}): Promise<Examination> {
  const { onStep } = options;
  onStep('Looking at the machine');
  const problems: string[] = [];
  const guard = async <T>(work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work();
    } catch (error) {
      problems.push(inWords(error));
      return null;
    }
  };
  const machine = await describeMachine();
  onStep('Starting the engine');
  const engine = await guard(checkInstallation);
  onStep('Asking the sources of the default model');
  const sources = await checkSources();
  const found = await findModel(defaultAlias, { download: false }).catch(() => null);
  const measurable = !options.quick && engine !== null ? found : null;
  const speed = measurable === null ? null : await guard(() => speedOf(measurable, onStep));
  const noise = measurable === null ? null : await guard(() => measureNoise(measurable, onStep));
  problems.push(...machineProblems(machine));
  if (found === null && !sources.some(({ reachable }) => reachable)) problems.push(unreachable);
  const defaultModel = { name: defaultAlias, path: found?.path ?? null };
  return { steerbench: options.version, machine, engine, sources, defaultModel, speed, noise, problems };
}

async function speedOf(found: FoundModel, onStep: (step: string) => void): Promise<Examination['speed']> {
  const precision = defaultPrecision(found);
  const { path, sha256 } = await modelAtPrecision(found, precision, requantiseRemotely);
  return { precision, ...(await measureSpeed({ path, hash: sha256 }, onStep)) };
}

function machineProblems({ node, availableBytes, cache }: Machine): string[] {
  const problems: string[] = [];
  if (Number(/^v(\d+)/.exec(node)?.[1]) < 20)
    problems.push(`Node.js ${node} is too old: install version 20 or newer`);
  if (availableBytes < neededBytes) {
    const gigabytes = (availableBytes / 1e9).toFixed(1);
    problems.push(
      `only ${gigabytes} GB of memory are free; an audit of the default model takes up to 1.5: close other programs`,
    );
  }
  if (!cache.writable)
    problems.push(
      `the model cache "${cache.folder}" cannot be written: choose another folder with STEERBENCH_CACHE`,
    );
  return problems;
}

const unreachable =
  'the default model is not in the cache and none of its sources can be reached: fetch it on another machine, ' +
  'or give --model with a file that you have';

function inWords(error: unknown): string {
  if (!(error instanceof SteerbenchError)) return error instanceof Error ? error.message : String(error);
  return error.remedy === '' ? error.message : `${error.message}: ${error.remedy}`;
}
