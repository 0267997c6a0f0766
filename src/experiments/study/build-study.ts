import { paperDatasets } from '../../dataset/catalogue/paper-datasets.ts';
import { type Published, publishedKey } from '../../published/index.ts';
import type { Result } from '../../result/schema.ts';
import { type Study, studyVersion } from '../../result/study.ts';
import { benjaminiHochberg } from '../../statistics/benjamini-hochberg.ts';
import { publishedRelations } from './published-relations.ts';
import { runRelations } from './run-relations.ts';
import { pairRelations, shiftRelations } from './shift-relations.ts';
import { publishedSources, type Source, sourceOfRun } from './sources.ts';

/** A finished run as a study takes it. */
export interface FinishedRun {
  /** Id of its model in the study. */
  model: string;
  /** Run folder relative to the study's; null for a run elsewhere. */
  folder: string | null;
  /** Sha256 of its result.json. */
  resultHash: string;
  result: Result;
}

/** What a study is made of. */
export interface StudyParts {
  name: string;
  experiment: Study['experiment'];
  runs: FinishedRun[];
  transfers: Study['transfers'];
  /** Keys of published models that take part as models of their own. */
  publishedModels: string[];
  published: Published;
  versions: Study['versions'];
  /** Runs that are not there, with reasons. */
  missing: Study['notMeasured'];
}

/** Puts finished runs together: what holds across datasets and models, and the paper's own values beside. */
export function buildStudy(parts: StudyParts): Study {
  const runs = judgeRuns(parts.runs);
  const counted = runs.filter(({ leftOut }) => leftOut === null);
  const models = modelsOf(parts);
  const profiles = new Set(parts.runs.map(({ result }) => result.profile));
  const selfPairs = parts.runs.every(({ result }) => result.options['selfPairs'] === 'include')
    ? 'include'
    : 'exclude';
  const sources = counted.map(sourceOfRun);
  const ofPaper = parts.publishedModels.flatMap((key) =>
    publishedSources(parts.published, key, `published:${key}`),
  );
  return {
    schema: 'steerbench.study',
    version: studyVersion,
    name: parts.name,
    experiment: parts.experiment,
    profile: profiles.size > 1 ? 'mixed' : ([...profiles][0] ?? 'paper'),
    versions: parts.versions,
    models,
    behaviours: behavioursOf(parts, ofPaper),
    runs,
    transfers: parts.transfers,
    relations: [
      ...models.flatMap(({ id, published }) => {
        const own = [...sources, ...ofPaper].filter(({ model }) => model === id);
        const beside =
          published === null || own.some((source) => source.published)
            ? []
            : besideOf(
                publishedSources(parts.published, published, id),
                parts.runs.filter(({ model }) => model === id),
              );
        return [
          ...shiftRelations(id, own, beside),
          ...runRelations(
            id,
            counted.filter(({ model }) => model === id),
            { selfPairs },
          ),
          ...(beside.length === 0 ? [] : publishedRelations(id, own, beside)),
        ];
      }),
      ...pairRelations(
        models.map(({ id }) => id),
        [...sources, ...ofPaper],
      ),
    ],
    published: publishedValuesFor(parts, models),
    prompts: promptsOf(runs),
    personas: personasOf(runs),
    notMeasured: parts.missing,
  };
}

/** Adjusts the null tests over each model's runs, and says which runs do not count across datasets. */
function judgeRuns(finished: readonly FinishedRun[]): Study['runs'] {
  const adjusted = new Map<FinishedRun, number>();
  for (const model of new Set(finished.map((run) => run.model))) {
    const tested = finished.filter((run) => run.model === model && run.result.randomNull?.tailP != null);
    const values = benjaminiHochberg(tested.map(({ result }) => result.randomNull!.tailP!));
    for (const [place, run] of tested.entries()) adjusted.set(run, values[place]!);
  }
  return finished.map((run) => ({
    id: `${run.model}/${run.result.behaviour.name}`,
    model: run.model,
    behaviour: run.result.behaviour.name,
    folder: run.folder,
    resultHash: run.resultHash,
    leftOut: reasonToLeaveOut(run.result),
    adjustedP: adjusted.get(run) ?? null,
    result: withoutTexts(run.result),
  }));
}

function reasonToLeaveOut({ competence, format, steerability }: Result): string | null {
  if (competence?.passed === false) {
    return `not measurable: ${competence.right} of ${competence.questions} control questions right in the ${format} format`;
  }
  return steerability === null ? 'no steerability was measured' : null;
}

/** The result as it stands in a study: numbers and item numbers, which is all that comparisons need. */
function withoutTexts(result: Result): Result {
  return {
    ...result,
    items: result.items.map((item) => ({ ...item, prompt: null, positive: null, negative: null })),
    generations: [],
    work: [],
  };
}

function modelsOf({ runs, publishedModels, published }: StudyParts): Study['models'] {
  const own = new Map<string, Study['models'][number]>();
  for (const { model: id, result } of runs) {
    const { name, reference, precision, hash, sourceHash, blocks } = result.model;
    own.set(id, {
      id,
      name,
      reference,
      precision,
      hash,
      sourceHash,
      blocks,
      published: publishedKey(reference),
    });
  }
  const ofPaper = publishedModels.map((key) => ({
    id: `published:${key}`,
    name: `${published.models[key]}, as published`,
    reference: published.source,
    precision: 'as published',
    hash: '',
    sourceHash: '',
    blocks: 0,
    published: key,
  }));
  return [...own.values(), ...ofPaper];
}

function behavioursOf({ runs }: StudyParts, ofPaper: readonly Source[]): Study['behaviours'] {
  const names = new Map(runs.map(({ result }) => [result.behaviour.name, result.behaviour.title]));
  for (const { behaviour } of ofPaper) if (!names.has(behaviour)) names.set(behaviour, behaviour);
  return [...names].map(([name, title]) => ({ name, title }));
}

/** The paper's name of a run's dataset, by the catalogue's; null for any other data, also under the same name. */
function paperName({ behaviour }: Result): string | null {
  return paperDatasets.find(({ dataset }) => dataset === behaviour.source)?.name ?? null;
}

/** The paper's values of the datasets that a model was run on, under this study's names. */
function besideOf(published: readonly Source[], runs: readonly FinishedRun[]): Source[] {
  return runs.flatMap(({ result }) => {
    const name = paperName(result);
    const found = published.find(({ behaviour }) => behaviour === name);
    return found === undefined ? [] : [{ ...found, behaviour: result.behaviour.name }];
  });
}

/** The published values of every model and dataset that this study has as well. */
function publishedValuesFor({ published, runs }: StudyParts, models: Study['models']): Study['published'] {
  return models.flatMap(({ id, published: key }) => {
    if (key === null || id.startsWith('published:')) return [];
    return runs
      .filter(({ model }) => model === id)
      .flatMap(({ result }) => {
        const values = published.datasets[paperName(result) ?? '']?.[key] ?? {};
        return Object.entries(values).map(([quantity, value]) => ({
          model: id,
          behaviour: result.behaviour.name,
          quantity,
          value,
        }));
      });
  });
}

/** One prompt of each setting, of the first run that has them all: Figures 9 and 10, Table 1. */
function promptsOf(runs: Study['runs']): Study['prompts'] {
  const byModel = new Map<string, Study['runs'][number]>();
  for (const run of runs) {
    const best = byModel.get(run.model);
    const shown = (candidate: typeof run) =>
      candidate.result.settings.filter(({ example }) => example !== null).length;
    if (best === undefined || shown(run) > shown(best)) byModel.set(run.model, run);
  }
  return [...byModel.values()].flatMap(({ model, behaviour, result }) => {
    const settings = result.settings.flatMap(({ name, example }) =>
      example === null ? [] : [{ model, behaviour, setting: name, text: example }],
    );
    if (settings.length > 0) return settings;
    return result.prompt.example === null
      ? []
      : [{ model, behaviour, setting: 'BASE', text: result.prompt.example }];
  });
}

function personasOf(runs: Study['runs']): Study['personas'] {
  const pairs = new Map<string, Study['personas'][number]>();
  for (const { behaviour, result } of runs) {
    const { persona } = result.behaviour;
    if (persona !== null)
      pairs.set(behaviour, {
        behaviour,
        positive: persona.positive,
        negative: persona.negative,
        source: persona.source,
      });
  }
  return [...pairs.values()];
}
