import { readFile } from 'node:fs/promises';
import { loadBehaviour } from '../dataset/load-behaviour.ts';
import { SteerbenchError } from '../errors.ts';
import { parseResult, type Result } from '../result/schema.ts';
import { RunFolder } from '../store/run-folder.ts';
import type { RunContext } from './empty-result.ts';
import { Progress } from './progress.ts';
import type { ExperimentOutcome } from './run.ts';
import type { RunOptions } from './run-options.ts';
import { personaOf } from './stages/persona.ts';
import { drawDocuments } from './write-documents.ts';

/** Draws report and card from result.json. */
export async function redrawFolder(path: string): Promise<ExperimentOutcome> {
  const began = performance.now();
  const folder = await RunFolder.existing(path);
  const text = await readFile(folder.file('result.json'), 'utf8').catch((cause) => {
    throw new SteerbenchError('run-malformed', `"${path}" holds no result.json: the run has not finished`, {
      remedy: 'run the same command again to finish it',
      cause,
    });
  });
  const result = parseResult(parseJson(text, folder.file('result.json')));
  await drawDocuments(folder, result);
  return { result, folder: path, waiting: 0, failures: [], seconds: (performance.now() - began) / 1000 };
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SteerbenchError('run-malformed', `"${path}" is not JSON`, {
      remedy: 'give --recompute, or run the same command again: the cells are kept',
      cause,
    });
  }
}

/**
 * Computes result and documents again from the cells; a cell that is missing is an error, since no model is loaded.
 *
 * @throws SteerbenchError `run-malformed`
 */
export async function recomputeFolder(
  path: string,
  conclude: (context: RunContext, experiment: Result['experiment']) => Promise<Result>,
): Promise<ExperimentOutcome> {
  const began = performance.now();
  const folder = await RunFolder.existing(path);
  const { plan } = folder;
  if (plan.vectorHash !== null) {
    throw new SteerbenchError(
      'run-malformed',
      `"${path}" used a vector file, which is not kept in the folder`,
      {
        remedy: 'run the same command again; finished cells are used as they are',
      },
    );
  }
  const behaviour = await loadBehaviour(
    plan.behaviour.source === 'built-in' ? plan.behaviour.name : plan.behaviour.source,
    { profile: plan.options['multiOption'] === 'keep' ? 'paper' : 'corrected' },
  );
  if (behaviour.hash !== plan.behaviour.hash) {
    throw new SteerbenchError(
      'run-malformed',
      `the data of "${plan.behaviour.name}" have changed since the run`,
      {
        remedy: 'restore the file, or run again with another --out',
      },
    );
  }
  const missing = async () => {
    throw new SteerbenchError('run-malformed', `"${path}" lacks a cell`, {
      remedy: 'run the same command again to finish it',
    });
  };
  const session = {
    // The plan was written from options of this type, and its version was checked.
    options: plan.options as unknown as RunOptions,
    folder,
    progress: new Progress(() => {}),
    engine: missing,
    signal: new AbortController().signal,
    work: new Map(),
    offline: true,
    shard: null,
    waiting: new Set<string>(),
    failures: [],
  };
  // Whether there was a reference at F32 stands in a cell of its own.
  const reference = { load: missing };
  const result = await conclude(
    {
      session,
      behaviour,
      given: null,
      persona: await personaOf(behaviour, plan.options as unknown as RunOptions),
      reference,
    },
    plan.experiment,
  );
  return { result, folder: path, waiting: 0, failures: [], seconds: (performance.now() - began) / 1000 };
}
