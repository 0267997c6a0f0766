import { builtInBehaviours } from '../behaviours/index.ts';
import type { LoadedBehaviour } from '../dataset/parse.ts';
import type { PersonaPair } from '../dataset/persona-pair.ts';
import { findAlias } from '../models/aliases.ts';
import type { Result } from '../result/schema.ts';
import { resultVersion } from '../result/schema.ts';
import type { Session } from './session.ts';
import type { GivenVector } from './stages/given-vector.ts';
import { unitOf } from './stages/item-slopes.ts';
import { showsTexts } from './stages/item-texts.ts';
import { meaningsOf } from './stages/meanings.ts';
import type { ReferenceEngine } from './stages/numeric-noise.ts';
import { type Persona, pairOf } from './stages/persona.ts';
import type { Prepared } from './stages/prepare.ts';

/** What an experiment works with, beside its session. */
export interface RunContext {
  session: Session;
  behaviour: LoadedBehaviour;
  /** A vector from a file; null where the run extracts its own. */
  given: GivenVector | null;
  /** Sentences that ask for either side, or why there are none. */
  persona: Persona;
  /** The same weights at F32. */
  reference: ReferenceEngine;
}

/** A result that holds what was set, and nothing measured yet. */
export function emptyResult(context: RunContext, prepared: Prepared): Result {
  const { session, behaviour, persona } = context;
  const shown = showsTexts(context);
  const { options, folder } = session;
  const { plan } = folder;
  const { facts, split } = prepared;
  return {
    ...nothingMeasured(),
    schema: 'steerbench.result',
    version: resultVersion,
    experiment: plan.experiment,
    behaviour: describeBehaviour(
      behaviour,
      prepared,
      shown ? pairOf(persona) : null,
      meaningsOf(behaviour, options),
    ),
    model: {
      // An alias says more than the name inside the file, which for the default model is that of a training run.
      name: findAlias(plan.model.reference) === null ? facts.name : plan.model.reference,
      reference: plan.model.reference,
      architecture: facts.architecture,
      blocks: facts.blocks,
      width: facts.width,
      vocabulary: facts.vocabulary,
      description: facts.description,
      precision: options.precision,
      kvCache: options.kvCache,
      hash: plan.model.hash,
      sourceHash: plan.model.sourceHash,
      bytes: facts.bytes,
      backends: facts.backends,
      threads: facts.threads,
      batchRows: facts.batchRows,
    },
    versions: plan.versions,
    options: plan.options,
    format: options.format,
    unit: unitOf(options),
    profile: options.profile,
    multipliers: options.multipliers,
    operator: options.operator,
    start: options.start,
    split: {
      seed: options.seed,
      shuffled: options.shuffle,
      stratified: split.stratified,
      train: split.slices.train ?? 'none',
      validation: split.slices.validation ?? 'none',
      test: split.slices.test ?? 'none',
      trainItems: split.train.map(({ index }) => index),
      validationItems: split.validation.map(({ index }) => index),
      testItems: split.test.map(({ index }) => index),
      leaked: split.leaked,
    },
    prompt: {
      system: options.system,
      example: shown ? prepared.example.text : null,
      exampleItem: prepared.example.item,
      answerPrefix: options.answerPrefix,
      notes: prepared.notes,
      seamsMoved: [...prepared.train, ...prepared.validation, ...prepared.test].filter(
        ({ seamMoved }) => seamMoved,
      ).length,
    },
  };
}

/** Every section of a result as it is where nothing was measured; made anew, because sections are filled in place. */
const nothingMeasured = () =>
  ({
    settings: [],
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
    notMeasured: [],
    work: [],
  }) satisfies Partial<Result>;

function describeBehaviour(
  behaviour: LoadedBehaviour,
  { split }: Prepared,
  persona: PersonaPair | null,
  meanings: { positive: string; negative: string },
): Result['behaviour'] {
  const builtIn =
    behaviour.source === 'built-in'
      ? builtInBehaviours.find(({ name }) => name === behaviour.name)
      : undefined;
  return {
    name: behaviour.name,
    title: builtIn?.title ?? behaviour.name,
    positiveMeaning: meanings.positive,
    negativeMeaning: meanings.negative,
    source: behaviour.source,
    family: behaviour.family,
    hash: behaviour.hash,
    items: behaviour.items.length,
    balance: balanceOf(behaviour),
    persona,
    notes: [...behaviour.notes, ...split.notes],
  };
}

/** Items by positive letter and by positive word; null where no item has a letter. */
function balanceOf({ balance }: LoadedBehaviour): Result['behaviour']['balance'] {
  const count = (matches: (cell: LoadedBehaviour['balance']['cells'][number]) => boolean) =>
    balance.cells.filter(matches).reduce((sum, cell) => sum + cell.count, 0);
  if (balance.total === 0) return null;
  return {
    A: count(({ letter }) => letter === 'A'),
    B: count(({ letter }) => letter === 'B'),
    Yes: count(({ word }) => word === 'Yes'),
    No: count(({ word }) => word === 'No'),
  };
}

/** The result with the work of all stages and the cells that failed. */
export function closeResult(result: Result, { session }: RunContext): Result {
  return {
    ...result,
    notMeasured: [
      ...result.notMeasured,
      ...session.failures.map(({ cell, reason }) => ({ what: `cell ${cell}`, reason })),
    ],
    work: [...session.work]
      .filter(([, work]) => work.decodedTokens > 0)
      .map(([stage, work]) => ({ stage, ...work })),
  };
}
