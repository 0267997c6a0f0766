import type { Result } from '../result/schema.ts';
import type { RunOptions } from './run-options.ts';

/** What can be run for one behaviour and one model. */
export type ExperimentKind = Result['experiment'];

/** The experiments of the paper: each is an audit with more or less of its parts. */
export const studyKinds = ['in-distribution', 'layers', 'ood', 'paper'] as const satisfies ExperimentKind[];

/** One of them. */
export type StudyKind = (typeof studyKinds)[number];

/** Fifty random directions: counting cannot judge many datasets at once, a t tail of so many can (SCIENCE 6). */
const manyNulls = { randomVectors: 50, shuffledVectors: 0 };

const withoutTexts = { continuedItems: 0, damageTexts: 0 };

/** What each kind of run does otherwise than an audit; whatever is not named here has the audit's default. */
export const kindDefaults: Record<ExperimentKind, Partial<RunOptions>> = {
  audit: {},
  sweep: {},
  extract: {},
  eval: {},
  // One vector a dataset, from BASE train items, on BASE test items.
  'in-distribution': { ...manyNulls, ...withoutTexts, noiseItems: 0, replicates: 0 },
  // Every layer steered on validation items, the chosen one tested.
  layers: {
    ...withoutTexts,
    layerSearch: 'every',
    randomVectors: 0,
    shuffledVectors: 0,
    noiseItems: 0,
    replicates: 0,
  },
  // Six vectors in five settings.
  ood: { ...manyNulls, ...withoutTexts, settingItems: 'all', noiseItems: 0, replicates: 0 },
  // All of it.
  paper: { ...manyNulls, layerSearch: 'every', settingItems: 'all' },
};
