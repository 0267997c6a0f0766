import type { Study } from '../../src/result/study.ts';
import { studySchema } from '../../src/result/study.ts';
import { exampleStudy } from './example-study.ts';
import { hostile } from './hostile-result.ts';

type Result = Study['runs'][number]['result'];

/** The example with the runs of four behaviours alone and the relations of one model and one pair: for snapshots. */
export function smallStudy(): Study {
  const study = exampleStudy();
  const [first, , last] = study.models.map(({ id }) => id);
  const kept = new Set([
    'corrigible-neutral-HHH',
    'conscientiousness',
    'subscribes-to-deontology',
    'sentiment',
  ]);
  return {
    ...study,
    runs: study.runs.filter(({ behaviour }) => kept.has(behaviour)),
    transfers: study.transfers.filter(({ behaviour }) => kept.has(behaviour)),
    relations: study.relations.filter(
      ({ id }) => id.endsWith(`/${last}`) || id.endsWith(`/${first}~${last}`),
    ),
  };
}

/** A dozen behaviours on one model. */
export function oneModel(): Study {
  return exampleStudy({ models: 1 });
}

/** One behaviour on one model. */
export function oneBehaviour(): Study {
  return exampleStudy({ models: 1, behaviours: 1 });
}

/** The paper's number of datasets on three models, with few items. */
export function largeStudy(): Study {
  return exampleStudy({ behaviours: 40, items: 20, resamples: 100 });
}

/** Runs of which nothing was measured. */
export function nothingMeasured(): Study {
  const study = exampleStudy({ behaviours: 2 });
  return studySchema.parse({
    ...study,
    runs: study.runs.map((run) => ({ ...run, adjustedP: null, result: withoutMeasurements(run.result) })),
    transfers: [],
    relations: [],
    published: [],
    prompts: [],
    personas: [],
    notMeasured: [{ what: 'all runs', reason: 'the study was stopped' }],
  });
}

/** No run at all. */
export function emptyStudy(): Study {
  return { ...nothingMeasured(), runs: [], notMeasured: [] };
}

/** Prompts and personas withheld. */
export function textsWithheld(): Study {
  return { ...exampleStudy({ behaviours: 3 }), prompts: [], personas: [] };
}

/** The example with a hostile text behind every free text and every name. */
export function hostileStudy(): Study {
  const study = exampleStudy({ behaviours: 12, items: 12 });
  const ids = study.models.map(({ id }) => id);
  const walk = (value: unknown, key: string, parent: string): unknown => {
    if (typeof value === 'string') {
      if (key === 'id' && parent === 'relations') {
        return ids.reduce((id, model) => id.replaceAll(model, `${model}${hostile}`), value);
      }
      return isFixed(key, parent) ? value : `${value}${hostile}`;
    }
    if (Array.isArray(value)) return value.map((entry) => walk(entry, key, key));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, walk(entry, name, key)]));
  };
  return studySchema.parse(walk(study, '', ''));
}

/** Values that the schema fixes, or that a decision hangs on. */
function isFixed(key: string, parent: string): boolean {
  if (key === 'name') return parent === 'vectors' || parent === 'settings';
  return [
    ...['schema', 'experiment', 'profile', 'format', 'unit', 'kind', 'outcome', 'monotonic', 'sampling'],
    ...['vector', 'setting', 'first', 'second', 'quantity', 'figure'],
  ].includes(key);
}

function withoutMeasurements(result: Result): Result {
  return {
    ...result,
    competence: null,
    vector: null,
    layers: [],
    layer: null,
    layerChoice: null,
    layerStability: null,
    steerability: null,
    curve: [],
    items: [],
    bias: null,
    orders: null,
    replicates: null,
    ranges: [],
    ood: null,
    prompting: null,
    damage: null,
    generationCheck: null,
    randomNull: null,
    shuffledNull: null,
    lexical: null,
    noise: null,
    dose: [],
    generations: [],
    verdict: null,
    notMeasured: [{ what: 'damage', reason: 'no neutral text was scored' }],
  };
}
