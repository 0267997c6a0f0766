import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SteerbenchError } from '../errors.ts';
import { atomicWrite } from '../files/atomic-write.ts';
import { makeFolder } from '../files/make-folder.ts';
import { readFailure, systemCode } from '../files/read-failure.ts';
import { openSafetensors } from '../files/safetensors-read.ts';
import { writeSafetensors } from '../files/safetensors-write.ts';
import { writeFailure } from '../files/write-failure.ts';
import { type Plan, planDifferences, planSchema } from './plan.ts';

/** Named float arrays of a cell. */
export type CellArrays = Record<string, Float32Array>;

/**
 * A run on disk: `plan.json`, one file a finished cell, vectors, and the documents made of them.
 *
 * Every file is written whole or not at all, so a run that is stopped at any moment goes on where it was.
 */
export class RunFolder {
  readonly path: string;
  readonly plan: Plan;

  private constructor(path: string, plan: Plan) {
    this.path = path;
    this.plan = plan;
  }

  /**
   * Opens the folder for a plan: makes it, or goes on with the run in it.
   *
   * @throws SteerbenchError `run-conflict` listing how the plan in the folder differs; `write-failed`
   */
  static async open(path: string, plan: Plan): Promise<RunFolder> {
    const found = await readPlan(path);
    const differences = found === null ? [] : planDifferences(found, plan);
    // Where nothing was computed, another plan takes nothing away: an option that was wrong can be mended.
    if (found === null || (differences.length > 0 && (await isEmpty(join(path, 'cells'))))) {
      await makeFolder(join(path, 'cells')).catch((cause) => {
        throw writeFailure(path, cause, 'choose another folder with --out');
      });
      await atomicWrite(join(path, 'plan.json'), `${JSON.stringify(plan, null, 2)}\n`);
      return new RunFolder(path, plan);
    }
    if (differences.length > 0) {
      throw new SteerbenchError(
        'run-conflict',
        `"${path}" holds a run with another plan:\n  ${differences.join('\n  ')}`,
        {
          remedy: 'give another --out, or remove the folder',
        },
      );
    }
    return new RunFolder(path, found);
  }

  /**
   * Opens a run that exists.
   *
   * @throws SteerbenchError `run-malformed` where there is none
   */
  static async existing(path: string): Promise<RunFolder> {
    const plan = await readPlan(path);
    if (plan !== null) return new RunFolder(path, plan);
    throw new SteerbenchError('run-malformed', `"${path}" holds no run: there is no plan.json`, {
      remedy: 'give the folder that a run was written to',
    });
  }

  /** Path of a file of the run. */
  file(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** The value of a finished cell; null where it has not been computed. */
  async readCell<T>(id: string): Promise<T | null> {
    const text = await readFile(this.file('cells', `${id}.json`), 'utf8').catch(absent);
    return text === null ? null : (parse(text, `cells/${id}.json`, this.path) as T);
  }

  /** Keeps a cell, and returns it as a later reader will find it, so that a resumed run computes with the same numbers. */
  async writeCell<T>(id: string, value: T): Promise<T> {
    const text = JSON.stringify(value);
    await atomicWrite(this.file('cells', `${id}.json`), text);
    return JSON.parse(text) as T;
  }

  /**
   * Some arrays of a finished cell, in the order asked for; the others stay on disk.
   *
   * @throws SteerbenchError `run-malformed` when the file is damaged; RangeError for a name that is not in it
   */
  async readArrays(id: string, names: string[]): Promise<Float32Array[]> {
    const file = await openSafetensors(this.file('cells', `${id}.safetensors`), 'run-malformed').catch(
      (cause) => {
        throw damagedCell(cause, this.file('cells', `${id}.json`));
      },
    );
    try {
      const arrays: Float32Array[] = [];
      for (const name of names) arrays.push((await file.read(name)) as Float32Array);
      return arrays;
    } finally {
      await file.close();
    }
  }

  /** Writes the arrays of a cell. */
  async writeArrays(id: string, arrays: CellArrays): Promise<void> {
    await writeSafetensors(this.file('cells', `${id}.safetensors`), {
      metadata: [],
      tensors: Object.entries(arrays).map(([name, values]) => ({
        name,
        type: 'F32',
        shape: [values.length],
        values,
      })),
    });
  }

  /** Writes a document of the run, such as `result.json`. */
  async writeDocument(name: string, text: string): Promise<void> {
    await atomicWrite(this.file(name), text);
  }
}

async function isEmpty(folder: string): Promise<boolean> {
  return ((await readdir(folder).catch(absent)) ?? []).length === 0;
}

async function readPlan(path: string): Promise<Plan | null> {
  const text = await readFile(join(path, 'plan.json'), 'utf8').catch((cause) => {
    // Where a part of the path is a file, there is no run either; making the folder says so.
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(cause))) return null;
    throw readFailure(join(path, 'plan.json'), cause, 'run-malformed');
  });
  if (text === null) return null;
  const parsed = planSchema.safeParse(parse(text, 'plan.json', path));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new SteerbenchError(
    'run-malformed',
    `"${path}/plan.json" is not valid at "${issue.path.join('.')}": ${issue.message}`,
    {
      remedy: 'it was written by another version; give another --out',
    },
  );
}

function parse(text: string, name: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SteerbenchError('run-malformed', `"${join(path, name)}" is not JSON`, {
      remedy: 'remove that file and run the same command again',
      cause,
    });
  }
}

/** The account of a cell says that its arrays are whole; without it, they are computed again. */
function damagedCell(cause: unknown, account: string): unknown {
  if (!(cause instanceof SteerbenchError)) return cause;
  return new SteerbenchError('run-malformed', cause.message, {
    remedy: `remove "${account}" and run the same command again: only this cell is computed anew`,
    cause,
  });
}

function absent(error: unknown): null {
  if (isAbsent(error)) return null;
  throw error;
}

function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}
